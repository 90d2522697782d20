"""The hidden units' pictures: whole at every size, true to the outputs, and a word where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from bptui.drawing.spans import Span, padded
from bptui.drawing.unit_maps import BARS, SHADES, draw_unit_maps
from bptui.session.snapshot import ACROSS, GRID, Snapshot
from bptui.widgets.unit_maps import UnitMaps
from tests.tui.support.snapshots import changed, network, snapshot_of, with_unit_outputs

CURVES = snapshot_of(trained=50)
MAPS = snapshot_of("classification", trained=5)


def text(rows: list[list[Span]]) -> list[str]:
    return ["".join(span.text for span in row) for row in rows]


def pictures(rows: list[list[Span]]) -> list[str]:
    """The lines of the pictures alone."""
    return [
        "".join(span.text for span in row if span.role == "map").rstrip()
        for row in rows
        if row[0].role == "map"
    ]


@pytest.mark.parametrize(
    "snapshot",
    [
        CURVES,
        MAPS,
        snapshot_of(hidden_units=(20, 20, 20)),
        snapshot_of("classification", hidden_units=(1, 30), activation=("relu", "tanh")),
        network(4, 3, 1),
    ],
)
def test_every_size(snapshot: Snapshot) -> None:
    sizes = {(120, 50), *((n, 1 + (n - 1) % 50) for n in range(1, 121))}
    sizes |= {size for n in range(1, 31) for size in ((n, 8), (28, n), (n, 50), (120, n))}
    for width, height in sizes:
        lines = text(draw_unit_maps(snapshot, width, height))
        assert len(lines) == height
        assert {len(line) for line in lines} == {width}
        assert all(cell_len(line) == width for line in lines)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0])
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "leaky-relu", "identity", "sin"])
def test_odd_values(value: float, activation: str) -> None:
    for task, shape in (("regression", (ACROSS,)), ("classification", GRID)):
        snapshot = snapshot_of(task, activation=(activation,))  # type: ignore[arg-type]
        values = np.full(shape, 0.5)
        values[: len(values) // 2] = value
        for odd in (values, np.full(shape, value)):
            lines = text(draw_unit_maps(with_unit_outputs(snapshot, odd), 46, 20))
            assert {len(line) for line in lines} == {46}


def test_a_rising_unit_has_rising_bars() -> None:
    rows = draw_unit_maps(with_unit_outputs(CURVES, np.linspace(0, 1, ACROSS)), 24, 7)  # bars of one row
    line = pictures(rows)[0]
    heights = [BARS.index(glyph) for glyph in line]
    assert heights == sorted(heights)
    assert heights[0] == 1 and heights[-1] == 8
    assert text(rows)[1].startswith("1 mean +0.50")
    assert text(rows)[0].startswith("layer 1 sigmoid  +0.00")


def test_tall_bars_stand_on_the_ground() -> None:
    rows = draw_unit_maps(with_unit_outputs(CURVES, np.full(ACROSS, 0.5)), 46, 30)
    first = pictures(rows)[:6]
    assert [set(line) for line in first[:3]] <= [set(), set(), set("▁ ")]
    assert all(set(line) == {"█"} for line in first[3:])


def test_a_map_has_its_top_at_the_top_and_its_right_at_the_right() -> None:
    rising = np.linspace(0, 1, GRID[0])[:, np.newaxis] * np.ones(GRID[1])
    lines = pictures(draw_unit_maps(with_unit_outputs(MAPS, rising), 20, 60))
    assert set(lines[0]) <= {"█"} and set(lines[len(lines) // 6 - 1]) == {SHADES[0]}
    across = np.ones((GRID[0], 1)) * np.linspace(0, 1, GRID[1])
    line = pictures(draw_unit_maps(with_unit_outputs(MAPS, across), 20, 60))[0]
    levels = [SHADES.index(glyph) for glyph in line]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, len(SHADES) - 1)


def test_saturated_units_and_those_that_are_off_are_named_so() -> None:
    picture = "\n".join(text(draw_unit_maps(with_unit_outputs(CURVES, np.full(ACROSS, 0.99)), 46, 30)))
    assert "3 saturated" in picture
    assert "saturated" not in "\n".join(text(draw_unit_maps(CURVES, 46, 30)))
    relu = snapshot_of(activation=("relu",))
    picture = "\n".join(text(draw_unit_maps(with_unit_outputs(relu, np.zeros(ACROSS)), 46, 30)))
    assert "1 off" in picture


def test_all_units_fit_or_those_left_out_are_counted() -> None:
    snapshot = snapshot_of("classification", hidden_units=(20, 20))
    few = text(draw_unit_maps(snapshot, 46, 12))
    words = [line for line in few if "more units" in line]
    assert len(words) == 1
    shown = max(int(word) for line in few[: few.index(words[0])] for word in line.split() if word.isdigit())
    assert words[0].strip() == f"… {40 - shown} more units"
    assert "more units" not in "\n".join(text(draw_unit_maps(snapshot, 120, 50)))
    for height in range(2, 31):
        lines = text(draw_unit_maps(snapshot, 46, height))
        told = [line for line in lines if "more units" in line or "no room" in line]
        second = "\n".join(line for line in lines if line not in told).partition("layer 2")[2]
        assert len(told) == ("20 " not in second)
    assert "no room" in text(draw_unit_maps(snapshot, 46, 2))[0]


def test_rows_are_cut_and_filled_up() -> None:
    row = [Span("abc", "map", "above-1"), Span("de")]
    assert padded(row, 4) == [row[0], Span("d")]
    assert padded(row, 3) == row[:1]
    assert padded(row[:1], 5) == [Span("abc  ", "map", "above-1")]
    assert padded([], 2) == [Span("  ")]
    assert padded([], 0) == []


def test_words_where_there_is_nothing_to_see() -> None:
    many = " ".join(" ".join(text(draw_unit_maps(network(4, 3, 1), 46, 8))).split())
    assert many == "Only drawn for 1 or 2 inputs; this data has 4."
    large = changed(snapshot_of(hidden_units=(40, 40)))
    assert large.network.unit_outputs is None
    assert "up to 64 hidden units; this network has 80" in " ".join(
        " ".join(text(draw_unit_maps(large, 46, 8))).split()
    )


class MapsApp(App[None]):
    """Shows the pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = UnitMaps()
        self.maps.styles.height = "100%"

    def compose(self) -> ComposeResult:
        yield self.maps


async def test_the_widget_follows_snapshot_and_size() -> None:
    app = MapsApp()
    async with app.run_test(size=(46, 28)) as pilot:
        assert not app.maps.render_line(0).text.strip()
        app.maps.snapshot = CURVES
        assert "layer 1 sigmoid" in app.maps.render_line(0).text
        before = [app.maps.render_line(y).text for y in range(28)]
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert [app.maps.render_line(y).cell_length for y in range(11)] == [30] * 11
        assert before[:10] != [app.maps.render_line(y).text for y in range(10)]
        app.maps.snapshot = MAPS
        assert any(SHADES[0] in app.maps.render_line(y).text for y in range(10))

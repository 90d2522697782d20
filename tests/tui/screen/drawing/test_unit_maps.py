"""The hidden units' pictures: whole at every size, true to the outputs, and a word where there is none."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from rich.cells import cell_len

from bpengine.data.csv import parse_csv
from bptui.experiments.grid import GRID, GRID_STEPS
from bptui.screen.drawing.redraw_rate import MapPace
from bptui.screen.drawing.roles import DIVERGING, SEQUENTIAL
from bptui.screen.drawing.spans import Span, padded
from bptui.screen.drawing.unit_map_layout import lay_out_maps
from bptui.screen.drawing.unit_maps import draw_unit_maps
from bptui.screen.drawing.unit_picture import BARS, GROUND, NEGATIVE, POSITIVE, SHADES
from bptui.session.snapshot import Snapshot, Stage
from tests.tui.support.plots import texts
from tests.tui.support.snapshots import changed, network, snapshot_of, with_unit_outputs

CURVES = snapshot_of(trained=50)
MAPS = snapshot_of("classification", trained=5)


def pictures(rows: list[list[Span]]) -> list[str]:
    """The lines of the pictures alone."""
    return [
        "".join(span.text for span in row).rstrip() for row in rows if row[0].role in (POSITIVE, NEGATIVE)
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
def test_pictures_of_units_are_whole_at_every_size(snapshot: Snapshot) -> None:
    sizes = {(120, 50), *((n, 1 + (n - 1) % 50) for n in (*range(1, 41), *range(41, 121, 8)))}
    sizes |= {size for n in range(1, 31, 2) for size in ((n, 8), (28, n), (120, n))}
    for width, height in sizes:
        lines = texts(draw_unit_maps(snapshot, width, height))
        assert len(lines) == height
        assert {len(line) for line in lines} == {width}
        assert all(cell_len(line) == width for line in lines)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0])
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "leaky-relu", "identity", "sin"])
def test_outputs_that_are_not_finite_are_drawn_in_pictures_of_units(value: float, activation: str) -> None:
    for task, shape in (("regression", (GRID_STEPS,)), ("classification", GRID)):
        snapshot = snapshot_of(task, activation=(activation,))  # type: ignore[arg-type]
        values = np.full(shape, 0.5)
        values[: len(values) // 2] = value
        for odd in (values, np.full(shape, value)):
            lines = texts(draw_unit_maps(with_unit_outputs(snapshot, odd), 46, 20))
            assert {len(line) for line in lines} == {46}


def test_a_rising_unit_has_rising_bars() -> None:
    rows = draw_unit_maps(with_unit_outputs(CURVES, np.linspace(0, 1, GRID_STEPS)), 24, 7)  # bars of one row
    line = pictures(rows)[0]
    heights = [BARS.index(glyph) for glyph in line]
    assert heights == sorted(heights)
    assert heights[0] == 1 and heights[-1] == 8
    assert texts(rows)[1].startswith("1 mean +0.50")
    assert texts(rows)[0].startswith("layer 1 sigmoid  +0.00")


def test_tall_bars_stand_on_the_ground() -> None:
    lines = pictures(draw_unit_maps(with_unit_outputs(CURVES, np.full(GRID_STEPS, 0.5)), 46, 30))
    first = lines[: len(lines) // 3]
    assert [set(line) for line in first[: len(first) // 2]] <= [set(), set(), set(), set("▁ ")]
    assert all(set(line) == {"█"} for line in first[-(len(first) // 2) :])


def test_a_map_has_its_top_at_the_top_and_its_right_at_the_right() -> None:
    rising = np.linspace(0, 1, GRID[0])[:, np.newaxis] * np.ones(GRID[1])
    lines = pictures(draw_unit_maps(with_unit_outputs(MAPS, rising), 20, 60, colors=False))
    assert set(lines[0]) <= {"█"} and set(lines[len(lines) // 6 - 1]) == {SHADES[0]}
    across = np.ones((GRID[0], 1)) * np.linspace(0, 1, GRID[1])
    line = pictures(draw_unit_maps(with_unit_outputs(MAPS, across), 20, 60, colors=False))[0]
    levels = [SHADES.index(glyph) for glyph in line]
    assert levels == sorted(levels)
    assert (levels[0], levels[-1]) == (0, len(SHADES) - 1)


def test_in_colors_a_cell_of_a_map_has_two_numbers() -> None:
    rising = np.linspace(0, 1, GRID[0])[:, np.newaxis] * np.ones(GRID[1])
    rows = draw_unit_maps(with_unit_outputs(MAPS, rising), 88, 10)[2:]  # 8 rows show 16 levels
    for number, row in enumerate(reversed(rows)):
        assert row[0] == Span("▀" * 13, SEQUENTIAL[2 * number + 1], SEQUENTIAL[2 * number])
    assert len(rows) == 8


def test_saturated_units_and_those_that_are_off_are_named_so() -> None:
    picture = "\n".join(texts(draw_unit_maps(with_unit_outputs(CURVES, np.full(GRID_STEPS, 0.99)), 46, 30)))
    assert "3 saturated" in picture
    assert "saturated" not in "\n".join(texts(draw_unit_maps(CURVES, 46, 30)))
    relu = snapshot_of(activation=("relu",))
    picture = "\n".join(texts(draw_unit_maps(with_unit_outputs(relu, np.zeros(GRID_STEPS)), 46, 30)))
    assert "1 off" in picture


def test_pictures_of_units_grow_with_the_room() -> None:
    for counts, axes in product([(3,), (8, 8), (20,), (60, 60), (6, 5, 4)], (1, 2)):
        area = 0
        for size in ((36, 10), (46, 22), (57, 24), (74, 29), (110, 50)):
            layout = lay_out_maps(counts, axes, *size)
            bands = sum(-(-shown // layout.abreast) for shown in layout.shown)
            assert layout.abreast * (layout.columns + 2) - 2 <= size[0]
            assert bands * (layout.rows + 1) + len(counts) <= size[1]
            before, area = area, sum(layout.shown) * layout.columns * layout.rows
            assert area >= before
    layout = lay_out_maps((8, 8), 2, 57, 24)
    assert layout.shown == (8, 8)
    assert (layout.columns, layout.rows) == (12, 4), "and not 8 x 3 above empty rows"


def test_all_units_fit_or_those_left_out_are_counted() -> None:
    snapshot = snapshot_of("classification", hidden_units=(20, 20))
    assert "of 20 units" not in "\n".join(texts(draw_unit_maps(snapshot, 120, 50)))
    few = texts(draw_unit_maps(snapshot, 46, 12))
    assert [line.split("  ")[1] for line in few if "layer" in line] == ["12 of 20 units", "6 of 20 units"]
    for height in range(3, 31):
        layout = lay_out_maps((20, 20), 2, 46, height)
        lines = "\n".join(texts(draw_unit_maps(snapshot, 46, height)))
        for shown in layout.shown:
            assert f"{shown} of 20 units" in lines or shown in (0, 20)
        assert ("in another layer" in lines) == (layout.shown[0] > layout.shown[1] == 0)
    assert "… 20 units in another layer" in "\n".join(texts(draw_unit_maps(snapshot, 46, 6)))
    assert "no room" in texts(draw_unit_maps(snapshot, 46, 2))[0]


def spans(rows: list[list[Span]], role: str) -> str:
    """The characters of a role."""
    return "".join(span.text for row in rows for span in row if span.role == role)


@pytest.mark.parametrize("snapshot", [CURVES, MAPS])
def test_outputs_below_0_have_a_hue_of_their_own(snapshot: Snapshot) -> None:
    assert not spans(draw_unit_maps(snapshot, 60, 20), NEGATIVE), "a sigmoid has none"
    tanh = changed(snapshot, config=snapshot.run.config.replace(activation=("tanh",)))
    shape = (GRID_STEPS,) if snapshot is CURVES else GRID
    rising = np.broadcast_to(np.linspace(-1, 1, shape[-1]), shape)
    rows = draw_unit_maps(with_unit_outputs(tanh, rising), 60, 20)
    glyphs = BARS if snapshot is CURVES else SHADES
    if snapshot is MAPS:
        behind = [span.ground for span in rows[2] if span.ground]
        assert (behind[0], behind[-1]) == (DIVERGING[0], DIVERGING[-1])
    rows = draw_unit_maps(with_unit_outputs(tanh, rising), 60, 20, colors=False)
    assert set(spans(rows, NEGATIVE)) >= set(glyphs[1:2])
    assert set(spans(rows, POSITIVE)) >= set(glyphs[-1:])
    scale = {span.ground for span in rows[0] if span.role == NEGATIVE}
    assert scale == {None if snapshot is CURVES else GROUND}, "the scale looks like the pictures"
    for row in rows[2:5]:  # from the left to the right, within the first picture
        assert [span.role for span in row[:2]] == [NEGATIVE, POSITIVE]
        assert row[0].ground == (None if snapshot is CURVES else GROUND)
        assert row[-1].ground is None, "no background beyond the pictures"


def test_a_unit_on_its_own_scale_fills_it_and_tells_it() -> None:
    faint = with_unit_outputs(CURVES, np.linspace(0.4, 0.5, GRID_STEPS))
    assert len(set("".join(pictures(draw_unit_maps(faint, 24, 7))))) <= 2
    rows = draw_unit_maps(faint, 24, 7, own_scales=True)
    assert set(pictures(rows)[0]) == set(BARS[1:])
    assert texts(rows)[0].startswith("layer 1 sigmoid  own sc")
    assert texts(rows)[1].startswith("1 +0.40 to +0.50 ")
    flat = with_unit_outputs(CURVES, np.full(GRID_STEPS, -3.0))
    assert len(texts(draw_unit_maps(flat, 24, 7, own_scales=True))) == 7


def test_units_of_many_inputs_are_drawn_over_the_samples_by_target() -> None:
    rows = "".join(f"{x},{x % 3},{x % 5},{(7 * x) % 10}\n" for x in range(10))
    snapshot = snapshot_of(source=parse_csv(f"a,b,c,t\n{rows}", "wide.csv", "regression"))
    assert snapshot.network.unit_outputs is None
    targets = snapshot.run.dataset.targets
    known = changed(snapshot, sample_outputs=(np.repeat(targets, 3, axis=1),))
    levels = [BARS.index(glyph) for glyph in pictures(draw_unit_maps(known, 14, 7))[0]]
    assert levels == sorted(levels)
    assert len(set(levels)) > 3
    source = parse_csv(f"a,b,c,t\n{rows}", "wide.csv", "classification")
    classes = source.targets.argmax(axis=1)[:, np.newaxis] / 9
    known = changed(
        snapshot_of("classification", source=source), sample_outputs=(np.repeat(classes, 3, axis=1),)
    )
    levels = [BARS.index(glyph) for glyph in pictures(draw_unit_maps(known, 14, 7))[0]]
    assert levels == sorted(levels) and len(set(levels)) > 3


def test_rows_of_spans_are_cut_and_filled_up() -> None:
    row = [Span("abc", "map", "above-1"), Span("de")]
    assert padded(row, 4) == [row[0], Span("d")]
    assert padded(row, 3) == row[:1]
    assert padded(row[:1], 5) == [row[0], Span("  ", "map")], "the background ends with the text"
    assert padded([Span("abc", "map")], 5) == [Span("abc  ", "map")]
    assert padded([], 2) == [Span("  ")]
    assert padded([], 0) == []


def test_words_replace_pictures_of_units_that_cannot_be_drawn() -> None:
    many = " ".join(" ".join(texts(draw_unit_maps(network(4, 3, 1), 46, 8))).split())
    assert many == "Unit outputs are known for 1 or 2 inputs; this data has 4."
    large = changed(snapshot_of(hidden_units=(70, 70)))
    assert large.network.unit_outputs is None
    assert "up to 128 hidden units; this network has 140" in " ".join(
        " ".join(texts(draw_unit_maps(large, 46, 8))).split()
    )


def test_a_map_of_a_running_run_changes_twice_a_second() -> None:
    now = 10.0
    pace = MapPace(0.2, lambda: now)
    running = changed(CURVES, stage=Stage.RUNNING)
    assert pace.is_due(changed(CURVES, stage=Stage.READY))
    assert pace.is_due(running), "the run begins"
    drawn = []
    for number in range(60):
        now = 10.0 + number / 12
        if pace.is_due(changed(running, epoch=50 + number)):
            drawn.append(number)
    assert drawn[0] == 3, "not in the same frame as the maps of other panels"
    assert all(after - before == 6 for before, after in pairwise(drawn))
    restarted = changed(running, epoch=0)
    other = changed(restarted, config=restarted.run.config.replace(learning_rate=0.5))
    for snapshot in (
        restarted,
        other,
        changed(other, stage=Stage.PAUSED),
        changed(other, stage=Stage.PAUSED),
    ):
        assert pace.is_due(snapshot), "what a key has done is seen at once"
    assert pace.is_due(running, "other options")

"""The heat map: figures where they fit, shades without colors, and nothing wider than the screen."""

from __future__ import annotations

import io
from typing import Literal

import pytest
from rich.console import Console

from bpengine import TrainingConfig
from bpengine.many.sweeps import Result, Sweep
from bpengine.many.sweeps.cells import Cells
from bptui.screen.drawing import Span
from bptui.screen.drawing.heat_map import (
    ASCII_SHADES,
    MapStyle,
    Marks,
    best_text,
    cell_at,
    heat_map,
    map_layout,
    map_rows,
)

BASE = TrainingConfig()
RATES = tuple(round(0.01 * 1.6**step, 6) for step in range(10))


def filled(metric: str = "error", **vary: tuple[object, ...]) -> Cells:
    """A sweep of which each cell but the last has results; the errors of the second cell diverge."""
    sweep = Sweep(BASE, vary, starts=2)
    cells = Cells(sweep, metric)
    for run in range(len(sweep) - 2):
        cell = run // 2
        state = "diverged" if cell == 1 else "finished"
        cells.add([Result(run, sweep.cells[cell], run % 2, 10.0 ** -(cell % 9), 0.1, state, 3)])
    return cells


def drawn(cells: Cells, style: MapStyle) -> list[str]:
    colors: Literal["truecolor"] | None = "truecolor" if style.colors else None
    console = Console(file=io.StringIO(), width=style.width, force_terminal=style.colors, color_system=colors)
    with console.capture() as captured:
        console.print(heat_map(cells, style))
    return captured.get().splitlines()


def test_a_heat_map_writes_figures_as_they_fit() -> None:
    cells = filled(learning_rate=RATES, hidden_units=(1, 2))
    for width in (100, 60, 24, 20):
        assert max(map(len, drawn(cells, MapStyle(width, colors=False)))) <= width
    assert "1  █ 1.0e0▓1.0e-2▒1.0e-4░1.0e-6 1.0e-8█" in drawn(cells, MapStyle(100, colors=False))[2]
    assert "0.0256  ▒1.0e-4▒1.0e-5" in drawn(cells, MapStyle(24, colors=False)), "columns become rows"
    assert "0.0256  ▒1e-4▒1e-5" in drawn(cells, MapStyle(20, colors=False))
    layers = filled(learning_rate=RATES, hidden_units=((100, 100, 100), (1000, 1000, 1000)))
    labels = [line.split()[0] for line in drawn(layers, MapStyle(100, colors=False))[2:4]]
    assert labels == ["100,100,100", "1000,1000..."], "a value that is cut looks like no other value"
    wide = filled(learning_rate=RATES, init_scale=RATES)
    shades = drawn(wide, MapStyle(30, colors=False, ascii=True))
    assert max(map(len, shades)) <= 30
    assert any("  @@" in line for line in shades), "no figures, where no layout has room for them"
    assert not {*ASCII_SHADES} & {*"*+>.x-0123456789e%"}, "a shade is read neither as a mark nor as a figure"
    assert all(line.isascii() for line in drawn(cells, MapStyle(100, colors=False, ascii=True)))
    assert any("\x1b[" in line for line in drawn(cells, MapStyle(100)))


def test_each_place_of_a_heat_map_belongs_to_the_cell_drawn_there() -> None:
    few, many = (
        filled(learning_rate=RATES, hidden_units=(1, 2)),
        filled(learning_rate=RATES, init_scale=RATES),
    )
    for cells, style in ((few, MapStyle(100)), (few, MapStyle(24)), (many, MapStyle(30, colors=False))):
        layout = map_layout(cells, style)
        assert layout is not None
        found = set[tuple[int, int]]()
        for number in range(len(cells.cells)):
            rows = map_rows(cells, style, layout, Marks(cursor=number))
            (place,) = [
                {(x, y) for x in range(start, start + len(span.text))}
                for y, row in enumerate(rows)
                for start, span in zip(starts_of(row), row, strict=True)
                if span.text.startswith("▸")
            ]
            assert {cell_at(cells, style, layout, x, y) for x, y in place} == {number}
            found |= place
        elsewhere = {(x, y) for x in range(-2, style.width + 2) for y in range(-2, 40)} - found
        assert {cell_at(cells, style, layout, x, y) for x, y in elsewhere} == {None}


def test_a_heat_map_marks_the_best_cell_of_each_name() -> None:
    cells = filled(learning_rate=RATES[:3], optimizer=("sgd", "adam"))
    best = cells.ranking[0]
    assert cells.compared == "optimizer"
    for width, counts in ((100, (2, 3)), (40, (3, 2))):
        style = MapStyle(width, colors=False, ascii=True)
        layout = map_layout(cells, style)
        assert layout is not None
        assert layout.counts in (counts, counts[::-1])
        text = "".join(span.text for row in map_rows(cells, style, layout, Marks(best=best)) for span in row)
        assert (text.count("*"), text.count("+")) == (2, 2), "a cell each, and the legend"
        assert "* best" in text
        assert "+ best with this optimizer" in text
    widths = filled(learning_rate=RATES[:3], hidden_units=(1, 2))
    assert "+" not in "".join(drawn(widths, MapStyle(100, colors=False, ascii=True)))


def starts_of(row: list[Span]) -> list[int]:
    """The column in which each span begins."""
    return [sum(len(span.text) for span in row[:number]) for number in range(len(row))]


def test_cells_along_one_axis_are_drawn_as_a_list() -> None:
    lines = drawn(filled(learning_rate=RATES[:3]), MapStyle(100, colors=False))
    assert [line.split()[0] for line in lines[2:]] == ["0.01", "0.016", "0.0256"]
    assert "div" in lines[3]
    by_test = drawn(filled("test-error", learning_rate=RATES[:3]), MapStyle(100, colors=False))
    assert [line.split()[-2:] for line in by_test[2:4]] == [["0/2", "0"], ["0/2", "2"]]
    best = drawn(filled(learning_rate=RATES, epochs=(1, 2), hidden_units=(1, 2)), MapStyle(100, colors=False))
    assert "the best of 40 cells" in best[0]
    assert len(best) == 22


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("error", "best: learning rate 0.0256: median error 0.01 (2 of 2 at or below 0.01)"),
        ("success", "best: learning rate 0.0256: median error 0.01 (2 of 2 at or below 0.01)"),
        ("test-error", "best: learning rate 0.0256: median test error 0.1 (0 of 2 at or below 0.01)"),
    ],
)
def test_the_best_cell_is_told_in_words(metric: str, words: str) -> None:
    assert best_text(filled(metric, learning_rate=RATES[:4])) == words
    assert best_text(Cells(Sweep(BASE, {"epochs": (1,)}, 1))) == ""

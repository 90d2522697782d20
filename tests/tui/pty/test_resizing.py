"""Resizing the terminal while a run trains: the screen is complete at each size, and the run continues."""

from __future__ import annotations

import re

from bptui.process.restrictions import MAX_SIZE
from tests.tui.support.panels import FITTING
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import RIGHT, Terminal, bptui, epoch, train_slowly

CURSOR = re.compile(rb"\x1b\[(\d+);(\d+)H")
TITLES = {
    "settings": "▸ settings ",
    "plot": "network ─ sine",
    "error": "epoch error, log [(]L[)]",
    "table": "reported epochs [(]m[)]",
    "metrics": "metrics [(]m[)]",
    "network": "network(?:, unit | [(]m[)])",
    "units": "hidden units over the inputs",
    "diagnostics": "diagnostics",
}
"""A pattern for the title of each panel, or for the part of it that fits at every size."""


def is_complete(terminal: Terminal) -> bool:
    """Whether the screen shows what belongs on a screen of its size, in its place, and nothing else."""
    size: tuple[int, int] = (terminal.screen.columns, terminal.screen.lines)
    lines = terminal.lines
    panels = "\n".join(lines[1:])  # the first line names those out of sight
    seen = {name for name, title in TITLES.items() if len(re.findall(title, panels)) == 1}
    return (
        lines[0].split()[:4] == ["1", "Regression", "2", "Classification"]
        and any(line.startswith(" running ") for line in lines[-4:-2])  # the advice below may take two lines
        and epoch(terminal) >= 0
        and lines[-2] != ""
        and " space " in lines[-1]
        and "q quit" in lines[-1]
        and seen == set(FITTING[size])
        and "‹0.2›" in terminal.text
        and max(map(len, lines)) == size[0]
        and "…" not in terminal.text
    )


def wait_for_progress(terminal: Terminal, columns: int, rows: int, from_epoch: int) -> int:
    """Wait for a complete screen with a later epoch, and return that epoch."""
    where = f"a complete screen at {columns}x{rows} and the run beyond epoch {from_epoch}"
    terminal.wait_for(lambda: is_complete(terminal) and epoch(terminal) != from_epoch, where)
    return epoch(terminal)


def test_the_screen_survives_quick_resizes_and_a_window_that_is_too_small() -> None:
    """The last of many sizes determines the layout, and the run is kept where there is no room for it."""
    with bptui(*ENDLESS) as terminal:
        train_slowly(terminal)
        terminal.send(RIGHT)
        at = wait_for_progress(terminal, 80, 24, -1)
        for steps in (range(0, 101, 2), range(100, -1, -2)):  # as fast as a window is dragged
            for share in steps:
                terminal.resize(60 + 140 * share // 100, 18 + 42 * share // 100)
            columns, rows = terminal.screen.columns, terminal.screen.lines
            before, at = at, wait_for_progress(terminal, columns, rows, at)
            assert before < at
        for columns, rows in (40, 10), (59, 24), (80, 17):
            terminal.resize(columns, rows)
            terminal.wait_for_text(
                "needs 60 columns and 18 rows",
                f"this terminal has {columns} and {rows}",
                "The run continues.",
            )
            terminal.resize(80, 24)
            before, at = at, wait_for_progress(terminal, 80, 24, at)
            assert before < at


def test_a_huge_window_is_drawn_in_part_and_gives_its_size_up_for_a_smaller_one() -> None:
    with bptui("--restricted", *ENDLESS, columns=2000, rows=2000) as terminal:
        terminal.wait_for(lambda: b"running" in terminal.output, "a run")
        max_columns, max_rows = MAX_SIZE
        rows, columns = zip(*CURSOR.findall(terminal.output), strict=True)
        assert 0.9 * max_columns < max(map(int, columns)) <= max_columns
        assert 0.9 * max_rows < max(map(int, rows)) <= max_rows
        terminal.send("\x1b[<0;1900;1900M\x1b[<0;1900;1900m")  # a click where nothing is drawn
        terminal.resize(80, 24)
        terminal.send(RIGHT)
        wait_for_progress(terminal, 80, 24, -1)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_the_size_comes_from_the_window_and_not_from_the_environment() -> None:
    size = {"COLUMNS": "100000", "LINES": "100000"}
    with bptui(*ENDLESS, variables=size) as terminal:
        train_slowly(terminal)
        terminal.send(RIGHT)
        wait_for_progress(terminal, 80, 24, -1)
    with bptui("gradcheck", "regression", "--hidden", "1", variables={"COLUMNS": "9"}) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text("parameter", "agrees")

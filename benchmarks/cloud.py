"""How long the cloud of starts takes to answer: from a key to the whole answer on the screen."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence

from rich.table import Table

from benchmarks.tables import met, ms, table
from bpengine import Task
from tests.tui.support.terminal import BPTUI, RIGHT, Terminal

ROUNDS = 9
"""How often each key is measured, each time in a fresh process."""
LOADING_SECONDS = 4.0
"""How long machine code may take to be loaded."""
BAR = 0.15
"""Seconds that an answer may take on two cores."""
CASES: tuple[tuple[str, Task, int], ...] = (
    ("the sine at epoch 400", "regression", 400),
    ("the sine's last epoch", "regression", 2001),
    ("the grid's last epoch", "classification", 101),
)
"""What the table calls it, the task, and the length of the run."""
KEYS = ("the first n of a process", "n", "a change with what-if", "n off and on")


def tables() -> Iterator[Table]:
    """One table: each case and key, with the median, the fastest and the slowest time."""
    headings = ("what", "median", "fastest", "slowest", "bar", "met")
    yield table("The cloud of 64 starts: from the key to the whole answer", "medians", headings, _rows())


def _rows() -> Iterator[Sequence[str]]:
    for label, task, epochs in CASES:
        rounds = [_answers(task, epochs) for _ in range(ROUNDS)]
        for key, times in zip(KEYS, zip(*rounds, strict=True), strict=True):
            median = statistics.median(times)
            yield f"{label}: {key}", *map(ms, (median, min(times), max(times), BAR)), met(median <= BAR)


def _answers(task: Task, epochs: int) -> list[float]:
    """The seconds that each of `KEYS` takes."""
    command = (*BPTUI, task, "--epochs", str(epochs), "--paused")
    with Terminal(*command, columns=120, rows=36) as terminal:
        _train_to_the_end(terminal)
        first = _seconds(terminal, "n", "better than")
        _seconds(terminal, "n", "shown alone")
        terminal.send(RIGHT)  # other settings, whose starts are not trained yet
        terminal.wait_for_text("‹0.2›")
        terminal.wait_for_quiet(0.3)
        terminal.send("r")  # which runs it at full speed
        terminal.wait_for_quiet(0.5)
        terminal.wait_for_text("finished")
        answered = _seconds(terminal, "n", "better than")
        terminal.send("i")
        terminal.wait_for_text("What if: each change")
        changed = _seconds(terminal, RIGHT, "64 starts: ")
        _seconds(terminal, "n", "shown alone")
        return [first, answered, changed, _seconds(terminal, "n", "better than")]


def _train_to_the_end(terminal: Terminal) -> None:
    terminal.wait_for_text("2 Classification")
    terminal.read_for(LOADING_SECONDS)
    terminal.send("+")
    terminal.send(" ")
    terminal.wait_for_text("finished")


def _seconds(terminal: Terminal, key: str, text: str) -> float:
    """How long it takes from a key until the text is on the screen."""
    terminal.wait_for_quiet(0.3)
    begin = time.perf_counter()
    terminal.send(key)
    terminal.wait_for_text(text)
    return time.perf_counter() - begin

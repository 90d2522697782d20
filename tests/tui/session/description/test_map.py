"""The words about a map: the best cell, how near others come, and each setting."""

from __future__ import annotations

from typing import Any

from bpengine import TrainingConfig
from bpengine.many.sweeps import Result, Sweep
from bpengine.many.sweeps.cells import Cells
from bptui.screen.overlays.map_text import cell_text
from bptui.session.description.map import describe_map

RATES, WIDTHS = (0.01, 0.1, 1.0), (1, 2)


def cells(errors: list[float], metric: str = "error", **vary: tuple[Any, ...]) -> Cells:
    """A map whose cells have one start each with these errors; infinite ones diverged."""
    sweep = Sweep(TrainingConfig(), vary or {"learning_rate": RATES, "hidden_units": WIDTHS}, starts=1)
    made = Cells(sweep, metric)
    for run, error in enumerate(errors):
        state = "diverged" if error == float("inf") else "finished"
        made.add([Result(run, sweep.cells[run], 0, error, 0.3, state, 3)])
    return made


def test_a_map_is_told_in_words() -> None:
    words = describe_map(cells([0.3, 0.03, 0.02, 0.001, 0.5, float("inf")]))
    assert words == [
        "A map of 3 values of learning rate and 2 values of hidden units, 1 start each.",
        "Of 6 runs, 1 diverged.",
        "The best cell is learning rate 0.1, hidden units 2: its median error is 0.001, the 10th percentile "
        "0.001 and the 90th 0.001; 1 of 1 starts end at or below 0.01.",
        "No other cell has at most twice that error.",
        "By learning rate, the median over the cells is best at 0.1: 0.0105, against 0.165 at 0.01 and "
        "divergence at 1.",
        "By hidden units, the median over the cells is best at 2: 0.03, against 0.3 at 1. That is the end of "
        "the range: a wider one may have a better value.",
    ]


def test_an_incomplete_map_is_told_with_shares_and_names() -> None:
    assert describe_map(cells([]))[-1].endswith("No run has ended yet.")
    half = describe_map(cells([0.3, 0.31, 0.5]))
    assert "3 of 6 runs have ended." in half
    assert "Of the other 5 cells, 2 have at most twice that error." in half
    share = describe_map(cells([0.3, 0.001, 0.3, 0.001, 0.3, 0.3], "success"))
    assert "best at 2: 100%, against 0% at 1" in share[-1]
    by_test = cells([0.3, 0.03, 0.02, 0.001, 0.5, 0.5], "test-error")
    assert "its median test error is 0.3" in describe_map(by_test)[1]
    assert "0 of 1 starts end at or below 0.01" in describe_map(by_test)[1]
    assert "0 of 1 succeeded (<= 0.01)" in cell_text(by_test, 3).plain
    names = cells([0.1, 0.2], learning_rate=(0.1,), activation=("tanh", "relu"))
    assert (
        describe_map(names)[-1]
        == "With each activation at its best learning rate: tanh 0.1 at 0.1, relu 0.2 at 0.1."
    )
    rates = cells(
        [0.3, 0.02, float("inf"), 0.2, 0.1, 0.05, float("inf"), float("inf"), float("inf")],
        optimizer=("sgd", "adam", "rmsprop"),
        learning_rate=RATES,
    )
    assert "With each optimizer at its best learning rate: sgd 0.02 at 0.1, adam 0.05 at 1." in describe_map(
        rates
    )
    lost = describe_map(cells([float("inf")] * 6))
    assert "With each learning rate, half of the cells or more diverged." in lost

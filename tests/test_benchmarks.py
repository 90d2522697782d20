"""The benchmarks run, on sizes too small to say anything about time, and find what is untrue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.table import Table

from benchmarks import (
    advice,
    attached,
    cases,
    cloud,
    datasets,
    effects,
    exports,
    growth,
    memory,
    screen,
    sessions,
    startup,
    steer,
    steps,
    verdicts,
    wide,
)
from benchmarks.__main__ import PARTS
from benchmarks.contenders import NUMBA
from benchmarks.race import Effort
from bpengine import Finding, Trainer, TrainingConfig
from bpengine.explain.diagnostics import FindingKind
from tests.tui.support.terminal import ESCAPE

LITTLE = Effort(rounds=1, seconds=0)
WORDS = "the run in words"
BRIEFLY: dict[str, Callable[[], Iterator[Table]]] = {
    "steps": partial(steps.tables, LITTLE),
    "growth": partial(growth.tables, LITTLE),
    "memory": partial(memory.tables, (1,), {"t, esc": (3, (("t", WORDS), (ESCAPE, WORDS)))}),
    "startup": partial(startup.tables, 1, startup.PROCESSES[-1:]),
    "screen": screen.tables,
    "cloud": cloud.tables,
    "verdicts": partial(verdicts.tables, 3),
    "advice": partial(advice.tables, 2),
    "sessions": sessions.tables,
    "steer": partial(steer.tables, LITTLE, 1),
    "exports": partial(exports.tables, 1, 10),
    "datasets": partial(datasets.tables, 1, ("gaussians",)),
    "wide": partial(wide.tables, LITTLE),
    "effects": effects.tables,
}
"""Each part with as little as it can measure; see `smaller`."""


@pytest.fixture
def smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parts measure is less, and there is less of it."""
    for module, values in (
        (cases, {"WIDTHS": (1,), "DEPTHS": (), "BATCHES": (0,)}),
        (attached, {"WARM_UP": 0.1}),
        (screen, {"PARTS": (screen.work,), "SIZES": {(80, 24): 1e9}, "FRAMES": 2, "KEYS": 1}),
        (cloud, {"CASES": (("a short run", "regression", 21),), "ROUNDS": 1, "LOADING_SECONDS": 0.5}),
        (advice, {"STEPS": 100}),
        (
            steer,
            {"STEPS": {"1 µs": 1e-6}, "ATTACHED": (0, 1), "BARS": {0: 1, 1: 1}, "WARM_UP": 1, "RECORDED": 0},
        ),
        (exports, {"SIZES": {"1-3-1 sine": TrainingConfig(epochs=1)}}),
        (wide, {"CASES": (wide.Wide(4, 2, 40, 1.0),)}),
        (sessions, {"COUNTS": (1,), "ARRIVAL_SECONDS": 0.0, "KEYS": 1, "VISITS": 2, "FEW_VISITS": 1}),
        (effects, {"DATA_SETS": 1, "STARTS": 2, "SEEDS": 1, "PENALIZED": 1, "PENALIZED_EPOCHS": 20}),
        (effects, {"EDGES": 1, "EDGE_EPOCHS": 20, "WRONG_LABELS": effects.WRONG_LABELS.replace(epochs=4)}),
        (sessions, {"PAUSE_SECONDS": 0.0, "WATCHED_SECONDS": 0.1}),
    ):
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("smaller")
@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_the_benchmarks_measures(part: str) -> None:
    if part in ("advice", "cloud") and NUMBA.missing:
        pytest.skip(NUMBA.missing)
    console = Console(record=True, width=120, quiet=True)
    for table in BRIEFLY[part]():
        assert table.row_count
        console.print(table)


@pytest.mark.parametrize("number", range(8))
def test_sentences_on_random_situations_are_true(number: int) -> None:
    assert verdicts.problems_of(verdicts.situation(np.random.RandomState([1, number]))) == []


def test_an_untrue_sentence_and_a_missing_one_are_found() -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", init_scale=0, test_share=0.3))
    nothing = verdicts.Situation(trainer, ())
    assert verdicts.missing(nothing) == [FindingKind.EQUAL_UNITS, FindingKind.ERROR, FindingKind.TEST_ERROR]
    trainer.run_epoch()
    untrue = Finding(
        kind=FindingKind.ERROR, sentence="The error is 12% of that of the best constant.", figure=0.0
    )
    assert verdicts.untruth(trainer, untrue)


def test_the_page_about_advice_names_the_bars_of_the_benchmark() -> None:
    page = (Path(__file__).parents[1] / "docs" / "experiments.md").read_text(encoding="utf-8")
    told = re.search(r"in (\d+) random situations and tries it on (\d+) other starts[^-]*", page)
    assert told
    assert [int(number) for number in re.findall(r"\d+", told[0])] == [
        *(300, len(advice.FRESH)),
        *(round(100 * advice.LEAST_LOWERED), round(100 * advice.LEAST_WORSE)),
        *(advice.CLEARLY_BETTER, round(100 * advice.LEAST_QUIET)),
    ]

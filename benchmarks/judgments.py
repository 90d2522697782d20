"""Whether the words that judge a run are true: on 20,000 fresh samples, or after as many epochs again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from benchmarks.contenders import NUMBA
from benchmarks.tables import met, table
from bpengine import DATASETS, TASKS, ConfigError, DivergedError, Trainer, TrainingConfig, make_dataset
from bpengine.explain.calibration import FEWEST_SAMPLES, calibration
from bpengine.many.jobs import processors
from bpengine.training.judging import FALLING, HIGHER, Trend, higher_test_error
from bpengine.training.predictions import measure, network_outputs

RUNS, FRESH = 200, 20_000
UNSURE = 0.05
"""By how much confidence and accuracy differ in a clear case."""
MOST_FALSE, MOST_FALSE_OF_KIND, OFTEN = 1 / 50, 1 / 20, 20
"""The largest shares of false verdicts: of all, and of a kind that is said often."""


class Judgment(NamedTuple):
    """What was said of one kind about a run, and what is true."""

    kind: str
    is_said: bool
    is_false: bool
    """Whether it was said and is not true."""
    is_case: bool
    """Whether the run clearly is such a case, said or not; False if that is not known."""


def tables(seed: int, count: int = RUNS) -> Iterator[Table]:
    """How many verdicts of each kind are false, and how many true cases are found."""
    with ThreadPoolExecutor(processors()) as executor:
        found = [each for all_of in executor.map(lambda n: of_run(seed, n), range(count)) for each in all_of]
    rows = [
        _row(kind, [each for each in found if each.kind == kind])
        for kind in dict.fromkeys(k.kind for k in found)
    ]
    said, untrue = (sum(getattr(each, name) for each in found) for name in ("is_said", "is_false"))
    caption = (
        f"seed {seed}: {untrue} false of {said} in {count} random runs; "
        f"at most 1 in 50: {met(untrue <= MOST_FALSE * said)}"
    )
    headings = ("what is said", "said", "false", "met", "true cases", "found")
    yield table("Words that judge a run", caption, headings, rows)


def _row(kind: str, found: list[Judgment]) -> tuple[str, ...]:
    said, untrue, cases = (
        sum(getattr(each, name) for each in found) for name in ("is_said", "is_false", "is_case")
    )
    bar = met(untrue <= MOST_FALSE_OF_KIND * said) if said >= OFTEN else ""
    return (
        kind,
        str(said),
        str(untrue),
        bar,
        str(cases),
        str(sum(each.is_said and each.is_case for each in found)),
    )


def of_run(seed: int, number: int) -> list[Judgment]:
    """Train a random run, judge it, and look."""
    random = np.random.RandomState([seed % 2**32, number])
    while True:
        try:
            config = TrainingConfig.defaults(**_settings(random))
            trainer = Trainer(config, kernel="numba" if NUMBA else "numpy")
            trainer.run_for(math.inf)
            break
        except (ConfigError, DivergedError):
            continue
    return [*_overfits(trainer), *_trend(trainer), *_sureness(trainer)]


def _settings(random: np.random.RandomState) -> dict[str, Any]:
    """Settings with which most runs learn, for a while or too long."""

    def one(*values: Any) -> Any:
        return values[random.randint(len(values))]

    task = one(*TASKS)
    batch, units = one(0, 1, 8, 32), one(2, 4, 8, 16, 30)
    rates = {"sgd": (0.03, 0.1, 0.3), "momentum": (0.01, 0.03, 0.1), "adam": (0.003, 0.01, 0.03)}
    optimizer = one(*rates)
    return {
        "task": task,
        "dataset": one(*(name for name, dataset in DATASETS.items() if dataset.task == task)),
        "samples": one(20, 40, 60, 100, 200, 400),
        "noise": one(0.0, 0.1, 0.2, 0.4),
        "test_share": one(0.1, 0.2, 0.3, 0.5),
        "hidden_units": (units,) * one(1, 1, 2),
        "activation": (one("sigmoid", "tanh", "tanh", "relu"),),
        "initializer": one("normal", "xavier", "he"),
        "optimizer": optimizer,
        "learning_rate": one(*rates[optimizer]),
        "batch_size": batch,
        "l2": one(0.0, 0.0, 0.001, 0.01),
        "epochs": one(12, 31, 101, 301, 1001) * (3 if batch == 0 else 1),
        "seed": random.randint(2**31),
        "data_seed": random.randint(2**31),
    }


def _overfits(trainer: Trainer) -> Iterator[Judgment]:
    """Whether the error on fresh samples is higher than with the weights of the lowest test error."""
    config, found = trainer.config, higher_test_error(trainer, seconds=10)
    fresh = make_dataset(config.replace(samples=FRESH, data_seed=config.data_seed ^ 1, test_share=0.0))
    if found is None:
        tests = trainer.history.test_curve()
        best = trainer.history.of_curve()[int(tests.argmin())].epoch
    else:
        best = found.best.epoch
    now, before = (measure(run.network, fresh).error for run in (trainer, trainer.branch(best + 1)))
    is_said, is_above = found is not None and found.overfits, now > trainer.metrics().error
    yield Judgment(
        "overfits", is_said, is_said and not (now > before and is_above), now > HIGHER * before and is_above
    )


def _sureness(trainer: Trainer) -> Iterator[Judgment]:
    """Whether the mean confidence is above, or below, the accuracy on fresh samples."""
    config, test = trainer.config, trainer.dataset.test
    if config.task != "classification" or test is None or len(test) < FEWEST_SAMPLES:
        return
    fresh = make_dataset(config.replace(samples=FRESH, data_seed=config.data_seed ^ 1, test_share=0.0))
    known = calibration(trainer.dataset, network_outputs(trainer.network, test.inputs))
    outputs = network_outputs(trainer.network, fresh.inputs)
    excess = float(
        outputs.max(axis=1).mean() - (outputs.argmax(axis=1) == fresh.targets.argmax(axis=1)).mean()
    )
    for kind, is_said, sign in (
        ("too sure", known.confidence > known.high, 1),
        ("less sure than it could be", known.confidence < known.low, -1),
    ):
        yield Judgment(kind, is_said, is_said and sign * excess <= 0, sign * excess > UNSURE)


def _trend(trainer: Trainer) -> Iterator[Judgment]:
    """Whether the error falls, or rises, when the run goes on for as many epochs."""
    epochs, errors = trainer.history.curve()
    trend = Trend.of(epochs, errors)
    further = trainer.branch(epochs=2 * trainer.config.epochs)
    try:
        further.run_for(math.inf)
    except DivergedError:
        return
    later = further.history.curve()
    late = float(np.median(errors[epochs >= 0.9 * epochs[-1]]))
    end = float(np.median(later[1][later[0] >= 0.9 * later[0][-1]]))
    is_falling = trend is not None and trend.is_falling
    yield Judgment("still falling", is_falling, is_falling and end >= late, end < (1 - FALLING) ** 10 * late)
    if trend is not None and trend.change < 0:
        before = float(np.median(trend.errors[: len(trend.errors) // 3]))
        after = later[1][(later[0] > epochs[-1]) & (later[0] <= 1.1 * epochs[-1] + 4)]
        yield Judgment("fell", True, float(np.median(after)) >= before, False)

"""Whether the limit of the learning rate that the sharpness gives is that of descent, when it is tried."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks.tables import met, table
from benchmarks.truths import gradient_norms, mean_loss
from bpengine import DATASETS, TASKS, DivergedError, Sharpness, Trainer, TrainingConfig
from bpengine.network.activations import ACTIVATIONS
from tests.engine import plain

SITUATIONS, SEED, STEPS = 200, 22, 100
AT_A_MINIMUM = 1e-8
"""A gradient this short leaves nothing that a hundred steps could lower or raise."""
ROUNDING = 1e-12
"""By how much two ways to compute one loss may differ."""
MOST_UNTRUE = 0.05
"""The share of plain sentences that may be untrue."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A run after training with full batches, and what a hundred more steps do."""

    trainer: Trainer
    sharpness: Sharpness
    stays: bool
    """Whether it never rises above its start within the steps with 0.9 of the limit."""
    raises: bool
    """Whether it rises above its start within the steps with 1.2 of the limit."""
    epochs: float
    """How many epochs of the run take as long as measuring the sharpness."""

    @property
    def held(self) -> bool:
        """Whether the limit was right."""
        return self.stays and self.raises


def tables(count: int = SITUATIONS) -> Iterator[Table]:
    """How often the limit was right where the sentence is plain, and where it is only a guide."""
    trials = [trial(np.random.RandomState([SEED, number])) for number in range(count)]
    groups: list[tuple[str, Callable[[Trial], bool]]] = [
        ("all", lambda _: True),
        ("plain sentence", lambda each: each.sharpness.holds),
        ("only a guide here", lambda each: not each.sharpness.holds),
        ("the learning rate may be raised to 0.9 of it", _may_be_raised),
        *((f"plain, {task}", _plain_of(task)) for task in TASKS),
        ("plain, one hidden layer", lambda each: each.sharpness.holds and len(each.trainer.sizes) == 3),
        ("plain, two hidden layers", lambda each: each.sharpness.holds and len(each.trainer.sizes) == 4),
    ]
    rows = [_row(name, [each for each in trials if belongs(each)]) for name, belongs in groups]
    said = [each for each in trials if each.sharpness.holds]
    untrue = sum(not each.held for each in said)
    cost = statistics.median(each.epochs for each in trials)
    caption = (
        f"the plain sentence holds in at least 95 %: {met(untrue <= MOST_UNTRUE * len(said))}; "
        f"measuring a sharpness takes as long as {cost:.0f} epochs (median)"
    )
    headings = ("situations after full batches", "number", "0.9 is stable", "1.2 is not", "both")
    yield table("The stability limit 2/sharpness, tried for 100 steps", caption, headings, rows)


def _may_be_raised(each: Trial) -> bool:
    return each.sharpness.holds and each.trainer.config.learning_rate < 0.9 * each.sharpness.limit


def _plain_of(task: str) -> Callable[[Trial], bool]:
    return lambda each: each.sharpness.holds and each.trainer.config.task == task


def _row(name: str, trials: Sequence[Trial]) -> tuple[str, ...]:
    counts = [sum(values) for values in zip(*((t.stays, t.raises, t.held) for t in trials), strict=True)]
    return (name, str(len(trials)), *map(str, counts)) if trials else (name, "0", "", "", "")


def trial(random: np.random.RandomState) -> Trial:
    """Train a random network with full batches, and try both sides of the limit."""
    while True:
        trainer = Trainer(TrainingConfig.defaults(**_settings(random)))
        try:
            start = time.perf_counter()
            epochs = int(random.choice([100, 300, 1000, 3000]))
            for _ in range(epochs):
                trainer.run_epoch()
            of_epoch = (time.perf_counter() - start) / epochs
        except DivergedError:
            continue
        start = time.perf_counter()
        found = trainer.sharpness()
        taken = time.perf_counter() - start
        if found is not None and found.value > 0 and math.hypot(*gradient_norms(trainer)) > AT_A_MINIMUM:
            break
    low, high = (_losses(trainer, part * found.limit) for part in (0.9, 1.2))
    return Trial(trainer, found, max(low) <= low[0] * (1 + ROUNDING), max(high) > high[0], taken / of_epoch)


def _settings(random: np.random.RandomState) -> dict[str, Any]:
    def one(*values: Any) -> Any:
        return values[random.randint(len(values))]

    task, layers = one(*TASKS), one(1, 2)
    return {
        "task": task,
        "dataset": one(*(name for name, dataset in DATASETS.items() if dataset.task == task)),
        "samples": one(20, 60, 150),
        "noise": one(0.0, 0.0, 0.2),
        "hidden_units": tuple(one(2, 3, 6, 10) for _ in range(layers)),
        "activation": tuple(one(*ACTIVATIONS) for _ in range(layers)),
        "initializer": one("normal", "xavier", "he"),
        "init_scale": one(0.1, 0.5, 1.0),
        "optimizer": "sgd",
        "batch_size": 0,
        "learning_rate": one(0.03, 0.1, 0.3, 1.0),
        "l2": one(0.0, 0.0, 0.001, 0.01),
        "epochs": 10_000,
        "seed": random.randint(1000),
    }


def _losses(trainer: Trainer, rate: float) -> list[float]:
    """The loss with its penalty before the first and after each of the steps, as a run takes them."""
    run = trainer.branch(learning_rate=rate)
    losses = [_loss(run)]
    try:
        for _ in range(STEPS):
            run.run_epoch()
            losses.append(_loss(run))
    except DivergedError:
        losses.append(math.inf)
    return losses


def _loss(run: Trainer) -> float:
    with np.errstate(all="ignore"):
        penalty = plain.penalty(run.sizes, run.network.parameters, 0.0, run.config.l2)
        return mean_loss(run, run.dataset.inputs, run.dataset.targets) + penalty

"""Whether the sentences on a diagnosis are true, in random situations and by other computations."""

from __future__ import annotations

import contextlib
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks import judgments, stability
from benchmarks.tables import table
from benchmarks.truths import TRUTHS, equal_units, rounding_decides
from bpengine import (
    DATASETS,
    TASKS,
    ConfigError,
    DivergedError,
    Finding,
    Trainer,
    TrainingConfig,
    diagnose,
    findings,
)
from bpengine.explain.diagnostics import FindingKind
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES

SITUATIONS = 300
SEED = 0
REMEDIES = re.compile(r"\b(try|lower|raise|restart|stop|use|go back|larger|smaller|fewer|more|add)\b", re.I)
"""Words of a sentence that tells what to do."""
CERTAIN = {
    "go back before it, then lower the learning rate": FindingKind.DIVERGED,
    "restart with an init scale above 0": FindingKind.EQUAL_UNITS,
    "restart with another initializer": FindingKind.EQUAL_UNITS,
}
"""Every remedy that may be named, with the kind of its finding."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A run at some point, and what was said about it."""

    trainer: Trainer
    found: tuple[Finding, ...]


def tables(count: int = SITUATIONS) -> Iterator[Table]:
    """How many sentences of each kind were said, and those that are untrue or missing.

    Words that judge a run are tried on runs from a new seed each time.
    """
    yield from judgments.tables(
        int(np.random.SeedSequence().generate_state(1)[0]), count * judgments.RUNS // SITUATIONS
    )
    said: Counter[FindingKind] = Counter()
    untrue: Counter[FindingKind] = Counter()
    problems: list[tuple[str, str]] = []
    for each in situations(count):
        said.update(finding.kind for finding in each.found)
        for kind, problem in problems_of(each):
            untrue[kind] += 1
            problems.append((problem, str(each.trainer.config)))
    rows = [(str(kind), str(said[kind]), str(untrue[kind])) for kind in FindingKind]
    caption = f"{untrue.total()} untrue of {said.total()}, in {count} random situations"
    yield table("Sentences on a diagnosis", caption, ("kind", "said", "untrue or missing"), rows)
    if problems:
        yield table("Untrue or missing", "", ("what", "settings"), problems)
    yield from stability.tables(count * stability.SITUATIONS // SITUATIONS)


def situations(count: int) -> Iterator[Situation]:
    """Random situations, always the same."""
    return (situation(np.random.RandomState([SEED, number])) for number in range(count))


def situation(random: np.random.RandomState) -> Situation:
    """Train a random network for a random time, and diagnose it."""
    while True:
        try:
            trainer = Trainer(TrainingConfig.defaults(**random_settings(random)))
            break
        except ConfigError:
            continue
    samples = len(trainer.dataset)
    steps = int(random.choice([0, 1, samples // 2, samples * 3, samples * 40, samples * 200]))
    with contextlib.suppress(DivergedError):
        trainer.run_for(math.inf, max_samples=steps)
    return Situation(trainer, findings(diagnose(trainer, sharpness=trainer.sharpness())))


def random_settings(random: np.random.RandomState) -> dict[str, Any]:
    """Settings of any kind, most of them sensible, and some extreme."""

    def one(*values: Any) -> Any:
        return values[random.randint(len(values))]

    task = one(*TASKS)
    layers = one(0, 1, 1, 2, 2, 3, 5)
    names = [name for name, dataset in DATASETS.items() if dataset.task == task]
    return {
        "task": task,
        "dataset": one(*names),
        "samples": one(5, 40, 40, 100, 300, 1500),
        "noise": one(0.0, 0.0, 0.2, 1.0),
        "test_share": one(0.0, 0.0, 0.3, 0.8),
        "hidden_units": tuple(one(1, 2, 3, 6, 20) for _ in range(layers)),
        "activation": tuple(one(*ACTIVATIONS, "relu", "relu") for _ in range(one(1, layers or 1))),
        "initializer": one(*INITIALIZERS, "normal", "normal", "normal"),
        "init_scale": one(0.0, 0.01, 0.1, 1.0, 10.0),
        "optimizer": one(*OPTIMIZERS),
        "learning_rate": one(0.0, 1e-5, 1e-3, 0.01, 0.1, 0.5, 3.0, 20.0, 100.0),
        "schedule": one(*SCHEDULES, "constant", "constant"),
        "schedule_epochs": one(1, 5, 30),
        "batch_size": one(0, 1, 1, 8, 32),
        "l1": one(0.0, 0.0, 0.0, 1e-3, 0.5),
        "l2": one(0.0, 0.0, 0.0, 1e-3, 0.5),
        "clip": one(0.0, 0.0, 0.0, 0.1),
        "epochs": one(2, 30, 500),
        "seed": random.randint(1000),
    }


def problems_of(each: Situation) -> list[tuple[FindingKind, str]]:
    """What is untrue, and what should have been said but was not."""
    if rounding_decides(each.trainer):
        return []
    problems = []
    for finding in each.found:
        problem = untruth(each.trainer, finding)
        if problem:
            problems.append((finding.kind, f"{finding.sentence} {problem}"))
    return problems + [(kind, f"{kind} is not mentioned") for kind in missing(each)]


def untruth(trainer: Trainer, finding: Finding) -> str:
    """What is wrong with the sentence; empty if it is true."""
    named = REMEDIES.search(finding.sentence)
    if finding.remedy:
        if CERTAIN.get(finding.remedy) is not finding.kind or finding.remedy not in finding.sentence:
            return "names a remedy that is not certain"
        if not helps(trainer, finding):
            return "names a remedy that does not help"
    elif named:
        return f"names a remedy: {named[0]}"
    try:
        truth = TRUTHS[finding.kind](trainer, finding)
    except AttributeError:  # a sentence that does not have the form that it should have
        return "cannot be read"
    return "" if truth else "is not true"


def helps(trainer: Trainer, finding: Finding) -> bool:
    """Whether the remedy does what it promises: finite numbers, or units that differ."""
    config = trainer.config
    if finding.kind is FindingKind.EQUAL_UNITS:
        scaled = "scale" in finding.remedy
        changes: dict[str, Any] = {"init_scale": 0.01} if scaled else {"initializer": "xavier"}
        return not equal_units(Trainer(config.replace(**changes)), finding.layer)
    again = Trainer(config.replace(learning_rate=config.learning_rate * 1e-9))
    state = trainer.run_state()
    assert state.divergence is not None
    try:
        while again.epochs_done <= state.divergence.epoch and not again.finished:
            again.run_epoch()
    except DivergedError:
        return False
    return True


def missing(each: Situation) -> list[FindingKind]:
    """The kinds of findings that should be there and are not."""
    trainer, kinds = each.trainer, {finding.kind for finding in each.found}
    overflow = FindingKind.OVERFLOW in kinds
    expected = {
        FindingKind.DIVERGED: trainer.divergence is not None,
        FindingKind.EQUAL_UNITS: any(
            equal_units(trainer, number) for number in range(1, len(trainer.network.layers))
        ),
        FindingKind.ERROR: not overflow,
        FindingKind.TEST_ERROR: trainer.dataset.test is not None and not overflow,
    }
    return [kind for kind, expects in expected.items() if expects and kind not in kinds]

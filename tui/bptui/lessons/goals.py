"""Goals, claims and measured values: formulas about a run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from bpengine import Dataset, Metrics, Network, Trainer, TrainingConfig
from bpengine.data.formulas import Vocabulary
from bpengine.training.run import RunState
from bptui.session.pad import fooled, roughness
from bptui.session.snapshot import Snapshot, Stage

NUMBERS = (
    "error",
    "test_error",
    "accuracy",
    "test_accuracy",
    "r2",
    "fooled",
    "fooled_at_random",
    "roughness",
    "epoch",
    "epochs",
    "hidden",
    "layers",
    "learning_rate",
    "seed",
)
"""The numbers of a run that goals, claims and texts may use."""
_OF_PICTURES = dict.fromkeys(("fooled", "fooled_at_random", "roughness"), math.nan)
CONDITIONS = ("diverged",)
"""What can be true of a run, for goals and claims."""
OTHER = "other_"
"""What the names of the run begin with to which a claim compares a run."""

Facts = Mapping[str, Any]
"""The values of `NUMBERS` and `CONDITIONS`."""

_GOAL = Vocabulary(
    NUMBERS,
    CONDITIONS,
    examples={"number": "a number such as error", "comparison": "a condition such as error < 0.01"},
)
_COMPARED = _GOAL._replace(
    numbers=(*NUMBERS, *(f"{OTHER}{name}" for name in NUMBERS)),
    conditions=(*CONDITIONS, *(f"{OTHER}{name}" for name in CONDITIONS)),
)


def goal(text: str) -> Callable[[Facts], bool]:
    """The goal or the claim that a text spells: a function of the facts of a run.

    Raises:
        FormulaError: the text is no condition on a run.
    """
    return _GOAL.read(text, "comparison")


def comparison(text: str) -> Callable[[Facts], bool]:
    """The claim about two runs that a text spells: a function of what `compared` makes of their facts.

    Raises:
        FormulaError: the text is no condition on two runs.
    """
    return _COMPARED.read(text, "comparison")


def compared(run: Facts, other: Facts) -> Facts:
    """The facts of a run, and those of another one with names of their own."""
    return {**run, **{f"{OTHER}{name}": value for name, value in other.items()}}


def measurement(text: str) -> Callable[[Facts], float]:
    """The number that a text spells: a function of the facts of a run.

    Raises:
        FormulaError: the text is no number of a run.
    """
    return _GOAL.read(text, "number")


def facts(
    config: TrainingConfig,
    metrics: Metrics,
    test_metrics: Metrics | None = None,
    of_pictures: Facts | None = None,
    *,
    error: float | None,
    test_error: float | None,
    epoch: int,
    diverged: bool,
) -> Facts:
    """The facts of a run. What a run does not have is NaN; the errors of one that diverged are infinite.

    Args:
        config: its settings.
        metrics, test_metrics: how good its outputs are.
        of_pictures: what is known of a run on pictures; None if its samples are none.
        error, test_error: the errors of its last epoch.
        epoch: the last epoch, counted from 0.
        diverged: whether it diverged.
    """
    return {
        "error": _number(error, diverged),
        "test_error": _number(test_error, diverged and test_error is not None),
        "accuracy": _number(metrics.accuracy),
        "test_accuracy": _number(None if test_metrics is None else test_metrics.accuracy),
        "r2": _number(metrics.r2),
        **_OF_PICTURES,
        **(of_pictures or {}),
        "epoch": epoch,
        "epochs": config.epochs,
        "hidden": sum(config.hidden_units),
        "layers": len(config.hidden_units),
        "learning_rate": config.learning_rate,
        "seed": config.seed,
        "diverged": diverged,
    }


def facts_of(snapshot: Snapshot) -> Facts:
    """The facts of the run on screen."""
    run = snapshot.run
    return facts(
        run.config,
        run.metrics,
        run.test_metrics,
        {"roughness": roughness(snapshot.network.layers[0][:-1], run.dataset)},
        error=run.error,
        test_error=run.test_error,
        epoch=run.epoch,
        diverged=snapshot.status.stage is Stage.DIVERGED,
    )


def facts_of_pictures(network: Network, dataset: Dataset) -> Facts:
    """What is known only of a network that was trained on pictures."""
    along, at_random = fooled(network, dataset)
    rough = roughness(network.layers[0].weights, dataset)
    return {"fooled": along, "fooled_at_random": at_random, "roughness": rough}


def facts_of_run(run: RunState) -> Facts:
    """The facts of a run, as the screen shows them when it is paused there."""
    last, trainer = run.history.last, Trainer.continuing(run, kernel="numpy")
    return facts(
        run.config,
        trainer.metrics(),
        trainer.test_metrics(),
        facts_of_pictures(trainer.network, trainer.dataset),
        error=None if last is None else last.error,
        test_error=None if last is None else last.test_error,
        epoch=run.epochs_done if run.samples_done else max(run.epochs_done - 1, 0),
        diverged=run.divergence is not None,
    )


def _number(value: float | None, is_infinite: bool = False) -> float:
    if is_infinite:
        return math.inf
    return math.nan if value is None else value

"""From a trainer to the moment that is shown of it."""

from __future__ import annotations

from typing import TypedDict

from bpengine import Diagnostics, Trainer, diagnose
from bpengine.diagnostics.measuring import MAX_SAMPLES
from bpengine.metrics import measure_outputs
from bptui.session.comparison import Curve, Pin
from bptui.session.domain import Domain
from bptui.session.snapshot import Snapshot, State

MAX_WORK = 2_000_000
"""Parameters times samples of a network that is looked into at each drawing: some milliseconds."""
REPORTS_SHOWN = 100


class Told(TypedDict):
    """What the trainer doesn't know; see `Snapshot`."""

    state: State
    unused: frozenset[str]
    previous_curve: Curve | None
    epochs_per_second: float | None
    speed: str
    pin: Pin | None
    what_if: bool
    advice: str


def look(trainer: Trainer, domain: Domain, told: Told) -> Snapshot:
    """The present moment, which does not change with the run.

    Args:
        trainer: the run.
        domain: where it is asked.
        told: the rest.
    """
    last = trainer.history.last
    in_progress = trainer.samples_done > 0 or trainer.epochs_done == 0
    answers = trainer.network.predict(trainer.dataset.inputs)
    across, units = domain.look(trainer.network)
    return Snapshot(
        config=trainer.config,
        dataset=trainer.dataset,
        layers=tuple(layer.parameters.copy() for layer in trainer.network.layers),
        outputs=domain.in_own_units(answers),
        grid_outputs=across,
        unit_outputs=units,
        metrics=measure_outputs(answers, trainer.dataset),
        test_metrics=trainer.test_metrics(),
        diagnostics=_diagnostics(trainer),
        epoch=trainer.epochs_done if in_progress else trainer.epochs_done - 1,
        sample=trainer.samples_done,
        error=None if last is None else last.error,
        test_error=None if last is None else last.test_error,
        curve=trainer.history.curve(),
        test_curve=trainer.history.test_curve(),
        reports=tuple(trainer.history.reports)[-REPORTS_SHOWN:],
        change_epochs=trainer.changes,
        kernel=trainer.kernel.name,
        **told,
    )


def _diagnostics(trainer: Trainer) -> Diagnostics | None:
    work = len(trainer.network.parameters) * min(len(trainer.dataset), MAX_SAMPLES)
    return diagnose(trainer) if work <= MAX_WORK else None

"""A headless run that is steered, as a training program of a user's own is: `bptui train --steer NAME`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import bpsteer
from bpengine import FIELDS, ChoiceField, Field, Trainer
from bpengine.checkpoint import from_bytes, to_bytes
from bpengine.fields import DecadeStep, NumberField
from bpsteer.settings import Setting
from bptui.cli.file_checks import errors_naming
from bptui.cli.progress import SLICE_MILLISECONDS
from bptui.process.signals import StopRequest


def steered(trainer: Trainer, name: str, request: StopRequest) -> Iterator[None]:
    """Train epoch by epoch, report each of them, and let the run be steered between them.

    Args:
        trainer: the run, a step of which is an epoch.
        name: what it is called for `bptui attach`.
        request: the request to stop.

    Raises:
        BadUseError: a run can't have this name.
    """
    with errors_naming("argument --steer", ValueError):
        run = bpsteer.start(
            name,
            [*_settings(trainer)],
            lambda: to_bytes(trainer.run_state()),
            lambda data: trainer.restore(from_bytes(data)),
        )
    run.step = trainer.epochs_done
    request.when_made = run.stop
    with run:
        for epoch in run.steps():
            while trainer.epochs_done == epoch and not trainer.finished and not request.number:
                trainer.run_for(SLICE_MILLISECONDS, max_samples=trainer.samples_to(epoch + 1))
                if trainer.epochs_done > epoch:
                    _report(trainer, run)
                yield
            if trainer.finished or request.number:
                return


def _report(trainer: Trainer, run: bpsteer.Run) -> None:
    """Report the errors of an epoch and, if it is on the report interval, also the metrics."""
    last = trainer.history.last
    if last is None:
        return
    values = {"error": last.error, "test error": last.test_error}
    if trainer.reported() is not None:
        metrics = trainer.metrics()
        values |= {"RMSE": metrics.rmse, "accuracy": metrics.accuracy}
    run.report(**{name: value for name, value in values.items() if value is not None})


def _settings(trainer: Trainer) -> Iterator[Setting]:
    """The hyperparameters that can change during a run."""
    for field in FIELDS:
        if field.needs_restart:
            continue
        get, set = partial(_get, trainer, field), partial(_set, trainer, field)
        if isinstance(field, ChoiceField):
            yield bpsteer.choice(field.label, field.choices, get, set)
        elif isinstance(field, NumberField):
            yield bpsteer.number(
                field.label,
                get,
                set,
                low=field.minimum,
                high=field.maximum,
                log=isinstance(field.step, DecadeStep),
                whole=field.type is int,
            )


def _get(trainer: Trainer, field: Field) -> Any:
    return getattr(trainer.config, field.name)


def _set(trainer: Trainer, field: Field, value: object) -> None:
    trainer.reconfigure(trainer.config.replace(**{field.name: field.validate(value)}))

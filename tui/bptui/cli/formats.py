"""How `bptui train` writes the reported epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bpengine import EpochRecord, Trainer
from bpengine.schedules import SCHEDULES
from bptui.formatting import change_text

ERROR_WIDTH = 16
"""The longest that ten digits get, with their sign and exponent."""

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A reported epoch, and what is known when it has just been trained."""

    record: EpochRecord
    learning_rate: float
    """That of the epoch, by the schedule."""
    kernel: str
    rmse: float | None = None
    r2: float | None = None
    accuracy: float | None = None


def plain_report(trainer: Trainer, record: EpochRecord) -> Report:
    """Without metrics, which take a look at every sample."""
    config = trainer.config
    by = SCHEDULES[config.schedule].multiple(record.epoch, config.schedule_epochs, config.schedule_factor)
    return Report(record, config.learning_rate * by, trainer.kernel.name)


def measured_report(trainer: Trainer, record: EpochRecord) -> Report:
    """With the metrics of the training samples, for a record of the epoch just trained."""
    plain, metrics = plain_report(trainer, record), trainer.metrics()
    return Report(
        record,
        plain.learning_rate,
        plain.kernel,
        rmse=metrics.rmse,
        r2=metrics.r2,
        accuracy=metrics.accuracy,
    )


def _values(report: Report) -> dict[str, Value]:
    """By name, in their order. What there is none of, or is beyond all numbers, is None."""
    record = report.record
    values: dict[str, Value] = {
        "epoch": record.epoch,
        "epochs": record.epochs,
        "error": record.error,
        "test_error": record.test_error,
        "learning_rate": report.learning_rate,
        "rmse": report.rmse,
        "r2": report.r2,
        "accuracy": report.accuracy,
        "kernel": report.kernel,
    }
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _text(report: Report) -> str:
    record = report.record
    test = "" if record.test_error is None else f" Test:{record.test_error!r}"
    return f"Epoch:{record.epoch}/{record.epochs} Error:{record.error!r}{test}"


def _jsonl(report: Report) -> str:
    import json

    return json.dumps({name: value for name, value in _values(report).items() if value is not None})


def _csv(report: Report) -> str:
    return ",".join("" if value is None else str(value) for value in _values(report).values())


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write reports."""

    line: Callable[[Report], str]
    """A report's line."""
    report: Callable[[Trainer, EpochRecord], Report] = measured_report
    """Makes what the line needs."""
    top: tuple[str, ...] = ()
    """The lines above all others."""


FORMATS: dict[str, Format] = {
    "text": Format(_text, plain_report),
    "jsonl": Format(_jsonl),
    "csv": Format(_csv, top=("epoch,epochs,error,test_error,learning_rate,rmse,r2,accuracy,kernel",)),
}
"""By the names that people choose."""


def table(epochs: int, *, test: bool) -> Format:
    """A table for people, in which each row has the change since the one before.

    Args:
        epochs: the length of the run.
        test: whether there is a column for the error of test samples.
    """
    names = ("epoch", "error", "test", "change") if test else ("epoch", "error", "change")
    room = (max(len("epoch"), len(str(epochs))), *[ERROR_WIDTH] * (len(names) - 2), len("change"))
    before: float | None = None

    def row(*cells: str) -> str:
        return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, room, strict=True))

    def line(report: Report) -> str:
        nonlocal before
        record = report.record
        change = "" if before is None else change_text(before, record.error)
        before = record.error
        errors = (record.error, record.test_error) if test else (record.error,)
        return row(str(record.epoch), *map(_digits, errors), change)

    return Format(line, plain_report, top=(_bold(row(*names)),))


def _bold(text: str) -> str:
    """With the terminal's codes for it, if it has any."""
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(text, style="bold", soft_wrap=True, end="")
    return captured.get()


def _digits(error: float | None) -> str:
    return "" if error is None else f"{error:.10g}"

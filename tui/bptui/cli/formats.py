"""How `bptui train` writes the reported epochs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bpengine import EpochRecord, Trainer
from bpengine.schedules import SCHEDULES
from bptui.formatting import change_text

ERROR_WIDTH = 16
"""The longest that ten digits get, with their sign and exponent."""

ROWS_AT_ONCE = 500
"""Of a table, laid out before the first of them is printed."""

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
    by = SCHEDULES[config.schedule](record.epoch, config.schedule_epochs, config.schedule_factor)
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


def table(reports: Sequence[Report], epochs: int, *, test: bool) -> Iterator[str]:
    """The lines of a table for people; part by part, since a long one takes its time.

    Args:
        reports: in their order.
        epochs: the length of the run.
        test: whether there is a column for the error of test samples.
    """
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for start in range(0, max(len(reports), 1), ROWS_AT_ONCE):
        part = Table(box=None, padding=(0, 2, 0, 0), show_header=start == 0)
        part.add_column("epoch", justify="right", min_width=max(len("epoch"), len(str(epochs))))
        for name in ("error", "test") if test else ("error",):
            part.add_column(name, justify="right", min_width=ERROR_WIDTH)
        part.add_column("change", justify="right", min_width=len("change"))
        for number, report in enumerate(reports[start : start + ROWS_AT_ONCE], start):
            record = report.record
            change = change_text(reports[number - 1].record.error, record.error) if number else ""
            errors = (record.error, record.test_error) if test else (record.error,)
            part.add_row(str(record.epoch), *map(_digits, errors), change)
        with console.capture() as lines:
            console.print(part)
        yield from lines.get().splitlines()


def _digits(error: float | None) -> str:
    return "" if error is None else f"{error:.10g}"

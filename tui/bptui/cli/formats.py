"""The output formats of `bptui train`, and the choice of the format of results that are lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bpengine import EpochRecord, Trainer
from bpengine.schedules import SCHEDULES
from bpengine.wording import must_be, printable_path
from bptui.cli.parsing import BadUseError
from bptui.formatting import change_text

ERROR_WIDTH = 16
"""The width of ten digits with a sign and an exponent."""

OTHER_ENDINGS = (".bptui", ".json", ".png", ".svg")
"""The endings of files that are not lines of results."""
Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Report:
    """A reported epoch, with the figures right after it was trained."""

    record: EpochRecord
    learning_rate: float
    """The learning rate of the epoch, after the schedule."""
    rmse: float | None = None
    r2: float | None = None
    accuracy: float | None = None


def plain_report(trainer: Trainer, record: EpochRecord) -> Report:
    """Make a report without metrics, whose computation goes through every sample."""
    config = trainer.config
    schedule = SCHEDULES[config.schedule]
    factor = schedule.multiple(record.epoch, config.schedule_epochs, config.schedule_factor)
    return Report(record, config.learning_rate * factor)


def measured_report(trainer: Trainer, record: EpochRecord) -> Report:
    """Make a report of the epoch just trained, with the metrics of the training samples."""
    plain, metrics = plain_report(trainer, record), trainer.metrics()
    return Report(
        record,
        plain.learning_rate,
        rmse=metrics.rmse,
        r2=metrics.r2,
        accuracy=metrics.accuracy,
    )


def _values(report: Report) -> dict[str, Value]:
    """The values of a report in the order of the columns; None for a value that is missing or not finite."""
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
    """A format in which reports are written."""

    line: Callable[[Report], str]
    """Returns the line of a report."""
    report: Callable[[Trainer, EpochRecord], Report] = measured_report
    """Makes a report with what the line needs."""
    header: tuple[str, ...] = ()
    """The lines above the reports."""


FORMATS: dict[str, Format] = {
    "text": Format(_text, plain_report),
    "jsonl": Format(_jsonl),
    "csv": Format(_csv, header=("epoch,epochs,error,test_error,learning_rate,rmse,r2,accuracy",)),
}
"""The formats by the values of `--format`."""


def format_of(output: Path | None, requested: str | None) -> str:
    """The format of the results: the one that the ending of the file's name or --format names, else text.

    Raises:
        BadUseError: the ending and --format contradict each other, or the ending is not that of results.
    """
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and suffix in OTHER_ENDINGS:
        allowed = "a name that ends in .csv, .jsonl or .txt"
        raise BadUseError(f"argument --output: {must_be(allowed, printable_path(output))}")
    named = suffix.removeprefix(".")
    if named not in FORMATS:
        return requested or "text"
    if requested not in (None, named):
        raise BadUseError(
            f"argument --format: {must_be(f'{named} for a file ending in {suffix}', requested)}"
        )
    return named


def table(epochs: int, *, test: bool) -> Format:
    """Make a table for people, in which each row shows the change from the row above.

    Args:
        epochs: the length of the run.
        test: whether to include a column for the error on the test samples.
    """
    names = ("epoch", "epoch error", *(["test error"] if test else []), "change")
    widths = (max(len("epoch"), len(str(epochs))), *[ERROR_WIDTH] * (len(names) - 2), len("change"))
    previous: float | None = None

    def row(*cells: str) -> str:
        return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))

    def line(report: Report) -> str:
        nonlocal previous
        record = report.record
        change = "" if previous is None else change_text(previous, record.error)
        previous = record.error
        errors = (record.error, record.test_error) if test else (record.error,)
        return row(str(record.epoch), *map(_digits, errors), change)

    return Format(line, plain_report, header=(_bold(row(*names)),))


def _bold(text: str) -> str:
    """The text with the terminal's codes for bold, if it has any."""
    from rich.console import Console

    console = Console(highlight=False)
    with console.capture() as captured:
        console.print(text, style="bold", soft_wrap=True, end="")
    return captured.get()


def _digits(error: float | None) -> str:
    return "" if error is None else f"{error:.10g}"

"""The results of `bptui train`: a line for each reported epoch or, for people, a table with a summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bpengine import Dataset, EpochRecord, Metrics, Trainer
from bpengine.edits import edited_at
from bpengine.schedules import SCHEDULES
from bpengine.wording import counted, number
from bptui.cli.formats import Value, finite, text_table
from bptui.cli.streams import styled_stdout
from bptui.formatting import ERROR_WIDTH, R2_DIGITS, change_text, error_text, unit_of

COLUMNS = ("epoch", "epochs", "error", "test_error", "learning_rate", "rmse", "r2", "accuracy")
"""The names of the values of an epoch."""
MAX_NAME_LENGTH = 16
"""The most characters of a class's name."""
CORNER = "actual \\ predicted"
"""The heading of a confusion matrix: rows are actual classes, columns are predicted ones."""


@dataclass(frozen=True, slots=True)
class EpochRow:
    """The epoch that a run has just trained, as a `ResultRow`."""

    trainer: Trainer
    record: EpochRecord

    def words(self) -> Mapping[str, object]:
        """Its number and its errors, without metrics, whose computation goes through every sample."""
        record = self.record
        test = {} if record.test_error is None else {"Test": record.test_error}
        return {"Epoch": f"{record.epoch}/{record.epochs}", "Error": record.error} | test

    def values(self) -> Mapping[str, Value]:
        """Its errors, its learning rate after the schedule, and the metrics of the training samples."""
        record, config, metrics = self.record, self.trainer.config, self.trainer.metrics()
        factor = SCHEDULES[config.schedule].multiple(
            record.epoch, config.schedule_epochs, config.schedule_factor
        )
        rate = config.learning_rate * factor
        errors = (record.epoch, record.epochs, record.error, record.test_error)
        figures = (metrics.rmse, metrics.r2, metrics.accuracy)
        return dict(zip(COLUMNS, finite([*errors, rate, *figures]), strict=True))


class Table:
    """A table for people, in which each row shows the change from the row above.

    Args:
        epochs: the length of the run.
        test: whether to include a column for the error on the test samples.

    Attributes:
        header: the headings.
    """

    def __init__(self, epochs: int, *, test: bool) -> None:
        names = ("epoch", "epoch error", *(["test error"] if test else []), "change")
        self._widths = (
            max(len("epoch"), len(str(epochs))),
            *[len("epoch error")] * (len(names) - 2),
            len("change"),
        )
        self._has_test = test
        self._previous: float | None = None
        self.header = self._row(*names)

    def line(self, row: EpochRow) -> str:
        """The row of an epoch."""
        record = row.record
        change = "" if self._previous is None else change_text(self._previous, record.error)
        self._previous = record.error
        errors = (record.error, record.test_error) if self._has_test else (record.error,)
        return self._row(str(record.epoch), *map(_error, errors), change)

    def _row(self, *cells: str) -> str:
        return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, self._widths, strict=True))


def print_header(table: Table) -> None:
    """Print the headings, in bold if the terminal has it."""
    from rich.console import Console

    Console(file=styled_stdout(), highlight=False).print(table.header, style="bold", soft_wrap=True)


def _error(error: float | None) -> str:
    return "" if error is None else f"{error_text(error):<{ERROR_WIDTH}}"


def summary(trainer: Trainer, width: int) -> Iterator[str]:
    """Yield the lines of the summary.

    Args:
        trainer: the run.
        width: the columns of the terminal; a confusion matrix that is wider is left out.
    """
    dataset = trainer.dataset
    yield f"{'outcome':<9} {_outcome(trainer)}"
    yield f"{'epochs':<9} {trainer.epochs_done} of {trainer.config.epochs}"
    if trainer.edits:
        yield f"{'network':<9} {edited_at(trainer.edits)}"
    yield from _metrics("training", trainer.metrics(), dataset, width)
    test = trainer.test_metrics()
    if test is not None and dataset.test is not None:
        yield from _metrics("test", test, dataset.test, width)


def _outcome(trainer: Trainer) -> str:
    if trainer.divergence is not None:
        return "diverged"
    outcomes = {
        "": "interrupted",
        "epochs": "all epochs completed",
        "target error": f"stopped at the target error of {trainer.config.target_error:g}",
        "patience": f"stopped after {trainer.config.patience} epochs without a new lowest error (patience)",
    }
    return outcomes.get(trainer.stop_reason, trainer.stop_reason)


def _metrics(name: str, metrics: Metrics, dataset: Dataset, width: int) -> Iterator[str]:
    """Yield the lines about one set of samples."""
    texts = [f"error now {number(metrics.error)}"]
    if metrics.rmse is not None:
        texts.append(f"RMSE {number(metrics.rmse)}{unit_of(dataset.target)}")
    if metrics.r2 is not None:
        texts.append(f"R2 {number(metrics.r2, R2_DIGITS)}")
    if metrics.accuracy is not None:
        texts.append(f"accuracy {number(100 * metrics.accuracy, 4)}%")
    samples = counted(len(dataset), "sample")
    yield f"{name:<9} {', '.join(texts)} ({samples})"
    if metrics.confusion is not None:
        yield from _confusion(metrics.confusion.tolist(), dataset.classes, width)


def _confusion(counts: list[list[int]], classes: tuple[str, ...], width: int) -> Iterator[str]:
    """The confusion matrix: a row for each actual class, a column for each predicted class."""
    names = [name[:MAX_NAME_LENGTH] for name in classes]
    rows = [[name, *map(str, row)] for name, row in zip(names, counts, strict=True)]
    lines = text_table([[CORNER, *names], *rows])
    if len(lines[0]) > width:
        yield f"  confusion matrix not shown: its {len(classes)} classes need {len(lines[0])} columns"
    else:
        yield from lines

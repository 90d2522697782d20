"""The summary of a run below its table: how it ended, and how good the results are."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine import Dataset, Metrics, Trainer
from bpengine.edits import edited_at

MAX_NAME_LENGTH = 16
"""The most characters of a class's name."""
CORNER = "actual \\ predicted"
"""The heading of a confusion matrix: rows are actual classes, columns are predicted ones."""


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
    match trainer.stop_reason:
        case "":
            return "interrupted"
        case "epochs":
            return "all epochs completed"
        case "target error":
            return f"stopped at the target error of {trainer.config.target_error:g}"
        case "patience":
            return f"stopped after {trainer.config.patience} epochs without a new lowest error (patience)"
        case other:
            return other


def _metrics(name: str, metrics: Metrics, dataset: Dataset, width: int) -> Iterator[str]:
    """Yield the lines about one set of samples."""
    figures = {"RMSE": metrics.rmse, "R2": metrics.r2}
    texts = [f"error now {metrics.error:.6g}"]
    texts += [f"{label} {value:.6g}" for label, value in figures.items() if value is not None]
    if metrics.accuracy is not None:
        texts.append(f"accuracy {100 * metrics.accuracy:.4g} %")
    samples = f"{len(dataset)} sample{'' if len(dataset) == 1 else 's'}"
    yield f"{name:<9} {', '.join(texts)} ({samples})"
    if metrics.confusion is not None:
        yield from _confusion(metrics.confusion.tolist(), dataset.classes, width)


def _confusion(counts: list[list[int]], classes: tuple[str, ...], width: int) -> Iterator[str]:
    """The confusion matrix: a row for each actual class, a column for each predicted class."""
    names = [name[:MAX_NAME_LENGTH] for name in classes]
    first = max(map(len, (*names, CORNER)))
    widths = [max(len(name), *(len(str(row[column])) for row in counts)) for column, name in enumerate(names)]
    rows = [names, *([str(count) for count in row] for row in counts)]
    lines = [
        f"  {label:<{first}}" + "".join(f"  {cell:>{room}}" for cell, room in zip(row, widths, strict=True))
        for label, row in zip((CORNER, *names), rows, strict=True)
    ]
    if len(lines[0]) > width:
        yield f"  confusion matrix not shown: its {len(classes)} classes need {len(lines[0])} columns"
    else:
        yield from lines

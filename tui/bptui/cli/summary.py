"""What came of a run, in a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine import Dataset, Metrics, Trainer

MAX_NAME_LENGTH = 16
"""Characters of a class's name."""


def summary(trainer: Trainer, width: int) -> Iterator[str]:
    """Why the run has ended, what computed it, and how good its answers are.

    Args:
        trainer: where the run stands.
        width: columns of the terminal; a confusion matrix that needs more is left out.
    """
    dataset, epochs = trainer.dataset, trainer.epochs_done
    yield f"{'ended':<9} {_ending(trainer)}"
    yield f"{'epochs':<9} {epochs} of {trainer.config.epochs}, by the {trainer.kernel.name} kernel"
    yield from _part("training", trainer.metrics(), dataset, width)
    test = trainer.test_metrics()
    if test is not None and dataset.test is not None:
        yield from _part("test", test, dataset.test, width)


def _ending(trainer: Trainer) -> str:
    if trainer.divergence is not None:
        return "diverged"
    match trainer.stop_reason:
        case "":
            return "interrupted"
        case "epochs":
            return "all epochs are done"
        case "target error":
            return f"target error: at or below {trainer.config.target_error:g}"
        case "patience":
            return f"patience: {trainer.config.patience} epochs without a new lowest error"
        case other:
            return other


def _part(name: str, metrics: Metrics, dataset: Dataset, width: int) -> Iterator[str]:
    """The metrics of one set of samples."""
    figures = {"RMSE": metrics.rmse, "R2": metrics.r2}
    texts = [f"error {metrics.error:.6g}"]
    texts += [f"{label} {value:.6g}" for label, value in figures.items() if value is not None]
    if metrics.accuracy is not None:
        texts.append(f"accuracy {100 * metrics.accuracy:.4g} %")
    yield f"{name:<9} {', '.join(texts)} ({len(dataset)} samples)"
    if metrics.confusion is not None:
        yield from _confusion(metrics.confusion.tolist(), dataset.classes, width)


def _confusion(counts: list[list[int]], classes: tuple[str, ...], width: int) -> Iterator[str]:
    """A row for each true class, a column for each class that it was taken for."""
    names = [name[:MAX_NAME_LENGTH] for name in classes]
    first = max(map(len, (*names, "true class")))
    cells = [max(len(name), *(len(str(row[place])) for row in counts)) for place, name in enumerate(names)]
    lines = [f"  {'true class':<{first}}", *(f"  {name:<{first}}" for name in names)]
    rows = [names, *([str(count) for count in row] for row in counts)]
    lines = [
        line + "".join(f"  {cell:>{room}}" for cell, room in zip(row, cells, strict=True))
        for line, row in zip(lines, rows, strict=True)
    ]
    if len(lines[0]) > width:
        yield f"  the confusion matrix of {len(classes)} classes needs {len(lines[0])} columns"
    else:
        yield from lines

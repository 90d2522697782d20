"""The results of `bptui train`: a line for each reported epoch or, for people, a table with a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bpengine import EpochRecord, Metrics, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.linear import fit_linear
from bpengine.network.losses import LOSSES
from bpengine.network.optimizers import SCHEDULES
from bpengine.training.edits import edited_at
from bpengine.training.judging import Trend, higher_test_error, is_better, paired
from bpengine.training.predictions import measure_outputs, network_outputs
from bptui.cli.formats import CellValue, finite, padded, text_table
from bptui.formatting import difference_text, figures_text
from bpwords import Sentence, columns, in_english, many, translatable, word
from bpwords.numbers import ERROR_WIDTH, change_text, error_text, number, percent

COLUMNS: dict[str, Callable[[EpochRow, Metrics], CellValue]] = {
    "epoch": lambda row, _: row.record.epoch,
    "epochs": lambda row, _: row.record.epochs,
    "error": lambda row, _: row.record.error,
    "test_error": lambda row, _: row.record.test_error,
    "learning_rate": lambda row, _: row.learning_rate,
    "rmse": lambda _, metrics: metrics.rmse,
    "r2": lambda _, metrics: metrics.r2,
    "accuracy": lambda _, metrics: metrics.accuracy,
}
"""The values of an epoch by the names of their columns, from its row and its metrics."""
FIGURES = ("error", "rmse", "r2", "accuracy")
"""The metrics that a summary has of each set of samples."""
LINEAR_SECONDS = 1.0
"""How long a linear model is fitted; one that has not converged by then is not shown."""
REPEAT_SECONDS = 2.0
"""How long a run is repeated to find the weights of an earlier epoch."""
MAX_NAME_LENGTH = 16
"""The most characters of a class's name."""
NAMES = ("outcome", "epochs", "network", "training", "test", "best constant", "linear model", "finding")
"""What the lines of a summary are about."""
translatable(NAMES, "summary")
_OUTCOMES = {
    "": Sentence("interrupted"),
    "epochs": Sentence("all epochs completed"),
    "target error": Sentence("stopped at the target error of {target}"),
    "patience": Sentence("stopped: no new lowest error within the patience of {n}"),
    "diverged": Sentence("diverged"),
}
"""How a run ended, by its `stop_reason`."""
CORNER = translatable("actual \\ predicted")
"""The heading of a confusion matrix: rows are actual classes, columns are predicted ones."""


@dataclass(frozen=True, slots=True)
class EpochRow:
    """The epoch that a run has just trained, as a `ResultRow`."""

    trainer: Trainer
    record: EpochRecord
    summary: Mapping[str, Any] = field(default_factory=dict)
    """What the last one says of the run."""

    def words(self) -> Mapping[str, object]:
        """Its number and its errors, without metrics, whose computation goes through every sample."""
        record = self.record
        test = {} if record.test_error is None else {"Test": record.test_error}
        return {"Epoch": f"{record.epoch}/{record.epochs}", "Error": record.error} | test

    def values(self) -> Mapping[str, CellValue]:
        """Its errors, its learning rate after the schedule, and the metrics of the training samples."""
        metrics = self.trainer.metrics()
        return {**{name: finite(value(self, metrics)) for name, value in COLUMNS.items()}, **self.summary}

    @property
    def learning_rate(self) -> float:
        """The learning rate of the epoch, after the schedule."""
        epoch, config = self.record.epoch, self.trainer.config
        factor = SCHEDULES[config.schedule].multiple(epoch, config.schedule_epochs, config.schedule_factor)
        return config.learning_rate * factor


class EpochTable:
    """A table for people, in which each row shows the change from the row above.

    Args:
        epochs: the length of the run.
        test: whether to include a column for the error on the test samples.

    Attributes:
        header: the headings.
    """

    def __init__(self, epochs: int, *, test: bool) -> None:
        errors = (word("epoch error"), *([word("test error")] if test else []))
        names = (word("epoch", "table"), *errors, word("change", "table"))
        rooms = (len(str(epochs)), *[len("epoch error")] * len(errors), len("change"))
        self._widths = [max(room, columns(name)) for room, name in zip(rooms, names, strict=True)]
        self._previous: float | None = None
        self.header = self._row(*names)

    def line(self, row: EpochRow) -> str:
        """The row of an epoch."""
        record = row.record
        change = "" if self._previous is None else change_text(self._previous, record.error)
        self._previous = record.error
        errors = (record.error, record.test_error)[: len(self._widths) - 2]
        return self._row(str(record.epoch), *map(_error, errors), change)

    def _row(self, *cells: str) -> str:
        return "  ".join(padded(cell, -width) for cell, width in zip(cells, self._widths, strict=True))


def _error(error: float | None) -> str:
    return "" if error is None else f"{error_text(error):<{ERROR_WIDTH}}"


class Summary:
    """What came out of a run.

    Args:
        trainer: the run.
        seconds: how long it was trained now.
    """

    def __init__(self, trainer: Trainer, seconds: float) -> None:
        self._trainer, self._seconds = trainer, seconds
        dataset, test = trainer.dataset, trainer.test_metrics()
        self._metrics = {"training": trainer.metrics()} | ({} if test is None else {"test": test})
        self._compared = dataset if dataset.test is None else dataset.test
        mean = dataset.targets.mean(axis=0)
        self._references = {"best constant": np.broadcast_to(mean, self._compared.targets.shape)}
        linear = None if trainer.source is None else fit_linear(dataset, seconds=LINEAR_SECONDS)
        if linear is not None:
            self._references["linear model"] = linear.outputs(self._compared)
        self._test_error = higher_test_error(trainer, seconds=REPEAT_SECONDS)
        epochs, errors = trainer.history.curve()
        self._trend = Trend.of(epochs, errors) if np.isfinite(errors).all() else None

    def fields(self) -> dict[str, object]:
        """The summary by names, as the last record of jsonl has it."""
        trainer = self._trainer
        references = {name: measure_outputs(each, self._compared) for name, each in self._references.items()}
        metrics = {
            name.replace(" ", "_"): {
                figure: value for figure in FIGURES if (value := finite(getattr(each, figure))) is not None
            }
            for name, each in (self._metrics | references).items()
        }
        verdicts = {
            "overfits": self._test_error is not None and self._test_error.overfits,
            "still_falling": self._trend is not None and self._trend.is_falling,
        }
        with in_english():
            done = {"outcome": outcome(trainer), "epochs_done": trainer.epochs_done}
        return {**done, **metrics, **verdicts, "seconds": round(self._seconds, 3)}

    def lines(self, width: int) -> Iterator[str]:
        """Yield the summary for people.

        Args:
            width: the columns of the terminal, 0 without one; a confusion matrix that is wider is left out.
        """
        trainer, dataset, last = self._trainer, self._trainer.dataset, self._trainer.history.last
        took = Sentence("{outcome} in {n} s")
        yield _line("outcome", took(outcome=outcome(trainer), n=f"{self._seconds:.1f}"))
        reached = [Sentence("{done} of {epochs}")(done=trainer.epochs_done, epochs=trainer.config.epochs)]
        if last is not None:
            errors = [Sentence("epoch {epoch}: epoch error {n}")(epoch=last.epoch, n=number(last.error))]
            if last.test_error is not None:
                errors.append(Sentence("test error {n}")(n=number(last.test_error)))
            reached.append(word(", ", "list").join(errors))
        yield _line("epochs", word("; ", "list").join(reached))
        if trainer.edits:
            yield _line("network", edited_at(trainer.edits))
        for name, metrics in self._metrics.items():
            samples = self._compared if name == "test" else dataset
            figures = figures_text(metrics, samples, is_test=name == "test")
            of_samples = Sentence("{figures} ({samples})")
            counted = many(len(samples), "{n} sample", "{n} samples")
            yield _line(name, of_samples(figures=figures, samples=counted))
            if metrics.confusion is not None and width:
                yield from _confusion(metrics.confusion.tolist(), dataset.classes, width)
        for name, outputs in self._references.items():
            figures = figures_text(measure_outputs(outputs, self._compared), self._compared)
            yield _line(name, self._compare(outputs, figures))
        linear = self._references.get("linear model")
        if linear is not None and dataset.test is not None and len(dataset.test) > 1:
            own = network_outputs(trainer.network, dataset.test.inputs)
            if not is_better(dataset.task, own, linear, dataset.test.targets):
                yield _line("finding", word("the network is not better than the linear model beyond chance"))
        if (higher := self._test_error) is not None:
            overfits = Sentence("overfits: the lowest test error was {lowest}, in epoch {epoch}")
            lower = Sentence(
                "the test error was lower in epoch {epoch} ({lowest}); with {samples} that may be chance"
            )
            found = {"epoch": higher.best.epoch, "lowest": number(higher.best.test_error or 0)}
            tested = many(len(self._compared), "{n} test sample", "{n} test samples")
            yield _line("finding", overfits(**found) if higher.overfits else lower(samples=tested, **found))
        if self._trend is not None and self._trend.is_falling:
            falling = Sentence("still falling: about {share} per tenth of the run")
            yield _line("finding", falling(share=percent(-self._trend.per_tenth)))

    def _compare(self, outputs: Array, figures: str) -> str:
        """The figures of other outputs, and how their error differs from the network's for test samples."""
        compared, loss = self._compared, LOSSES[self._trainer.config.task]
        if len(compared) < 2 or self._trainer.dataset.test is None:
            said = Sentence(
                "{figures} (of the training samples)"
                if self._trainer.dataset.test is None
                else "{figures} (of the training samples; on the test samples)"
            )
            return said(figures=figures)
        with np.errstate(all="ignore"):  # outputs may be close to the largest float
            own = network_outputs(self._trainer.network, compared.inputs)
            losses = [loss.value(each, compared.targets) for each in (own, outputs)]
        higher = Sentence(
            "{figures} (of the training samples; on the test samples, {difference} than the network's)"
        )
        return higher(figures=figures, difference=difference_text(*paired(*losses)))


def _line(name: str, text: str) -> str:
    return f"{padded(word(name, 'summary'), 13)} {text}"


def outcome(trainer: Trainer) -> str:
    """How a run ended."""
    reason = "diverged" if trainer.divergence is not None else trainer.stop_reason
    return _OUTCOMES[reason](target=f"{trainer.config.target_error:g}", n=trainer.config.patience)


def _confusion(counts: list[list[int]], classes: tuple[str, ...], width: int) -> Iterator[str]:
    """The confusion matrix: a row for each actual class, a column for each predicted class."""
    names = [name[:MAX_NAME_LENGTH] for name in classes]
    rows = [[name, *map(str, row)] for name, row in zip(names, counts, strict=True)]
    lines = text_table([[word(CORNER), *names], *rows])
    if (needed := columns(lines[0])) > width:
        said = Sentence("confusion matrix not shown: its {classes} classes need {n} columns")
        yield f"  {said(classes=len(classes), n=needed)}"
    else:
        yield from lines

"""Points: the samples of a run in one or two dimensions, to which some are added by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from bpengine import DataError, Dataset
from bpengine.arithmetic.arrays import Array
from bpengine.files import write_whole
from bpwords import Sentence, word
from bpwords.numbers import number

DRAWN = "drawn"
"""The name of samples that were drawn."""
MAX_POINTS = 2000
"""The most samples: the run restarts with each of them."""
STEPS = 9
"""How many values a drawn sample of a number may have over two inputs, from the lowest to the highest."""
_SQUARE = ((-1.0, 1.0), (-1.0, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Samples, of which there may be none. Those of a named data set or a table become the learner's own."""

    like: Dataset
    """The names, the classes and the axes, which are the same for all samples."""
    coordinates: Array
    """Shape (n, d), for d of 1 or 2."""
    targets: Array
    """In the units of the data, one-hot for classes; shape (n, k)."""

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return the training and the test samples of a run.

        Raises:
            DataError: they are not in one or two dimensions of numbers, or are too many.
        """
        parts = [dataset, *([] if dataset.test is None else [dataset.test])]
        coordinates = np.concatenate([part.coordinates for part in parts])
        numbers = all(column.kind == "number" for column in dataset.raw_columns)
        if len(dataset.domain) > 2 or not numbers or (not dataset.classes and dataset.targets.shape[1] > 1):
            raise DataError(word("samples are drawn over one or two inputs that are numbers"))
        if len(coordinates) > MAX_POINTS:
            raise DataError(Sentence("at most {n} samples can be drawn")(n=MAX_POINTS))
        targets = np.concatenate([part.target_scaling.undo(part.targets) for part in parts])
        return cls(dataset, coordinates, targets)

    @classmethod
    def empty(cls) -> Self:
        """Return no samples, in a plane with two classes."""
        corners = np.array(_SQUARE).T
        names: dict[str, Any] = {"features": ("x", "y"), "target": "class", "classes": ("A", "B")}
        like = Dataset.of(corners, np.eye(2), name=DRAWN, task="classification", domain=_SQUARE, **names)
        return cls(like, np.empty((0, 2)), np.empty((0, 2)))

    def placed(self, place: Array, answer: int) -> Points:
        """The samples with one more; the same if there is no room for it.

        Args:
            place: where it is in the plot, in which y is the target of a function of one input; shape (2,).
            answer: the number of its class or, over two inputs, of the step of its value.
        """
        if len(self.coordinates) >= MAX_POINTS:
            return self
        if self.like.classes:
            target = np.eye(len(self.like.classes))[answer]
        else:
            target = np.array([place[1] if len(self.like.domain) == 1 else self._value(answer)])
        return replace(
            self,
            coordinates=np.vstack([self.coordinates, place[: len(self.like.domain)]]),
            targets=np.vstack([self.targets, target]),
        )

    def taken_away(self, place: Array, reach: Array) -> Points:
        """The samples without the nearest one within reach of a place in the plot; the same if none is."""
        off = np.abs(self.places - place) / reach
        if len(self.like.domain) == 1 and self.like.classes:
            off[:, 1] = 0.0
        if not len(off) or off.max(axis=1).min() > 1:
            return self
        nearest = int(np.square(off).sum(axis=1).argmin())
        coordinates, targets = (np.delete(each, nearest, axis=0) for each in (self.coordinates, self.targets))
        return replace(self, coordinates=coordinates, targets=targets)

    @property
    def places(self) -> Array:
        """Where the samples are in the plot; shape (n, 2)."""
        return np.hstack([self.coordinates, self.targets])[:, :2]

    def answer_text(self, answer: int) -> str:
        """The class or the value of a sample that is placed with this answer."""
        if self.like.classes:
            return self.like.classes[answer]
        return word("its place") if len(self.like.domain) == 1 else number(self._value(answer))

    def _value(self, step: int) -> float:
        targets = self.like.target_scaling.undo(self.like.targets)
        low, high = float(targets.min()), float(targets.max())
        return low + (high - low) * step / (STEPS - 1)

    @property
    def source(self) -> Dataset | None:
        """The samples as the learner's own; None if they are too few, or all of one class."""
        if len(self.targets) < 2 or (self.like.classes and self.targets.any(axis=0).sum() < 2):
            return None
        names = {
            name: getattr(self.like, name) for name in ("task", "domain", "features", "target", "classes")
        }
        return Dataset.of(self.coordinates, self.targets, name=DRAWN, **names)


def write_table(source: Dataset, path: Path) -> None:
    """Write drawn samples as CSV."""
    import csv
    import io

    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*source.features, source.target])
    for place, target in zip(source.coordinates.tolist(), source.targets, strict=True):
        answer = source.classes[int(target.argmax())] if source.classes else float(target[0])
        table.writerow([*place, answer])
    write_whole(path, text.getvalue())

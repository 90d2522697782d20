"""`Dataset`: samples with their scaling and names, and the true function or border if it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import accumulate
from typing import Any, Self

import numpy as np

from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.choices import TASKS, Task
from bpengine.data import checks
from bpengine.data.features import FeatureMap
from bpengine.data.pictures import Picture, picture_of
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import DataError
from bpwords import Sentence, either, must_be, printable

MAX_MEANT_CLASSES, SAMPLES_OF_A_CLASS = 20, 5
"""The most whole numbers that may be meant as classes, and the fewest samples for each on average."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """A conversion from original units to the network's: (values - offset) / scale, column by column."""

    offset: Array
    """Shape (columns,), in original units."""
    scale: Array
    """Shape (columns,), in original units; never 0."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "offset", checks.read_only(self.offset))
        object.__setattr__(self, "scale", checks.read_only(self.scale))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.offset, self.scale)

    @classmethod
    def identity(cls, columns: int) -> Self:
        """Return the scaling that changes nothing."""
        return cls(np.zeros(columns), np.ones(columns))

    @classmethod
    def of_domain(cls, domain: Sequence[tuple[float, float]]) -> Self:
        """Return the scaling of these ranges, one for each column, to the range from -1 to 1."""
        low, high = np.array(domain).T
        return cls((low + high) / 2, (high - low) / 2)

    @classmethod
    def standardizing(cls, values: Array) -> Self:
        """Return the scaling that gives these values mean 0 and standard deviation 1 in each column.

        The standard deviation is the population's, with a divisor of n. A constant column becomes 0.

        Args:
            values: shape (n, columns).
        """
        # Sums have the same order of additions on every machine if the layout in memory is the same.
        values = np.ascontiguousarray(values)
        mean = values.sum(axis=0) / len(values)
        # The mean of equal values can be off by a rounding error, which makes their deviation more than 0.
        constant = values.min(axis=0) == values.max(axis=0)
        offset = np.where(constant, values[0], mean)
        deviation = np.sqrt(np.square(values - mean).sum(axis=0) / len(values))
        return cls(offset, np.where(constant | (deviation == 0), 1.0, deviation))

    def apply(self, values: Array) -> Array:
        """Convert from original units to the network's; shape (n, columns)."""
        return (values - self.offset) / self.scale

    def undo(self, values: Array) -> Array:
        """Convert from the network's units to original ones; shape (n, columns).

        Values that overflow become infinite.
        """
        with np.errstate(all="ignore"):
            original: Array = values * self.scale + self.offset
        return original


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dataset:
    """Samples for a task, in read-only arrays. `len` gives their number, without those in `test`.

    `from_arrays` makes a data set of the user's own samples.

    Raises:
        DataError: the arrays do not fit each other or the task, or have numbers that are not finite.
    """

    name: str
    """What it is called: a named data set, a file, a function or `arrays`."""
    task: Task
    """`"regression"` or `"classification"`."""
    inputs: Array
    """The network's inputs, `inputs_at(coordinates)`; shape (n, inputs)."""
    targets: Array
    """The targets in the network's units, one-hot for classification; shape (n, k)."""
    coordinates: Array
    """The inputs in their original units, as they are plotted; shape (n, d)."""
    scaling: Scaling
    """The conversion to `inputs` from `coordinates` or their features; a column for each input."""
    target_scaling: Scaling
    """The conversion from the targets' original units to `targets`; k columns."""
    domain: tuple[tuple[float, float], ...]
    """The range of each coordinate to plot, as low < high; d pairs."""
    features: tuple[str, ...]
    """The names of the coordinates; d of them."""
    target: str
    """The name of the target."""
    truth: Callable[[Array], Array] | None = None
    """The true function of a regression, if known: from coordinates (m, d) to original units (m,)."""
    border: Array | None = None
    """The true boundary between classes in the plane, if known: the points of lines, with a row of NaN
    between two lines; shape (m, 2)."""
    classes: tuple[str, ...] = ()
    """The names of the classes, in the order of the outputs; empty for regression."""
    test: Dataset | None = None
    """The test samples, in the same units, or None. A run on a source that has them holds out no others."""
    columns: tuple[RawColumn, ...] = ()
    """How the columns of the user's rows become coordinates; empty if they are the coordinates."""
    feature_map: FeatureMap | None = None
    """How the coordinates become the inputs, which are scaled then; None if they are the inputs."""
    asked_features: tuple[str, ...] = ()
    """The features that the samples were read for, a value for `TrainingConfig.features`; empty for all."""
    mislabeled: IntArray | None = None
    """The indices of the samples whose class was replaced by another one; None if no label was drawn."""
    notes: tuple[str, ...] = ()
    """What was converted, filled, left out or guessed when the samples were read; one line each."""

    def __post_init__(self) -> None:
        parts = [self] if self.test is None else [self, self.test]
        checks.check_size(sum(part.inputs.size + part.targets.size for part in parts), "inputs and targets")
        for name in ("inputs", "targets", "coordinates", "border"):
            array = getattr(self, name)
            if array is not None:
                object.__setattr__(self, name, checks.read_only(array))
        checks.check_table(self.coordinates, "coordinates")
        for name in ("inputs", "targets"):  # in the network's units, in which they may be small
            checks.check_table(getattr(self, name), name, checks.MAX_FLOAT)
        checks.check_same_length(self.inputs, self.targets, "targets")
        wanted = (len(self.inputs), self.inputs.shape[1] if self.feature_map is None else len(self.features))
        if self.coordinates.shape != wanted:
            raise DataError(f"coordinates: must have the shape of the inputs, {wanted}")
        if self.task == "classification":
            checks.check_one_hot(self.targets, "targets")
        if self.columns:
            width = sum(column.width for column in self.columns)
            if width != self.coordinates.shape[1]:
                raise DataError(f"columns: must make {self.coordinates.shape[1]} inputs, got {width}")
        classes = self.targets.shape[1] if self.task == "classification" else 0
        checks.check_count(self.classes, classes, "classes")
        if self.test is not None:
            self._check_test(self.test)

    def __deepcopy__(self, memo: Mapping[int, object]) -> Self:
        """Return the data set itself, which never changes."""
        return self

    def _check_test(self, test: Dataset) -> None:
        for name in ("inputs", "targets"):
            columns, wanted = getattr(test, name).shape[1], getattr(self, name).shape[1]
            if columns != wanted:
                raise DataError(f"test {name}: must have {wanted} columns, got {columns}")
        if test.task != self.task:
            raise DataError(f"test: must be for {self.task}, got {test.task}")

    @classmethod
    def of(cls, coordinates: Array, targets: Array, scaling: Scaling | None = None, **others: Any) -> Self:
        """Return a data set whose targets are in their original units.

        Args:
            coordinates: the inputs in their original units; shape (n, d).
            targets: shape (n, k).
            scaling: the scaling of the inputs; by default they are not scaled.
            others: the other attributes; by default, the domain is the range of each coordinate or, for
                pictures, of all of them.
        """
        domain = {"domain": _ranges(coordinates, others["features"])}
        return cls(
            inputs=coordinates if scaling is None else scaling.apply(coordinates),
            targets=targets,
            coordinates=coordinates,
            scaling=scaling or Scaling.identity(coordinates.shape[1]),
            target_scaling=Scaling.identity(targets.shape[1]),
            **domain | others,
        )

    @classmethod
    def from_arrays(
        cls,
        inputs: Any,
        targets: Any,
        test: tuple[Any, Any] | None = None,
        *,
        task: Task | None = None,
        name: str = "arrays",
        features: Sequence[str] | None = None,
        target: str = "y",
        classes: Sequence[str] | None = None,
    ) -> Dataset:
        """Return the data set of the user's own samples, which are copied. Nothing is scaled or held out yet.

        Args:
            inputs: numbers, shape (n, d), or (n,) for a single input.
            targets: for regression numbers, shape (n,) or (n, k). For classification either the class labels
                (texts, booleans or whole numbers), shape (n,), or one-hot rows, shape (n, classes).
            test: the inputs and targets of test samples, in the same form.
            task: by default classification for texts and booleans, and regression for numbers. Give the task
                for classes that are whole numbers, and for one-hot rows.
            name: the name of the data set.
            features: the names of the inputs.
            target: the name of the target.
            classes: the names of the columns of one-hot targets; by default 0, 1, and so on. Labels name
                their classes themselves, in sorted order.

        Raises:
            DataError: the samples can't be used.
        """
        if task is None:
            task = "classification" if checks.are_labels(targets, "targets") else "regression"
        elif task not in TASKS:
            raise DataError(f"task: {must_be(either(TASKS), task)}")
        x = checks.table(inputs, "inputs")
        columns = x.shape[1]
        array = checks.array_of(targets, "targets")
        has_labels = task == "classification" and (array.ndim == 1 or array.dtype.kind in "US")
        if has_labels:
            if classes is not None:
                raise DataError("classes: only for one-hot targets, since labels name their classes")
            y, class_names = _encoded_labels(targets, "targets")
        else:
            y = _encoded_numbers(targets, "targets", task)
            numbered = range(y.shape[1] if task == "classification" else 0)
            class_names = checks.names_of(numbered if classes is None else classes, "classes")
        if len(x) < 2:
            raise DataError("inputs: must have 2 or more samples, got 1")
        if features is None:
            features = ["x"] if columns == 1 else [f"x{number}" for number in range(1, columns + 1)]
        feature_names = checks.names_of(features, "features")
        checks.check_count(feature_names, columns, "features")

        def dataset(inputs: Array, targets: Array, test: Dataset | None) -> Dataset:
            return cls.of(
                inputs,
                targets,
                name=printable(str(name), 60),
                task=task,
                domain=_ranges(x, feature_names),
                features=tuple(printable(feature, 100) for feature in feature_names),
                target=printable(str(target), 100),
                classes=tuple(printable(name, 100) for name in class_names),
                test=test,
            )

        if test is None:
            return dataset(x, y, None)
        if not isinstance(test, (tuple, list)) or len(test) != 2:
            raise DataError("test: must be a pair of inputs and targets")
        test_x = checks.table(test[0], "test inputs")
        if has_labels:
            test_y, _ = _encoded_labels(test[1], "test targets", class_names)
        else:
            test_y = _encoded_numbers(test[1], "test targets", task)
            if test_y.shape[1] != y.shape[1]:
                raise DataError(f"test targets: must have {y.shape[1]} columns, got {test_y.shape[1]}")
        checks.check_same_length(test_x, test_y, "test targets")
        return dataset(x, y, dataset(test_x, test_y, None))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments of the constructor, which makes the arrays read-only again."""
        return partial(type(self), **{field.name: getattr(self, field.name) for field in fields(self)}), ()

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def whole_numbers(self) -> int:
        """How many whole numbers the targets of a regression are, if they may be meant as classes, or 0.

        They may be if they are at most `MAX_MEANT_CLASSES`, with some samples for each, and not scaled yet.
        """
        values = np.unique(self.targets) if self.task == "regression" and self.targets.shape[1] == 1 else ()
        is_few = 2 <= len(values) <= min(MAX_MEANT_CLASSES, len(self) / SAMPLES_OF_A_CLASS)
        return len(values) if is_few and np.all(np.mod(values, 1) == 0) else 0

    @property
    def picture(self) -> Picture | None:
        """Which coordinate is which pixel if the samples are pictures, as the names of their columns say."""
        return picture_of(self.features)

    @property
    def pixel_range(self) -> tuple[float, float]:
        """The values of paper and ink: the lowest and the highest that a pixel may have."""
        lows, highs = zip(*self.domain, strict=True)
        return min(lows), max(highs)

    def pixel_problem(self, coordinates: Array) -> str:
        """Why these can't be pictures, shape (n, d): a value is far outside those of the samples; or empty.

        Pixels from 0 to 255 would be nonsense for a network that has learned from pixels from 0 to 1. Those
        of a new scan may be a little darker: half of the range is let pass.
        """
        low, high = self.pixel_range
        far = coordinates[np.abs(coordinates - (low + high) / 2) > high - low]
        if self.picture is None or not far.size:
            return ""
        said = Sentence("a pixel must be from {low} to {high}, as in the samples, got {value}")
        return said(low=f"{low:g}", high=f"{high:g}", value=f"{far[0]:g}")

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the network's inputs: those of the coordinates, or names and formulas."""
        return self.features if self.feature_map is None else self.feature_map.names

    @property
    def raw_columns(self) -> tuple[RawColumn, ...]:
        """How the columns of a row become coordinates: each one of numbers if nothing is converted."""
        return self.columns or tuple(RawColumn(name) for name in self.features)

    @property
    def column_places(self) -> tuple[slice, ...]:
        """Which coordinates each of `raw_columns` becomes."""
        ends = accumulate(column.width for column in self.raw_columns)
        return tuple(
            slice(end - column.width, end) for column, end in zip(self.raw_columns, ends, strict=True)
        )

    def inputs_at(self, coordinates: Array) -> Array:
        """Return the network's inputs at coordinates, shape (n, d); shape (n, inputs).

        Where a feature has no finite value, all of them are NaN.
        """
        return self.scaling.apply(
            coordinates if self.feature_map is None else self.feature_map.apply(coordinates)
        )


def _encoded_labels(
    labels: Any, what: str, classes: tuple[str, ...] | None = None
) -> tuple[Array, tuple[str, ...]]:
    """Return class labels as one-hot rows, shape (n, classes), and the classes: all labels unless given."""
    names = checks.class_labels(labels, what)
    classes = classes or checks.sorted_classes(names, what)
    checks.check_size(len(names) * len(classes), what)
    return one_hot(checks.class_numbers(names, classes, what), len(classes)), classes


def _encoded_numbers(targets: Any, what: str, task: Task) -> Array:
    """Return targets that are no labels as numbers; shape (n, k)."""
    numbers = checks.table(targets, what)
    if task == "classification":
        checks.check_one_hot(numbers, what)
    return numbers


def one_hot(labels: IntArray, classes: int) -> Array:
    """Encode class numbers from 0 to classes - 1, shape (n,), as rows with a single 1, shape (n, classes)."""
    rows: Array = (labels[:, np.newaxis] == np.arange(classes)).astype(np.float64)
    return rows


def rounded_range(values: Array, minimal: tuple[float, float]) -> tuple[float, float]:
    """Return a range that contains the values, shape (n,), and the range `minimal`.

    An end that goes beyond `minimal` is a multiple of 0.1.
    """
    low, high = np.round([values.min() * 10, values.max() * 10], 6)  # without rounding errors
    return min(float(np.floor(low)) / 10, minimal[0]), max(float(np.ceil(high)) / 10, minimal[1])


def _ranges(coordinates: Array, features: Sequence[str]) -> tuple[tuple[float, float], ...]:
    """The range of each coordinate, shape (n, d); that of all of them if they are pixels."""
    if picture_of(tuple(features)) is not None:
        return (value_range(coordinates),) * len(features)
    return tuple(value_range(values) for values in coordinates.T)


def value_range(values: Array) -> tuple[float, float]:
    """Return the range of the values, or a range around their value if they are all equal."""
    low, high = float(values.min()), float(values.max())
    margin = max(abs(low) / 2, 0.5) if low == high else 0.0
    return low - margin, high + margin

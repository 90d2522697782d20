"""`Sweep`: every combination of some settings' values, each from several random starts.

The values of a setting are typed in a short form: learning_rate=0.01..1:log:10.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from bpengine.arithmetic.functions import power
from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bpengine.errors import ConfigError
from bpengine.fields import Field, NumberField, WidthsField
from bpengine.hyperparameters import FIELD, FIELDS
from bpengine.many.group import Outcome
from bpengine.many.jobs import RemoteExecutor, outcomes_as_they_come
from bpengine.network.losses import LOSSES, mean_error
from bpengine.network.network import Network
from bpengine.numbers import check_whole
from bpengine.training.predictions import network_outputs
from bpengine.training.training_data import make_dataset
from bpwords import Sentence, must_be, shown, there_is_no, translatable, word

MAX_VALUES = 1000
"""The most values of an axis."""
TOO_MANY = Sentence("must have at most {most} values, got {count}")
DIGITS = 6
"""The significant digits of values between the ends of a range."""
_RANGE = re.compile(r"(?P<low>[^:]+?)\.\.(?P<high>[^:]+)(?::(?P<log>log))?(?::(?P<count>\d{1,6}))?")
FORMS = translatable("a range such as 0.01..1:log:10, 0..1:11 or 1..8, or values such as 1,2,3 or 8,8;4,4")
"""The allowed forms of an axis's values, in words."""


@dataclass(frozen=True, slots=True)
class SweepAxis:
    """A setting and its distinct values, in order."""

    field: Field
    values: tuple[Any, ...]


def parse_axis(text: str) -> SweepAxis:
    """The axis that a text such as `learning_rate=0.01..1:log:10` describes.

    The setting may be written as its name, its flag or its label. A range is `LOW..HIGH:COUNT`, with `:log`
    before the count for steps by a factor; a range of whole numbers without a count has all of them. Values
    between the ends are rounded to `DIGITS` digits, so that they can be typed. A list has commas or, where a
    value itself may have commas, semicolons.

    Raises:
        ConfigError: the setting is unknown, or a value is not allowed.
    """
    name, equals, values = text.partition("=")
    field = axis_field(name)
    if field is None:
        begins = Sentence("must begin with the name of a setting, got {name}")
        raise ConfigError("vary", begins(name=shown(name)))
    if not equals or not values.strip():
        allowed = Sentence("{name}= with {forms}")(name=field.name, forms=word(FORMS))
        raise ConfigError("vary", must_be(allowed, text))
    parsed = dict.fromkeys(_values(field, values.strip()))
    if len(parsed) > MAX_VALUES:
        raise ConfigError(field.label, TOO_MANY(most=MAX_VALUES, count=len(parsed)))
    return SweepAxis(field, tuple(parsed))


def axis_field(name: str) -> Field | None:
    """The setting with this name, flag, label or symbol; None if there is none."""
    wanted = name.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_")
    for field in FIELDS:
        names = {field.name, field.flag.lstrip("-"), field.label, field.symbol}
        if wanted in {name.lower().replace("-", "_").replace(" ", "_") for name in names}:
            return field
    return None


def _values(field: Field, text: str) -> list[Any]:
    match = _RANGE.fullmatch(text) if isinstance(field, (NumberField, WidthsField)) else None
    if match is not None:
        low, high = (_number(field, match[end]) for end in ("low", "high"))
        return [field.validate(value) for value in _range(field, low, high, match)]
    separator = ";" if ";" in text or isinstance(field, (FeaturesField, FormulaField)) else ","
    return [field.parse(part) for part in text.removesuffix(";").split(separator)]


def _number(field: Field, text: str) -> float:
    value = field.parse(text)
    if isinstance(value, tuple):
        if len(value) != 1:
            raise ConfigError(field.label, must_be(word("a range of one layer's units, such as 1..8"), text))
        value = value[0]
    return float(value)


def _range(field: Field, low: float, high: float, match: re.Match[str]) -> list[float]:
    whole = isinstance(field, WidthsField) or (isinstance(field, NumberField) and field.type is int)
    count = int(match["count"] or (abs(high - low) + 1 if whole and not match["log"] else 0))
    if not 2 <= count <= MAX_VALUES:
        allowed = Sentence("a range with a count from 2 to {most}")(most=MAX_VALUES)
        raise ConfigError(field.label, must_be(allowed, match[0]))
    if match["log"] and min(low, high) <= 0:
        raise ConfigError(field.label, must_be(word("a range above 0 for steps by a factor (log)"), match[0]))
    values = []
    for step in range(1, count - 1):
        share = step / (count - 1)
        value = low * float(power(high / low, share)) if match["log"] else low + (high - low) * share
        values.append(float(f"{value:.{DIGITS}g}"))
    values = [low, *values, high]
    with contextlib.suppress(OverflowError):
        return [round(value) for value in values] if whole else values
    return values


MAX_RUNS = 100_000
"""The most runs of a sweep."""
_SEEDS = 2**32
_STATES = {"epochs": "finished"}


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a run of a sweep."""

    run: int
    """The number of the run, from 0: the cell's number times the starts, plus the start's number."""
    values: Mapping[str, Any]
    """The varied settings by name."""
    seed: int
    error: float | None
    """The error of the last completed epoch, as `bptui train` reports it; None if no epoch was completed."""
    test_error: float | None
    """The test error of that epoch; None without test samples, or if it is not finite."""
    state: str
    """How the run ended: "finished" (all epochs), "target error", "patience" or "diverged"."""
    epoch: int | None
    """The number of the last completed epoch, counted from 0; None if there is none."""
    means: tuple[float | None, float | None] = (None, None)
    """With `Sweep.means`, for the last run of a cell to end: the error of the mean of the answers of its
    starts that have not diverged, and that on test samples."""

    @property
    def diverged(self) -> bool:
        """Whether the run diverged."""
        return self.state == "diverged"


class Sweep:
    """Every combination of the values of some settings, each trained from several starts.

    Iterating over a sweep trains it, and yields a `Result` for each run as soon as the run has ended, in no
    fixed order. The runs are numbered by their cell, in which the last setting varies fastest, and by their
    start, which adds 0, 1, 2, ... to the seed of `base`. Each run has the same numbers as when it is trained
    alone.

    Args:
        base: the settings that are not varied.
        vary: the values of each varied setting, by its name. If the seed is among them, there is one start.
        starts: the number of starts of each cell.
        source: the user's own data; None for the data sets that the settings name.
        kernel: auto, numpy or numba. Without numba, auto trains run by run with NumPy.
        executor: trains the runs; see `outcomes_as_they_come`.
        means: whether to measure the means of the cells' starts; see `Result.means`.

    Attributes:
        cells: the values of the varied settings of each cell.
        runs: the settings of each run, by number.
        executor: the argument; it may be changed before the runs are trained.

    Raises:
        ConfigError: a setting is unknown, a value is not allowed, or there are too many runs.
    """

    def __init__(
        self,
        base: TrainingConfig,
        vary: Mapping[str, Sequence[Any]],
        starts: int = 16,
        *,
        source: Dataset | None = None,
        kernel: str = "auto",
        executor: RemoteExecutor | None = None,
        means: bool = False,
    ) -> None:
        for name, values in vary.items():
            if name not in FIELD:
                raise ConfigError("vary", there_is_no(word("setting"), name, [*FIELD]))
            if not _is_list(values):
                raise ConfigError("vary", f"{name}: {must_be('a list of values', values)}")
            if not len(values):
                raise ConfigError("vary", f"{name}: must have at least one value")
        starts = check_whole("starts", starts, 1)
        if "seed" in vary and starts > 1:
            raise ConfigError(
                "starts", must_be("1 if the seed is varied, since each start has its seed", starts)
            )
        count = math.prod(map(len, vary.values())) * starts
        if count > MAX_RUNS:
            raise ConfigError("sweep", f"must have at most {MAX_RUNS} runs, got {count}")
        self.base, self.starts, self.source, self.kernel = base, starts, source, kernel
        self.vary = {name: tuple(map(FIELD[name].validate, values)) for name, values in vary.items()}
        self.cells = tuple(
            dict(zip(self.vary, values, strict=True)) for values in product(*self.vary.values())
        )
        configs = [base.replace(**cell) for cell in self.cells]
        self.runs = tuple(
            config.replace(seed=(config.seed + start) % _SEEDS) if start else config
            for config in configs
            for start in range(starts)
        )
        self.executor, self.means = executor, means

    def __len__(self) -> int:
        """The number of runs."""
        return len(self.runs)

    @property
    def all_tested(self) -> bool:
        """Whether every run has test samples."""
        has_own = self.source is not None and self.source.test is not None
        return has_own or all(config.test_share > 0 for config in self.runs)

    def __iter__(self) -> Iterator[Result]:
        """Train all runs, and yield the result of each as soon as it has ended."""
        return self.train()

    def train(
        self, *, without: Collection[int] = (), stopped: Callable[[], bool] = lambda: False
    ) -> Generator[Result]:
        """Train the runs, and yield the result of each as soon as it has ended.

        Args:
            without: the numbers of the runs to leave out, since their results are known.
            stopped: returns whether to give up the runs that have not ended. Any thread may call it.

        Raises:
            ConfigError: the kernel can't be used.
            DataError: the data can't be used.
        """
        ended: dict[int, list[Outcome]] = {}
        numbers = [number for number in range(len(self.runs)) if number not in without]
        for position, outcome in outcomes_as_they_come(
            [self.runs[number] for number in numbers],
            self.source,
            kernel=self.kernel,
            executor=self.executor,
            keeps_weights=self.means,
            stopped=stopped,
        ):
            result, members = self.result(numbers[position], outcome), list[Outcome]()
            if self.means:
                members = ended.setdefault(result.run // self.starts, [])
                members.append(outcome)
            if len(members) == self.starts:
                result = replace(result, means=self._means(ended.pop(result.run // self.starts)))
            yield result

    def _means(self, members: Sequence[Outcome]) -> tuple[float | None, float | None]:
        """See `Result.means`."""
        dataset, networks = make_dataset(members[0].config, self.source), list[Network]()
        sizes = dataset.inputs.shape[1], *members[0].config.hidden_units, dataset.targets.shape[1]
        loss = LOSSES[dataset.task]
        for outcome in members:
            if outcome.stop_reason != "diverged":
                activations, weights = outcome.config.activations, outcome.weights
                networks.append(Network(sizes, activations, loss, parameters=weights))

        def error(samples: Dataset | None) -> float | None:
            if samples is None or not networks:
                return None
            answers = np.mean([network_outputs(network, samples.inputs) for network in networks], axis=0)
            return mean_error(loss, answers, samples.targets)

        return error(dataset), error(dataset.test)

    def result(self, number: int, outcome: Outcome) -> Result:
        """The result of the run with this number, from its outcome."""
        test = outcome.test_error
        return Result(
            run=number,
            values=self.cells[number // self.starts],
            seed=outcome.config.seed,
            error=outcome.error,
            test_error=None if test is None or not math.isfinite(test) else test,
            state=_STATES.get(outcome.stop_reason, outcome.stop_reason),
            epoch=outcome.epochs_done - 1 if outcome.epochs_done else None,
        )


def _is_list(values: object) -> bool:
    """Whether these are values with a length; the letters of a text are not meant as values."""
    is_number = isinstance(values, np.ndarray) and not values.ndim
    return isinstance(values, Collection) and not is_number and not isinstance(values, (str, bytes))

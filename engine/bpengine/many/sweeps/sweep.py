"""`Sweep`: every combination of some settings' values, each from several random starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.errors import ConfigError
from bpengine.hyperparameters import FIELD
from bpengine.many.group import Outcome
from bpengine.many.jobs import RemoteExecutor, outcomes_as_they_come
from bpengine.network.losses import LOSSES, mean_error
from bpengine.network.network import Network
from bpengine.numbers import check_whole
from bpengine.training.predictions import network_outputs
from bpengine.training.training_data import make_dataset
from bpwords import must_be, there_is_no, word

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

"""Jobs: pieces of work that are done in slices, and the memory of their results."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from bpengine import ConfigError, DataError
from bpengine.many import jobs as engine
from bpengine.training.sharpness import Pieces
from bptui.experiments.cluster.errors import ClusterError
from bptui.formatting import sentence_case
from bpwords import Sentence, word

MAX_BYTES = 32 * 2**20
"""The most memory for results that are remembered."""
OUTCOME_BYTES = 1000
"""About how much memory the outcome of a run takes, with its settings."""
NO_MEMORY = "not enough memory"


class SlicedJob(ABC):
    """A piece of work in slices, between which it can be given up. One thread at a time holds it."""

    keys: Sequence[Hashable] = ()
    """What each part of the result is computed from; empty if the result is not remembered."""
    size = 0
    """About how many bytes a part of the result takes."""

    @abstractmethod
    def advance(self) -> bool:
        """Work for some milliseconds; return whether there is more to do."""

    @abstractmethod
    def result(self) -> Any:
        """The result, once `advance` has returned False; a list if the job has keys."""


class ResultCache:
    """Values by what they were computed from.

    Those that were used longest ago are forgotten as soon as all of them take more than `most` bytes.
    """

    def __init__(self, most: int = MAX_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any | None:
        """The value of this key; None if there is none."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Remember a value, which takes about `size` bytes; not one that alone takes more than `most`."""
        if size > self._most:
            return
        with self._lock:
            self._bytes += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = value, size
            while self._bytes > self._most:
                _, (_, freed) = self._values.popitem(last=False)
                self._bytes -= freed

    def recalled(self, job: SlicedJob) -> list[Any] | None:
        """The result of a job if all its parts are remembered."""
        known = [self.get(key) for key in job.keys]
        return known if known and None not in known else None

    def keep(self, job: SlicedJob, result: Any) -> None:
        """Remember the result of a job if it has keys."""
        for number, key in enumerate(job.keys):
            self.put(key, result[number], job.size)


class CallJob(SlicedJob):
    """A function that is called once, such as one that prepares other jobs."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function

    def advance(self) -> bool:
        """See `SlicedJob.advance`."""
        self._value = self._function()
        return False

    def result(self) -> Any:
        """What the function returned."""
        return self._value


class PiecesJob(SlicedJob):
    """A computation in pieces, and its value."""

    def __init__(self, pieces: Pieces[Any]) -> None:
        self._pieces = pieces

    def advance(self) -> bool:
        """See `SlicedJob.advance`."""
        try:
            next(self._pieces)
        except StopIteration as end:
            self._value = end.value
            return False
        return True

    def result(self) -> Any:
        """The value."""
        return self._value


class RunsJob(SlicedJob):
    """Runs of the same shape that are trained to the same epoch; the result is the outcome of each.

    Args:
        job: the runs.
    """

    def __init__(self, job: engine.Job) -> None:
        self.job, self.size = job, OUTCOME_BYTES
        self.keys = [(config, job.until, job.source) for config in job.configs]
        self._training = engine.Training(job)

    def advance(self) -> bool:
        """See `SlicedJob.advance`."""
        return self._training.advance()

    def result(self) -> engine.Outcomes:
        """The outcome of each run."""
        return self._training.outcomes

    @staticmethod
    def submitted(
        jobs: Sequence[RunsJob], executor: engine.RemoteExecutor
    ) -> Iterator[tuple[Future[list[engine.Outcomes]], list[RunsJob]]]:
        """Let another machine train jobs; yield each call, which returns their results, with its jobs."""
        own = {job.job: job for job in jobs}
        for bundle in engine.bundled([*own]):
            call = executor.submit(engine.train_all, bundle, stopped=executor.given_up)
            yield call, [own[job] for job in bundle]


def problem_of(error: Exception) -> str:
    """What is wrong, if the error of a job is no fault of the program; any other error is raised."""
    if isinstance(error, MemoryError):
        return word(NO_MEMORY)
    if isinstance(error, (ClusterError, ConfigError, DataError)):
        return str(error)
    raise error


def sentence_of(error: Exception) -> str:
    """The same as a sentence."""
    return Sentence("{text}.")(text=sentence_case(problem_of(error)))

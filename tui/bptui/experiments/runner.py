"""The runner computes what the screen and the dialogue make of many runs: in threads, on a cluster, or in
slices of time. It advances the jobs of plans, and remembers their results.
"""

from __future__ import annotations

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bpengine import ConfigError, DataError, TrainingConfig
from bpengine.many import jobs as engine
from bpengine.many.jobs import RemoteExecutor
from bpengine.training.sharpness import Pieces
from bptui.experiments.cluster.address import ClusterError
from bpwords import as_sentence, word

if TYPE_CHECKING:
    from bptui.experiments.cluster.address import ClusterAddress


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
    return as_sentence(problem_of(error))


SLICE_SECONDS = 0.01
"""How long a thread advances a job before it turns to another one, and how long `Runner.pump` works."""


class Plan(ABC):
    """Says which jobs it wants, and what their results come to. One thread at a time uses it, but
    its jobs may run in others.
    """

    most_jobs: int | None = None
    """The most jobs that are done at a time; None for one in each thread."""
    executor: RemoteExecutor | None = None
    """Trains the jobs, all of which are then `RunsJob`s; None for the runner itself."""
    afresh = False
    """Whether to compute even what is remembered."""
    problem = ""
    """Why a job has failed, or the plan is not possible, without a period; empty if neither."""

    @abstractmethod
    def jobs(self) -> Sequence[SlicedJob]:
        """The jobs to do next; called when none is left. Empty if there is nothing to do now."""

    @abstractmethod
    def take(self, job: SlicedJob, result: Any) -> None:
        """Take the result of a job."""

    def fail(self, error: Exception) -> None:
        """Note why a job has failed, which ends the plan; raise the error if it is a fault of the program."""
        self.problem = problem_of(error)

    def end(self) -> None:  # noqa: B027  most plans have nothing to close
        """Close what was opened for the jobs, such as `executor`: the plan has failed, or is given up."""


class EndingPlan(Plan):
    """A plan that comes to an end."""

    @property
    @abstractmethod
    def has_ended(self) -> bool:
        """Whether nothing more will be found."""


class Runner:
    """Advances the jobs of plans in turn, and remembers their results.

    Args:
        threads: how many threads advance jobs; 0 for none: then only `pump` does.

    Attributes:
        threads: the argument.
        may_work: asked before each slice of `pump`.
        memory: the results.
    """

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads
        self.may_work: Callable[[], bool] = lambda: True
        self.memory = ResultCache()
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="starts") if threads else None
        # with threads, one for each call of `_step` to come
        self._ready: deque[tuple[PlanTask, SlicedJob]] = deque()

    def begin(self, plan: Plan, wake: Callable[[], object] = lambda: None) -> PlanTask:
        """Begin to carry out a plan.

        Args:
            plan: the plan.
            wake: called, from any thread, when there is something for `PlanTask.collect`.
        """
        task = PlanTask(self, plan, wake)
        task.collect()
        return task

    def pump(self, seconds: float = SLICE_SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        """Work for a slice of time, if there are no threads for that.

        Args:
            seconds: how long.
            clock: returns seconds since any fixed point in time.
        """
        if self.threads or not self._ready or not self.may_work():
            return
        deadline = clock() + seconds
        while self._ready and clock() < deadline:
            self._step()

    def put(self, task: PlanTask, job: SlicedJob) -> None:
        """Advance a job when its turn comes. Only tasks call this."""
        self._ready.append((task, job))
        if self._executor is not None:
            with contextlib.suppress(RuntimeError):  # the interpreter exits
                self._executor.submit(self._step)

    def _step(self) -> None:
        """Advance the job whose turn it is."""
        task, job = self._ready.popleft()
        until = time.perf_counter() + (SLICE_SECONDS if self.threads else 0.0)
        try:
            with np.errstate(all="ignore"):
                while not task.has_ended and job.advance():
                    if time.perf_counter() >= until:
                        self.put(task, job)
                        return
                result = None if task.has_ended else job.result()
        except Exception as error:  # any kind: the plan decides what it means
            result = error
        task.finish(job, result)


class PlanTask:
    """A plan that a runner carries out. The thread that uses the plan uses the task, too.

    Attributes:
        has_ended: whether the plan has failed, or was given up.
    """

    def __init__(self, runner: Runner, plan: Plan, wake: Callable[[], object]) -> None:
        self._runner, self._plan, self._wake = runner, plan, wake
        self._waiting: deque[SlicedJob] = deque()  # jobs that are not begun
        self._finished: deque[tuple[SlicedJob, Any]] = deque()  # jobs with their results or errors
        self._has_woken = False
        self._left = 0  # how many results the plan has not taken
        self.has_ended = False

    @property
    def has_news(self) -> bool:
        """Whether there is something to collect."""
        return bool(self._finished)

    def collect(self) -> None:
        """Hand over the results that have come, and ask for more jobs if none is left."""
        self._has_woken = False
        try:
            while self._finished or not (self._left or self.has_ended):
                if self._finished:
                    self._take(*self._finished.popleft())
                elif not self._begin(self._plan.jobs()):
                    return
        except Exception as error:  # any kind, as for jobs
            self.end()
            self._plan.fail(error)

    def end(self) -> None:
        """Give up what is left, within some milliseconds. Results that come later are dropped."""
        self.has_ended = True
        self._waiting.clear()
        self._plan.end()

    def _take(self, job: SlicedJob, result: Any) -> None:
        if self.has_ended:
            return
        self._left -= 1
        if isinstance(result, Exception):
            raise result
        self._plan.take(job, result)

    def _begin(self, jobs: Sequence[SlicedJob]) -> bool:
        """Begin these jobs, and return whether there are any."""
        self._left = len(jobs)
        new = []
        for job in jobs:
            known = None if self._plan.afresh else self._runner.memory.recalled(job)
            if known is None:
                new.append(job)
            else:
                self._finished.append((job, known))
        if self._plan.executor is not None:
            runs = [job for job in new if isinstance(job, RunsJob)]
            for call, mine in RunsJob.submitted(runs, self._plan.executor):
                call.add_done_callback(partial(self._end_call, mine))
            return bool(jobs)
        self._waiting.extend(new)
        for _ in range(self._plan.most_jobs or max(self._runner.threads, 1)):
            self._begin_next()
        return bool(jobs)

    def _begin_next(self) -> None:
        with contextlib.suppress(IndexError):  # there is none
            self._runner.put(self, self._waiting.popleft())

    def _end_call(self, jobs: Sequence[RunsJob], call: Future[list[Any]]) -> None:
        if not call.cancelled():
            error = call.exception()
            for job, result in zip(jobs, [error] * len(jobs) if error else call.result(), strict=True):
                self.finish(job, result)

    def finish(self, job: SlicedJob, result: Any) -> None:
        """Note the result of a job, or its error. Any thread may call this."""
        self._begin_next()
        if not (self.has_ended or isinstance(result, Exception)):
            self._runner.memory.keep(job, result)
        self._finished.append((job, result))
        if not (self._has_woken or self.has_ended):
            self._has_woken = True
            self._wake()


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """What the app allows an experiment or a map."""

    runner: Runner = field(default_factory=Runner)
    """Trains the runs."""
    allows: Callable[[TrainingConfig], bool] = lambda _config: True
    """Whether given settings may be tried."""
    cluster: ClusterAddress | None = None
    """The cluster that trains maps; None for this machine."""

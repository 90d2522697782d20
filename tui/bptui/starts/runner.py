"""The runner computes whatever is made of many runs: in threads, on a cluster, or in slices of time."""

from __future__ import annotations

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bpengine import TrainingConfig
from bpengine.many.jobs import RemoteExecutor
from bptui.cluster.address import ClusterAddress
from bptui.starts.jobs import Job, Memory, RunsJob

SLICE_SECONDS = 0.01
"""How long a thread advances a job before it turns to another one, and how long `Runner.pump` works."""
HELD_SECONDS = 0.001
"""The time between two checks whether another thread still holds a job."""


class Plan(ABC):
    """Says which jobs it wants, and what their results come to. One thread at a time uses it."""

    most_jobs: int | None = None
    """The most jobs that are done at a time; None for one in each thread."""
    executor: RemoteExecutor | None = None
    """Trains the jobs, all of which are then `RunsJob`s; None for the runner itself."""

    @abstractmethod
    def jobs(self) -> Sequence[Job]:
        """The jobs to do next; called when none is left. Empty if there is nothing to do now."""

    @abstractmethod
    def take(self, job: Job, result: Any) -> None:
        """Take the result of a job."""

    @abstractmethod
    def fail(self, error: Exception) -> None:
        """Say why a job has failed, which ends the plan; raise the error if it is a fault of the program."""


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
        self.memory = Memory()
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="starts") if threads else None
        self._ready: deque[tuple[Task, Job]] = deque()  # one for each step that is to be taken
        self._held: set[Job] = set()
        self._steps = 0  # that are to be taken, or in progress
        self._lock = threading.Lock()  # held while the last two change

    def begin(self, plan: Plan, wake: Callable[[], object] = lambda: None, *, afresh: bool = False) -> Task:
        """Begin to carry out a plan.

        Args:
            plan: the plan.
            wake: called, from any thread, when there is something for `Task.collect`.
            afresh: whether to compute even what is remembered.
        """
        task = Task(self, plan, wake, afresh=afresh)
        task.collect()
        return task

    @property
    def is_at_work(self) -> bool:
        """Whether jobs are being advanced, or wait for their turn."""
        return self._steps > 0

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

    def put(self, task: Task, job: Job) -> None:
        """Advance a job when its turn comes. Only tasks call this."""
        with self._lock:
            self._steps += 1
        self._ready.append((task, job))
        if self._executor is not None:
            with contextlib.suppress(RuntimeError):  # the interpreter exits
                self._executor.submit(self._step)

    def drop_ended(self) -> None:
        """Drop the jobs of tasks that have ended. Only tasks call this. Threads do so by themselves."""
        if not self.threads:
            self._ready = deque(each for each in self._ready if not each[0].has_ended)
            self._steps = len(self._ready)

    def _step(self) -> None:
        """Advance the job whose turn it is."""
        task, job = self._ready.popleft()
        if not task.has_ended:
            self._advance(task, job)
        with self._lock:
            self._steps -= 1

    def _advance(self, task: Task, job: Job) -> None:
        with self._lock:
            is_held = job in self._held
            self._held.add(job)
        if is_held:  # by a thread that has not noticed yet that an earlier task with this job has ended
            time.sleep(HELD_SECONDS)
            self.put(task, job)
            return
        until = time.perf_counter() + (SLICE_SECONDS if self.threads else 0.0)
        try:
            with np.errstate(all="ignore"):
                while is_left := job.advance():
                    if task.has_ended or time.perf_counter() >= until:
                        break
                finished = None if is_left else Finished(job, job.result())
        except Exception as error:  # any kind: the plan decides what it means
            finished = Finished(job, error=error)
        finally:
            self._held.discard(job)
        if finished is None:
            self.put(task, job)
        else:
            task.finish(finished)


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that has ended."""

    job: Job
    result: Any = None
    error: Exception | None = None


class Task:
    """A plan that a runner carries out. The thread that uses the plan uses the task, too.

    Attributes:
        has_ended: whether the plan has failed, or was given up.
    """

    def __init__(self, runner: Runner, plan: Plan, wake: Callable[[], object], *, afresh: bool) -> None:
        self._runner, self._plan, self._wake, self._afresh = runner, plan, wake, afresh
        self._waiting: deque[Job] = deque()  # jobs that are not begun
        self._calls: list[Future[list[Any]]] = []
        self._finished: deque[Finished] = deque()
        self._has_woken = False
        self._left = 0  # how many results the plan has not taken
        self.has_ended = False

    @property
    def has_news(self) -> bool:
        """Whether there is something to collect."""
        return bool(self._finished)

    @property
    def is_at_work(self) -> bool:
        """Whether jobs are left."""
        return self._left > 0 and not self.has_ended

    def collect(self) -> None:
        """Hand over the results that have come, and ask for more jobs if none is left."""
        self._has_woken = False
        try:
            while self._finished or not (self._left or self.has_ended):
                if self._finished:
                    self._take(self._finished.popleft())
                elif not self._begin(self._plan.jobs()):
                    return
        except Exception as error:  # any kind, as for jobs
            self.end()
            self._plan.fail(error)

    def end(self) -> None:
        """Give up what is left, within some milliseconds. Results that come later are dropped."""
        self.has_ended = True
        self._waiting.clear()
        self._runner.drop_ended()
        for call in self._calls:
            call.cancel()

    def _take(self, finished: Finished) -> None:
        if self.has_ended:
            return
        self._left -= 1
        if finished.error is not None:
            raise finished.error
        finished.job.remember(self._runner.memory, finished.result)
        self._plan.take(finished.job, finished.result)

    def _begin(self, jobs: Sequence[Job]) -> bool:
        """Begin these jobs, and return whether there are any."""
        self._left = len(jobs)
        new = []
        for job in jobs:
            known = None if self._afresh else job.recalled(self._runner.memory)
            if known is None:
                new.append(job)
            else:
                self._finished.append(Finished(job, known))
        if self._plan.executor is not None:
            self._submit([job for job in new if isinstance(job, RunsJob)], self._plan.executor)
            return bool(jobs)
        self._waiting.extend(new)
        for _ in range(self._plan.most_jobs or max(self._runner.threads, 1)):
            self._begin_next()
        return bool(jobs)

    def _begin_next(self) -> None:
        with contextlib.suppress(IndexError):  # there is none
            self._runner.put(self, self._waiting.popleft())

    def _submit(self, jobs: Sequence[RunsJob], executor: RemoteExecutor) -> None:
        for call, mine in RunsJob.submitted(jobs, executor):
            self._calls.append(call)
            call.add_done_callback(partial(self._end_call, mine))

    def _end_call(self, jobs: Sequence[RunsJob], call: Future[list[Any]]) -> None:
        if call.cancelled():
            return
        error = call.exception()
        if isinstance(error, Exception):
            self.finish(Finished(jobs[0], error=error))
            return
        for job, result in zip(jobs, call.result(), strict=True):
            self.finish(Finished(job, result))

    def finish(self, finished: Finished) -> None:
        """Note that a job has ended. Any thread may call this."""
        self._begin_next()
        self._finished.append(finished)
        if not (self._has_woken or self.has_ended):
            self._has_woken = True
            self._wake()


@dataclass(frozen=True, slots=True)
class Limits:
    """What the app allows an experiment or a map."""

    runner: Runner = field(default_factory=Runner)
    """Trains the runs."""
    allows: Callable[[TrainingConfig], bool] = lambda _config: True
    """Whether given settings may be tried."""
    cluster: ClusterAddress | None = None
    """The cluster that trains maps; None for this machine."""

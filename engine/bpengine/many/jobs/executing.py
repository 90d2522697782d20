"""Training jobs: one after the other, on threads or with any other executor."""

from __future__ import annotations

import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue

from bpengine.config import TrainingConfig
from bpengine.data import Dataset
from bpengine.kernels.choice import load_lanes_for
from bpengine.many.group import Outcome
from bpengine.many.jobs.dividing import bundled, divided
from bpengine.many.jobs.job import Job, Stopped

POLL_SECONDS = 0.05
"""The time between two checks whether to stop."""

Outcomes = list[Outcome | None]
"""The outcomes of the runs of a job; None for runs that were given up."""


class RemoteExecutor(Executor):
    """An executor whose calls run in other processes, and can find out there that they should end."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many calls it executes at a time."""

    given_up: Callable[[], bool]
    """Called by a call in its process: whether its result is no longer wanted. Can be pickled."""


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def outcomes_as_they_come(
    configs: Sequence[TrainingConfig],
    source: Dataset | None = None,
    *,
    kernel: str = "auto",
    executor: Executor | None = None,
    workers: int | None = None,
    stopped: Stopped = lambda: False,
) -> Iterator[tuple[int, Outcome]]:
    """Train all runs to their ends, and yield each one's position and outcome as soon as it is known.

    A run has the same numbers as when it is trained alone with this kernel, on any executor.

    Closing the iterator, or `stopped`, ends the training: nothing is left running on threads or with a
    `RemoteExecutor`; other executors finish the calls that they have begun.

    Args:
        configs: the settings of the runs, of any shapes.
        source: the user's own data; None for the data sets that the configs name.
        kernel: auto, numpy or numba; see `Job.train`.
        executor: trains the jobs; by default a thread for each processor, after the machine code has been
            loaded. It is not shut down.
        workers: how many jobs the executor trains at a time; by default its `slots` or, if it has none, the
            number of processors.
        stopped: whether to give up. It may be called from any thread.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    count = workers or (executor.slots if isinstance(executor, RemoteExecutor) else processors())
    jobs = divided(configs, source, kernel=kernel, workers=count)
    if executor is None:
        load_lanes_for(kernel)
        with ThreadPoolExecutor(count, thread_name_prefix="bpengine") as threads:
            yield from _by_position(trained(jobs, source, kernel=kernel, executor=threads, stopped=stopped))
    else:
        yield from _by_position(trained(jobs, source, kernel=kernel, executor=executor, stopped=stopped))


def _by_position(results: Iterator[tuple[Job, Outcomes]]) -> Iterator[tuple[int, Outcome]]:
    for job, outcomes in results:
        for position, outcome in zip(job.positions, outcomes, strict=True):
            if outcome is not None:
                yield position, outcome


def trained(
    jobs: Sequence[Job],
    source: Dataset | None = None,
    *,
    kernel: str = "auto",
    executor: Executor | None = None,
    stopped: Stopped = lambda: False,
) -> Iterator[tuple[Job, Outcomes]]:
    """Train the jobs, and yield each with its outcomes as soon as it has ended.

    When it is stopped, the jobs in progress on threads are yielded last, with the runs that had ended; jobs
    that another executor had completed are yielded as well. Closing the iterator also ends the training.

    Args:
        jobs: the jobs to train.
        source: the user's own data; None for the data sets that the configs name.
        kernel: auto, numpy or numba.
        executor: trains the jobs; None trains in this thread, in their order. It is not shut down.
        stopped: returns whether to give up. It is called in the threads that train, or in this one if the
            executor has no threads.
    """
    if executor is None:
        yield from _one_by_one(jobs, source, kernel, stopped)
        return
    if stopped():  # an executor takes no more jobs once the interpreter exits
        return
    ended = threading.Event()
    on_threads = isinstance(executor, ThreadPoolExecutor)
    keywords: dict[str, Stopped] = {}
    if on_threads:
        keywords = {"stopped": lambda: ended.is_set() or stopped()}
    elif isinstance(executor, RemoteExecutor):
        keywords = {"stopped": executor.given_up}
    waiting: dict[Future[list[Outcomes]], tuple[Job, ...]] = {}
    done: SimpleQueue[Future[list[Outcomes]]] = SimpleQueue()

    def give_up() -> None:
        ended.set()
        for future in [*waiting]:
            future.cancel()

    try:
        for bundle in [(job,) for job in jobs] if on_threads else bundled(jobs):
            future = executor.submit(train_all, bundle, source, kernel=kernel, **keywords)
            waiting[future] = bundle
            future.add_done_callback(done.put)
        while waiting and (on_threads or not stopped()):
            try:
                future = done.get(timeout=POLL_SECONDS)
            except Empty:
                continue
            bundle = waiting.pop(future)
            if future.cancelled():
                continue
            yield from zip(bundle, future.result(), strict=True)
            if any(None in outcomes for outcomes in future.result()):
                give_up()
        give_up()
        for future, bundle in waiting.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield from zip(bundle, future.result(), strict=True)
    finally:
        give_up()


def _one_by_one(
    jobs: Sequence[Job], source: Dataset | None, kernel: str, stopped: Stopped
) -> Iterator[tuple[Job, Outcomes]]:
    for job in jobs:
        outcomes = job.train(source, kernel=kernel, stopped=stopped)
        yield job, outcomes
        if None in outcomes:
            return


def train_all(
    jobs: Sequence[Job], source: Dataset | None, *, kernel: str, stopped: Stopped = lambda: False
) -> list[Outcomes]:
    """Train jobs one after the other, such as those that share a call in another process."""
    return [job.train(source, kernel=kernel, stopped=stopped) for job in jobs]

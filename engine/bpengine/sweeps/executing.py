"""Training many runs at a time, on threads or with any other executor."""

from __future__ import annotations

import os
import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.group import Outcome
from bpengine.sweeps.chunks import chunks, train_chunk

POLL_SECONDS = 0.05
"""How often it is looked whether to stop."""


class RemoteExecutor(Executor):
    """An executor whose calls are made in other processes, and which can tell them there to end."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many calls it makes at a time."""

    given_up: Callable[[], bool]
    """Called by a call, in its process: whether nobody wants its result any more. Can be pickled."""


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
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[int, Outcome]]:
    """Train all runs to their ends, and yield each one's position and outcome as soon as it is known.

    A run has the same numbers as alone with this kernel, whatever runs beside it and wherever.

    Closing the iterator, or `stopped`, ends the training: nothing is left running on threads, and other
    executors are left with the chunks that they have begun.

    Args:
        configs: the settings of the runs, of any shapes.
        source: the user's own data; None for the data sets that the configs name.
        kernel: auto, numpy or numba.
        executor: what trains the chunks; by default a thread for each processor. It is not shut down.
        workers: how many chunks the executor trains at a time; by default its `slots` or,
            if it has none, the number of processors.
        stopped: whether to give up. It may be called from any thread.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    if not configs:
        return
    count = workers or (executor.slots if isinstance(executor, RemoteExecutor) else processors())
    ended = threading.Event()
    with ExitStack() as stack:
        if executor is None:
            executor = stack.enter_context(ThreadPoolExecutor(count, thread_name_prefix="bpengine"))
        # Only a thread can be told to stop.
        telling: dict[str, Callable[[], bool]] = {}
        if isinstance(executor, ThreadPoolExecutor):
            telling = {"stopped": lambda: ended.is_set() or stopped()}
        elif isinstance(executor, RemoteExecutor):
            telling = {"stopped": executor.given_up}
        waiting: dict[Future[list[Outcome]], tuple[int, ...]] = {}
        try:
            for chunk in chunks(configs, source, workers=count):
                mine = [configs[position] for position in chunk]
                waiting[executor.submit(train_chunk, mine, source, kernel=kernel, **telling)] = chunk
            while waiting and not stopped():
                for future in wait(waiting, POLL_SECONDS, FIRST_COMPLETED).done:
                    yield from zip(waiting.pop(future), future.result(), strict=False)
        finally:
            ended.set()
            for future in waiting:
                future.cancel()

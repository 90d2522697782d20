"""Training many runs at a time, on threads or with any other executor."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack

from bpengine.config import TrainingConfig
from bpengine.datasets import Dataset
from bpengine.group import Outcome
from bpengine.sweeps.chunks import chunks, train_chunk

POLL_SECONDS = 0.05
"""How often it is looked whether to stop."""


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
        workers: how many chunks the executor trains at a time; by default the number of processors.
        stopped: whether to give up. It may be called from any thread.

    Raises:
        ConfigError: the kernel can't be used.
        DataError: the data can't be used.
    """
    if not configs:
        return
    count = workers or processors()
    ended = threading.Event()
    with ExitStack() as stack:
        if executor is None:
            executor = stack.enter_context(ThreadPoolExecutor(count, thread_name_prefix="bpengine"))
        # Only a thread can be told to stop.
        telling = (
            {"stopped": lambda: ended.is_set() or stopped()}
            if isinstance(executor, ThreadPoolExecutor)
            else {}
        )
        waiting: dict[Future[list[Outcome]], tuple[int, ...]] = {}
        try:
            for chunk in chunks(configs, source, workers=count, side_by_side=kernel != "numpy"):
                mine = [configs[position] for position in chunk]
                waiting[executor.submit(train_chunk, mine, source, kernel=kernel, **telling)] = chunk
            while waiting and not stopped():
                for future in wait(waiting, POLL_SECONDS, FIRST_COMPLETED).done:
                    yield from zip(waiting.pop(future), future.result(), strict=False)
        finally:
            ended.set()
            for future in waiting:
                future.cancel()

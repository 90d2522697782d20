"""The functions that run on the workers of a cluster."""

from __future__ import annotations

from typing import Any, TypeVar

from bptui import __version__

Report = tuple[str, str, bool]
"""The version of bptui, the hash of the numbers of the test runs, and whether machine code trained them.
These are plain values, which every version can read."""
Value = TypeVar("Value")


class GivenUpError(RuntimeError):
    """The task of this thread is no longer wanted."""


def report() -> Report:
    """Train the test runs. The first time, numba may compile for a few seconds."""
    from bpengine.kernels.choice import load_lanes_for
    from bpengine.many.jobs.job import probe

    compiles = load_lanes_for("auto")
    return __version__, probe(), compiles


def given_up() -> bool:
    """Raise an error if the task of this thread was given up. Dask does not tell a running task.

    The worker knows: it marks a task as cancelled if nobody wants its result, since the client has released
    it, or the client or the scheduler is gone.

    Returns:
        False.

    Raises:
        GivenUpError: the task was given up. It must not return a partial result, since another client could
            still ask for the task and take the result as complete.
    """
    from distributed import Status, get_worker

    worker: Any = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    if task is None or task.state == "cancelled" or worker.status in (Status.closing, Status.closed):
        raise GivenUpError
    return False


def same(value: Value) -> Value:
    """Return the value. As a task, it is sent once, and again only if the workers that had it died."""
    return value

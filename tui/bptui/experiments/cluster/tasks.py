"""What runs on the workers of a cluster, and what its answer says about a worker."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, TypeVar

from bptui import __version__

WorkerReport = tuple[str, str, bool]
"""The version of bptui, the hash of the numbers of the test runs, and whether machine code trained them.
These are plain values, which every version can read."""
_Value = TypeVar("_Value")


class GivenUpError(RuntimeError):
    """The task of this thread is no longer wanted."""


def report() -> WorkerReport:
    """Train the test runs. The first time, numba may compile for a few seconds."""
    from bpengine.kernels.choice import load_lanes_for
    from bpengine.many.jobs import probe

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


def same(value: _Value) -> _Value:
    """Return the value. As a task, it is sent once, and again only if the workers that had it died."""
    return value


@dataclass(slots=True)
class Worker:
    """A worker of the cluster."""

    address: str
    threads: int
    refusal: str | None = None
    """Why the worker is not used; empty if it is used, None while that is unknown."""
    test: asyncio.Task[None] | None = None
    """The test run. It is done once it is known whether the worker is used, or no longer of interest."""

    @property
    def usable(self) -> bool:
        """Whether the worker computes the same numbers as this machine."""
        return self.refusal == ""


def refusal(mine: WorkerReport, theirs: WorkerReport) -> str:
    """Why a worker with this report is not used, or an empty text.

    Args:
        mine: the report of this machine.
        theirs: the report of the worker.
    """
    (version, numbers, _), (their_version, their_numbers, _) = mine, theirs
    if their_version != version:  # it may have other settings, or send them in another order
        return f"it has bptui {their_version}, this machine has {version}"
    if their_numbers != numbers:
        return f"a test run has other numbers there: {their_numbers}, here {numbers}"
    return ""


def refusal_after(error: BaseException) -> str:
    """Why a worker whose report failed with this error is not used."""
    if isinstance(error, ModuleNotFoundError):
        missing = (error.name or "").partition(".")
        if missing[0] in ("bptui", "bpengine"):
            return f"it has another version of {missing[0]}" if missing[2] else "bptui is not installed there"
        return f"{missing[0] or 'a module'} is not installed there"
    reason = str(error).partition("\n")[0] or type(error).__name__
    return f"the test run failed there: {reason}"

"""The workers, and which of them may be used: those that compute the same numbers as this machine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bptui.cluster.tasks import Report


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


def refusal(mine: Report, theirs: Report) -> str:
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

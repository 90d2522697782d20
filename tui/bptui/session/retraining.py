"""A what-if on its way: a new run that trains to the epoch that another run has reached."""

from __future__ import annotations

from dataclasses import dataclass

from bptui.session.session_state import Pinned


@dataclass(frozen=True, slots=True, eq=False)
class Retraining:
    """Where it goes, and what follows."""

    target_epoch: int
    """How many epochs the new run trains before it can be compared."""
    run_afterwards: bool
    """Whether the run continues from there, as the run before did."""
    baseline: Pinned
    """The run before, to compare with."""

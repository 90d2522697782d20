"""What is known of a run that is steered: all that its screen draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bptui.attach.history import Curve, Past
from bptui.attach.status import SteerStatus
from bptui.steer.settings import Value


@dataclass(frozen=True, slots=True, eq=False)
class SteerSnapshot:
    """What is known of a run, frozen."""

    status: SteerStatus
    past: Past
    wanted: Mapping[str, Value]
    """The settings that the training was asked to change and has not changed yet."""
    waiting: tuple[str, ...]
    """What was asked for from here, and not taken by the training for a second or more."""
    waiting_seconds: int
    """How long the first of these requests has waited."""
    sentence: str
    """What happened last; empty if nothing did."""
    is_silent: bool
    """Whether the run lives, and gives no answer."""
    steps_per_second: float | None
    earlier: tuple[Mapping[str, Curve], ...]
    """The metrics of the runs of this name before this one, the latest first."""
    has_successor: bool
    """Whether the run is over, and another one of its name lives."""

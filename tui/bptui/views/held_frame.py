"""Holding back a frame briefly while a key press waits for the starts of the cloud."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from bptui.session.snapshot import Snapshot, State

HELD_SECONDS = 0.3
"""How long the plots wait for the starts. Drawing the plots first would delay the starts."""


def waits_for_starts(snapshot: Snapshot, *, in_progress: bool) -> bool:
    """Whether a key press waits for the starts of the cloud.

    Args:
        snapshot: the run.
        in_progress: whether the run is running only for a step, a rewind or a what-if.
    """
    cloud = snapshot.comparison.cloud
    runs_on = snapshot.status.state is State.RUNNING and not in_progress
    return (
        not runs_on and cloud is not None and cloud.is_working and (cloud.band is None or cloud.before != "")
    )


class HeldFrame:
    """Holds back the next frame for at most `HELD_SECONDS`.

    Args:
        widget: the widget that draws the frame.
        release: called with the frame when that time has passed.
    """

    def __init__(self, widget: Widget, release: Callable[[Snapshot], None]) -> None:
        self._widget, self._release = widget, release
        self._frame: Snapshot | None = None
        self._timer: Timer | None = None

    @property
    def is_holding(self) -> bool:
        """Whether a frame is held back."""
        return self._frame is not None

    def hold(self, frame: Snapshot) -> None:
        """Hold back this frame in place of an earlier one."""
        if self._frame is None:
            self._timer = self._widget.set_timer(HELD_SECONDS, self._time_out)
        self._frame = frame

    def drop(self) -> None:
        """Drop the frame that is held back: a newer one is drawn."""
        if self._timer is not None:
            self._timer.stop()
        self._frame = self._timer = None

    def _time_out(self) -> None:
        frame = self._frame
        self.drop()
        if frame is not None:
            self._release(frame)

"""Keeping a frame back for a moment while a key waits for the starts of the cloud."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from bptui.session.snapshot import Snapshot, State

HELD_SECONDS = 0.3
"""How long the plots wait for the starts. Drawing the plots first would delay the answer."""


def waits_for_starts(snapshot: Snapshot, *, in_progress: bool) -> bool:
    """Whether a key waits for the starts of the cloud.

    Args:
        snapshot: the run.
        in_progress: whether the run is running for a step, a rewind or a what-if only.
    """
    cloud = snapshot.comparison.cloud
    runs_on = snapshot.status.state is State.RUNNING and not in_progress
    return (
        not runs_on and cloud is not None and cloud.is_working and (cloud.band is None or cloud.before != "")
    )


class HeldFrame:
    """Keeps back the frame that is to be drawn next, for at most `HELD_SECONDS`.

    Args:
        widget: the widget that draws the frame.
        release: called with the frame if it has been kept back for so long.
    """

    def __init__(self, widget: Widget, release: Callable[[Snapshot], None]) -> None:
        self._widget, self._release = widget, release
        self._frame: Snapshot | None = None
        self._timer: Timer | None = None

    @property
    def is_holding(self) -> bool:
        """Whether a frame is kept back."""
        return self._frame is not None

    def hold(self, frame: Snapshot) -> None:
        """Keep this frame back, in place of an earlier one."""
        if self._frame is None:
            self._timer = self._widget.set_timer(HELD_SECONDS, self._time_out)
        self._frame = frame

    def drop(self) -> None:
        """Keep no frame back any more: a newer one is drawn."""
        if self._timer is not None:
            self._timer.stop()
        self._frame = self._timer = None

    def _time_out(self) -> None:
        frame = self._frame
        self.drop()
        if frame is not None:
            self._release(frame)

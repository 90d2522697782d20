"""A screen that waits for a slow terminal."""

from __future__ import annotations

from bptui.terminal.driver import frames_in_flight
from bptui.terminal.flow_control import MAX_FRAMES_IN_FLIGHT
from bptui.terminal.textual_internals import DeferrableScreen


class PacedScreen(DeferrableScreen):
    """Draws no more frames than the terminal can show, so that no frames queue up on a slow connection."""

    def may_draw(self) -> bool:
        """Whether the terminal has drawn enough of the frames that were sent."""
        return frames_in_flight(self.app) < MAX_FRAMES_IN_FLIGHT

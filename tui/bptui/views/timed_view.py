"""The part of a tab that chooses epochs: the cursor of the error curve, and the earlier epoch on view."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from textual.containers import Vertical
from textual.reactive import reactive

from bptui.session.session import Session
from bptui.session.snapshot import Snapshot
from bptui.views.curve_cursor import moved
from bptui.views.panels import ViewOptions, cursor_of
from bptui.widgets.plot import ErrorCurve
from bptui.widgets.status import StatusLine
from bptui.widgets.timeline import TimelineRow

TIMELINE_ROWS = 32
"""The fewest rows of a terminal on which the timeline has its own row. On smaller ones, where the plots need
the space, it shares the status line while an earlier epoch is viewed."""


class TimedView(Vertical):
    """A container that handles the keys and clicks that choose an epoch."""

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run as it is shown. The panels show this snapshot."""
    options: reactive[ViewOptions] = reactive(ViewOptions(), repaint=False)
    """What is shown of the run, and how."""

    @property
    @abstractmethod
    def session(self) -> Session:
        """The session. Use it for one call, and do not store it."""

    @abstractmethod
    def show_now(self) -> None:
        """Draw the run as it is now."""

    def change_options(self, **changes: Any) -> None:
        """Change what is shown; see `ViewOptions`."""
        self.options = replace(self.options, **changes)

    def on_error_curve_cursor_moved(self, event: ErrorCurve.CursorMoved) -> None:
        """Read the error curve at another epoch."""
        if self.snapshot is not None:
            cursor = cursor_of(self.snapshot, self.options)
            self.change_options(cursor=moved(self.snapshot, cursor, event.strides))

    def on_error_curve_cursor_left(self) -> None:
        """Remove the cursor of the error curve; if an earlier epoch on view has set it, leave that epoch."""
        if self.options.cursor is None:
            self.leave()
        self.change_options(cursor=None)

    def on_timeline_row_scrubbed(self, event: TimelineRow.Scrubbed) -> None:
        """View the epoch that was clicked."""
        self._view_epoch(event.epoch)

    def on_status_line_scrubbed(self, event: StatusLine.Scrubbed) -> None:
        """View the epoch that was clicked."""
        self._view_epoch(event.epoch)

    def _view_epoch(self, epoch: int) -> None:
        self.change_options(cursor=None)
        self.session.view_near(epoch)
        self.show_now()

    def scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch, or one farther away; see `Session.scrub`."""
        self.change_options(cursor=None)
        self.session.scrub(direction, far=far)
        self.show_now()

    def leave(self) -> bool:
        """Stop what is in progress, or leave the earlier epoch on view; return whether there was either."""
        session = self.session
        if session.in_progress:
            session.stop()
        elif session.is_viewing:
            session.leave_view()
        else:
            return False
        self.show_now()
        return True

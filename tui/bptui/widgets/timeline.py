"""The timeline below the panels: the epochs so far. A click on an epoch views it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bptui.drawing import ROLES, Span
from bptui.drawing.timeline import epoch_at, timeline_row
from bptui.session.snapshot import Timeline
from bptui.widgets.rows import Rows


class TimelineRow(Rows):
    """Draws the timeline in one row."""

    ROLE_STYLES = {
        "done": ROLES["error"].style,
        "later": ROLES["compared"].style,
        "shown": ROLES["cursor"].style,
        "setting": ROLES["mark"].style,
        "edit": ROLES["mark"].style,
        "branch": ROLES["mark"].style,
        "pin": "bold $text-accent",
    }

    @dataclass
    class Scrubbed(Message):
        """An epoch was clicked."""

        epoch: int
        """The epoch, or -1 for the start."""

    DEFAULT_CSS = """
    TimelineRow { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    """

    timeline: reactive[Timeline] = reactive(Timeline(), repaint=False)
    """What is drawn."""

    def watch_timeline(self) -> None:
        """Draw the new timeline."""
        self.redraw()

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The row; blank until the first epoch has ended."""
        row = timeline_row(self.timeline, width)
        return [row] * min(height, 1) if row else [[Span(" " * width)]] * min(height, 1)

    def on_click(self, event: events.Click) -> None:
        """Ask for the epoch that was clicked."""
        place = event.get_content_offset(self)
        epoch = None if place is None else epoch_at(self.timeline, self.content_size.width, place.x)
        if epoch is not None:
            self.post_message(self.Scrubbed(epoch))

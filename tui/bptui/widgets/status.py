"""The lines below the panels: the timeline, and the state of the run in figures and a sentence."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import Metrics
from bptui.drawing import ROLES, Span
from bptui.drawing.timeline import MIN_WIDTH, epoch_at, timeline_row
from bptui.formatting import ERROR_WIDTH, error_text, rate_text, share_text
from bptui.session.snapshot import RunProgress, Snapshot, State, Timeline
from bptui.widgets.rows import Rows

_IMPORTANT = 5
"""The importance from which on a figure is shown even if the figures have to move closer together."""
_NEEDED = 10
"""The importance of figures that are never left out."""


@dataclass
class Scrubbed(Message):
    """An epoch of the timeline was clicked."""

    epoch: int
    """The epoch, or -1 for the start."""


class TimelineRow(Rows):
    """Draws the timeline in one row: the epochs so far."""

    ROLE_STYLES = {
        "done": ROLES["error"].style,
        "later": ROLES["compared"].style,
        "shown": ROLES["cursor"].style,
        "setting": ROLES["mark"].style,
        "edit": ROLES["mark"].style,
        "branch": ROLES["mark"].style,
        "pin": "bold $text-accent",
    }

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
            self.post_message(Scrubbed(epoch))


class StatusLine(Widget):
    """Shows state, epoch, error, speed and seed, and below them what happened or what to do next."""

    COMPONENT_CLASSES = {f"status--{state}" for state in State}

    DEFAULT_CSS = """
    StatusLine {
        .status--ready { color: $text-secondary; }
        .status--running { color: $text-success; }
        .status--paused { color: $text-warning; }
        .status--finished { color: $text-primary; }
        .status--diverged { color: $text-error; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The run that is shown."""
    has_timeline: reactive[bool] = reactive(False)
    """Whether the timeline shares the sentence's row while an earlier epoch is viewed."""

    def render(self) -> Text:
        """Two rows; a narrow terminal leaves out the less important figures."""
        if self.snapshot is None:
            return Text()
        style = self.get_component_rich_style(f"status--{self.snapshot.status.state}", partial=True)
        line = self._line(self.snapshot, self.size.width, str(style))
        advice = Text("\n".join(self._sentence(self.snapshot)))  # no markup: it may name a file [/x].csv
        row, start, width = self._timeline_place(self.snapshot)
        if width:
            advice.append("\n" if row > 1 else " " * (start - advice.cell_len))
            advice.append("".join(span.text for span in timeline_row(self.snapshot.timeline, width)))
        return Text("\n").join([line, advice])

    def _sentence(self, snapshot: Snapshot) -> list[str]:
        """The rows of the sentence about the run."""
        return fitted(snapshot.status.versions, self.content_size.width, self.content_size.height - 1)

    def _timeline_place(self, snapshot: Snapshot) -> tuple[int, int, int]:
        """The timeline's row, column and width; the width is 0 if there is no timeline, or no room for it."""
        room, rows = self.content_size, self._sentence(snapshot)
        if not self.has_timeline or snapshot.timeline.viewed is None or len(rows) != 1:
            return 0, 0, 0
        length = cell_len(rows[0])
        if room.width - length - 2 >= MIN_WIDTH:
            return 1, length + 2, room.width - length - 2
        return (2, 0, room.width) if room.height > 2 else (0, 0, 0)

    def on_click(self, event: events.Click) -> None:
        """Ask for the epoch of the timeline that was clicked."""
        place, snapshot = event.get_content_offset(self), self.snapshot
        if place is None or snapshot is None:
            return
        row, start, width = self._timeline_place(snapshot)
        epoch = epoch_at(snapshot.timeline, width, place.x - start) if place.y == row else None
        if epoch is not None:
            self.post_message(Scrubbed(epoch))

    @staticmethod
    def _line(snapshot: Snapshot, width: int, style: str) -> Text:
        """The state and the figures; if not all fit, the least important ones are left out."""
        name = snapshot.status.state if snapshot.timeline.viewed is None else "viewing"
        state = Text(f"{name:<8}", f"bold {style}")
        figures, kept = _figures(snapshot), set[_Figure]()
        line = state
        for figure in sorted(figures, key=lambda figure: -figure.importance):
            shown = [each for each in figures if each in kept or each is figure]
            # The figures become shorter and move closer together to make room for another important one.
            ways = (
                ((False, "  "), (True, "  "), (True, " "))
                if figure.importance >= _IMPORTANT
                else ((False, "  "),)
            )
            for is_short, separator in ways:
                texts = (Text(each.short if is_short and each.short else each.text) for each in shown)
                longer = Text(separator).join([state, *texts])
                if longer.cell_len <= width:
                    break
            else:
                if figure.importance < _NEEDED:
                    continue
            line = longer
            kept.add(figure)
        return line


_ENDS = (re.compile(r"[.;](?= )"), re.compile(r"[:,](?= )"))
"""Where a text can end early. A period takes the place of the sign; after a comma, a list may go on."""


def fitted(versions: Sequence[str], width: int, rows: int) -> list[str]:
    """The rows of the first version that fits; otherwise the last one without its last phrases.

    Args:
        versions: the text, and shorter versions of it.
        width: the columns.
        rows: the most rows.
    """

    def wrapped(text: str) -> list[str]:
        return textwrap.wrap(text, max(width, 1), break_long_words=False, break_on_hyphens=False)

    def fits(lines: list[str]) -> bool:
        return len(lines) <= max(rows, 1) and all(cell_len(line) <= width for line in lines)

    for version in versions:
        if fits(lines := wrapped(version)):
            return lines
    for signs in _ENDS:
        for sign in reversed(list(signs.finditer(versions[-1]))):
            end = ", ..." if sign[0] == "," else "."
            if fits(lines := wrapped(f"{versions[-1][: sign.start()]}{end}")):
                return lines
    words = versions[-1].split()
    for count in range(len(words) - 1, 0, -1):
        if fits(lines := wrapped(f"{' '.join(words[:count])} ...")):
            return lines
    return [f"{versions[-1][: max(width - 3, 0)]}..."[:width]]


class _Figure(NamedTuple):
    """A figure of the status line."""

    importance: int
    """Figures of the least importance are left out first."""
    text: str
    short: str = ""
    """The text in a narrow terminal; empty if it is the same."""


def _figures(snapshot: Snapshot) -> list[_Figure]:
    """The figures in the order in which they are shown."""
    run, status = snapshot.run, snapshot.status
    measured = status.epochs_per_second
    rate = "" if measured is None else f"{rate_text(measured):>6}"
    accuracy, tested = (_accuracy(each, run) for each in (run.metrics, run.test_metrics))
    figures = (
        _Figure(_NEEDED, f"epoch {_epoch(run):>{len(str(run.config.epochs))}}/{run.config.epochs}"),
        _Figure(_NEEDED, f"epoch error {error_text(run.error):<{ERROR_WIDTH}}"),
        _Figure(4, "" if run.test_error is None else f"test {error_text(run.test_error):<{ERROR_WIDTH}}"),
        _Figure(2, accuracy and f"accuracy {accuracy}"),
        _Figure(8, tested and f"test accuracy {tested}", f"test acc. {tested}"),
        _Figure(5, f"{rate} epochs/s" if rate else " " * 15, f"{rate}/s" if rate else " " * 8),
        _Figure(7, status.speed),
        _Figure(6, f"seed {run.config.seed}"),
        _Figure(9, run.edited, "edited" if run.edited else ""),
        _Figure(9, "what if" if snapshot.comparison.what_if else ""),
        _Figure(1, f"sample {run.sample:>3}/{run.samples}" if run.sample else ""),
    )
    return [figure for figure in figures if figure.text]


def _accuracy(metrics: Metrics | None, run: RunProgress) -> str:
    """The accuracy, always of the same width; empty if there are no samples, or no classes."""
    if metrics is None or metrics.accuracy is None:
        return ""
    if run.is_partly_measured:
        return f"about {f'{100 * metrics.accuracy:.0f}%':<4}"
    return f"{share_text(metrics.accuracy).strip():<6}"


def _epoch(run: RunProgress) -> str:
    """The epoch, or a dash before the first one (epoch 0) has ended."""
    return "–" if run.error is None and not run.sample else str(run.epoch)

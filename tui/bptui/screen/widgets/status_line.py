"""The lines below the panels: the timeline, and the state of a run in a few numbers and a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import Metrics
from bptui.screen.drawing import ROLES, Span
from bptui.screen.drawing.timeline import MIN_WIDTH, epoch_at, timeline_row
from bptui.screen.widgets.rows import Rows
from bptui.session.snapshot import RunProgress, Snapshot, Stage, TimelineSnapshot
from bpwords import Sentence, word
from bpwords.numbers import ERROR_WIDTH, error_text, rate_text, share_text
from bpwords.wrapping import lines_of

_IMPORTANT = 5
"""The importance from which on the items become shorter and move closer together to make room for an item."""
NEEDED = 10
"""The importance of items that are never left out."""


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
        "state": ROLES["cursor"].style,
        "setting": ROLES["mark"].style,
        "edit": ROLES["mark"].style,
        "branch": ROLES["mark"].style,
        "pin": "bold $text-accent",
    }

    DEFAULT_CSS = """
    TimelineRow { height: 1; padding: 0 1; background: $panel; color: $text-muted; }
    """

    timeline: reactive[TimelineSnapshot] = reactive(TimelineSnapshot(), repaint=False)
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


class StatusItem(NamedTuple):
    """An item of the status line."""

    importance: int
    """Items of the least importance are left out first."""
    text: str
    short: str = ""
    """The text in a narrow terminal; empty if it is the same."""


class StatusText(NamedTuple):
    """What the status line says."""

    stage: Stage
    name: str
    """The stage as it is called here."""
    items: tuple[StatusItem, ...]
    """The items in the order in which they are shown."""
    versions: tuple[str, ...]
    """The sentence, and shorter versions of it."""
    timeline: TimelineSnapshot = TimelineSnapshot()


class StatusLine(Widget):
    """Shows the state with some numbers and, below them, what happened or what to do next."""

    COMPONENT_CLASSES = {f"status--{state}" for state in Stage}

    DEFAULT_CSS = """
    StatusLine {
        .status--ready { color: $text-secondary; }
        .status--running { color: $text-success; }
        .status--paused { color: $text-warning; }
        .status--finished { color: $text-primary; }
        .status--diverged { color: $text-error; }
    }
    """

    shown: reactive[StatusText | None] = reactive(None)
    """What is said."""
    has_timeline: reactive[bool] = reactive(False)
    """Whether the timeline shares the sentence's row while an earlier epoch is viewed."""

    def render(self) -> Text:
        """Two rows; a narrow terminal leaves out the less important items."""
        if self.shown is None:
            return Text()
        style = self.get_component_rich_style(f"status--{self.shown.stage}", partial=True)
        line = items_line(self.shown, self.size.width, str(style))
        advice = Text("\n".join(self._sentence(self.shown)))  # no markup: it may name a file [/x].csv
        row, start, width = self._timeline_place(self.shown)
        if width:
            advice.append("\n" if row > 1 else " " * (start - advice.cell_len))
            advice.append("".join(span.text for span in timeline_row(self.shown.timeline, width)))
        return Text("\n").join([line, advice])

    def _sentence(self, shown: StatusText) -> list[str]:
        """The rows of the sentence."""
        return fitted(shown.versions, self.content_size.width, self.content_size.height - 1)

    def _timeline_place(self, shown: StatusText) -> tuple[int, int, int]:
        """The timeline's row, column and width; the width is 0 if there is no timeline, or no room for it."""
        if not self.has_timeline or shown.timeline.viewed is None:
            return 0, 0, 0
        room, rows = self.content_size, self._sentence(shown)
        if len(rows) != 1:
            return 0, 0, 0
        length = cell_len(rows[0])
        if room.width - length - 2 >= MIN_WIDTH:
            return 1, length + 2, room.width - length - 2
        return (2, 0, room.width) if room.height > 2 else (0, 0, 0)

    def on_click(self, event: events.Click) -> None:
        """Ask for the epoch of the timeline that was clicked."""
        place, shown = event.get_content_offset(self), self.shown
        if place is None or shown is None:
            return
        row, start, width = self._timeline_place(shown)
        epoch = epoch_at(shown.timeline, width, place.x - start) if place.y == row else None
        if epoch is not None:
            self.post_message(Scrubbed(epoch))


_ENDS = (re.compile(r"[.;](?= )|[。；]"), 0.0), (re.compile(r"[:,](?= )|[：，]"), 0.5)
"""Where a text can end early, and how much of the room it must fill then: what is before a colon says little.
A period takes the place of the sign; after a comma, a list may go on."""


def fitted(versions: Sequence[str], width: int, rows: int) -> list[str]:
    """The rows of the first version that fits; otherwise the last one without its last phrases.

    Args:
        versions: the text, and shorter versions of it.
        width: the columns.
        rows: the most rows.
    """

    wrapped = partial(lines_of, width=max(width, 1))

    def fits(lines: list[str]) -> bool:
        return len(lines) <= max(rows, 1)

    for version in versions:
        if fits(lines := wrapped(version)):
            return lines
    for signs, share in _ENDS:
        for sign in reversed(list(signs.finditer(versions[-1]))):
            if sign.start() < share * width * rows:
                break
            end = {",": ", ...", "，": "……", ".": ".", ";": ".", ":": "."}.get(sign[0], "。")
            if fits(lines := wrapped(f"{versions[-1][: sign.start()]}{end}")):
                return lines
    words = versions[-1].split()
    for count in range(len(words) - 1, 0, -1):
        if fits(lines := wrapped(f"{' '.join(words[:count])} ...")):
            return lines
    if cell_len(versions[-1]) > len(versions[-1]):  # Chinese has no spaces
        *above, last = wrapped(versions[-1])[: max(rows, 1)]
        return [*above, set_cell_size(last, max(width - 1, 0)).rstrip() + "…"]
    return [f"{versions[-1][: max(width - 3, 0)]}..."[:width]]


def items_line(shown: StatusText, width: int, style: str) -> Text:
    """The state and the items; if not all fit, the least important ones are left out."""
    state = f"{shown.name}{' ' * (8 - cell_len(shown.name))}"
    items, kept, room = shown.items, set[StatusItem](), width - cell_len(state)
    line = ""
    for item in sorted(items, key=attrgetter("importance"), reverse=True):
        visible = [other for other in items if other in kept or other is item]
        longer = "  ".join(["", *map(attrgetter("text"), visible)])
        if cell_len(longer) > room and item.importance >= _IMPORTANT:
            texts = ["", *(other.short or other.text for other in visible)]
            short = "  ".join(texts)
            longer = short if cell_len(short) <= room else " ".join(texts)
        if cell_len(longer) <= room or item.importance >= NEEDED:
            line = longer
            kept.add(item)
    return Text.assemble((state, f"bold {style}"), line)


def status_text(snapshot: Snapshot) -> StatusText:
    """State, epoch, error, speed and seed, and below them what happened or what to do next."""
    status, timeline = snapshot.status, snapshot.timeline
    name = status.stage if timeline.viewed is None else "viewing"
    return StatusText(status.stage, word(name, "state"), _items(snapshot), status.versions, timeline)


_EPOCH = Sentence("epoch {epoch}/{epochs}")
_RATE = Sentence("{rate} epochs/s")
_SAMPLE = Sentence("sample {sample}/{samples}")


def _items(snapshot: Snapshot) -> tuple[StatusItem, ...]:
    """The items in the order in which they are shown."""
    run, status, epochs = snapshot.run, snapshot.status, snapshot.run.config.epochs
    measured = status.epochs_per_second
    rate = "" if measured is None else f"{rate_text(measured):>6}"
    accuracy, tested = (_accuracy(metrics, run) for metrics in (run.metrics, run.test_metrics))
    items = (
        StatusItem(NEEDED, _EPOCH(epoch=f"{_epoch(run):>{len(str(epochs))}}", epochs=epochs)),
        StatusItem(NEEDED, Sentence("epoch error {error}")(error=_wide(run.error))),
        StatusItem(
            4, "" if run.test_error is None else Sentence("test {error}")(error=_wide(run.test_error))
        ),
        StatusItem(2, accuracy and Sentence("accuracy {share}")(share=accuracy)),
        StatusItem(
            8,
            tested and Sentence("test accuracy {share}")(share=tested),
            Sentence("test acc. {share}")(share=tested),
        ),
        StatusItem(5, _RATE(rate=rate) if rate else " " * 15, f"{rate}/s" if rate else " " * 8),
        StatusItem(7, word(status.speed)),
        StatusItem(6, Sentence("seed {seed}")(seed=run.config.seed)),
        StatusItem(9, run.edited, word("edited") if run.edited else ""),
        StatusItem(9, word("what if", "state") if snapshot.comparison.what_if else ""),
        StatusItem(1, _SAMPLE(sample=f"{run.sample:>3}", samples=run.samples) if run.sample else ""),
    )
    return tuple(item for item in items if item.text)


def _wide(error: float | None) -> str:
    return f"{error_text(error):<{ERROR_WIDTH}}"


def _accuracy(metrics: Metrics | None, run: RunProgress) -> str:
    """The accuracy, always of the same width; empty if there are no samples, or no classes."""
    if metrics is None or metrics.accuracy is None:
        return ""
    if run.is_partly_measured:
        return Sentence("about {share}")(share=f"{share_text(metrics.accuracy):<4}")
    return f"{share_text(metrics.accuracy, 1):<6}"


def _epoch(run: RunProgress) -> str:
    """The epoch, or a dash before the first one (epoch 0) has ended."""
    return "–" if run.error is None and not run.sample else str(run.epoch)

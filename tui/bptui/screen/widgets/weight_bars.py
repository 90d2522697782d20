"""The incoming and outgoing weights of a unit, side by side, as signed bars with numbers."""

from __future__ import annotations

import numpy as np
from rich.cells import set_cell_size
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.widget import Widget

from bpengine.arithmetic.arrays import Array
from bptui.screen.widgets.rows import WeightOpened, style_of
from bptui.session.snapshot import Snapshot
from bptui.session.units import Link, Place, input_name, output_name, short_name, strongest, weights_of
from bpwords import Sentence, columns, word
from bpwords.numbers import signed

MAX_SHOWN = 40
"""The most weights that are shown; of more, only the strongest."""

_BETWEEN = 2
_MIN_NAME_LENGTH, _MAX_NAME_LENGTH = 8, 16
_FIGURES = 20
"""The columns beside a name for the weight and for bars long enough to be compared."""


class WeightBars(Widget):
    """Two columns of bars, left of the middle for negative weights and right of it for positive ones."""

    DEFAULT_CSS = "WeightBars { height: auto; }"

    shown: reactive[tuple[Snapshot, Place] | None] = reactive(None, layout=True)
    """The run, and the layer and number of the unit."""

    def on_click(self, event: events.Click) -> None:
        """Request the chain of the weight that was clicked."""
        place = event.get_content_offset(self)
        link = None if place is None else self._link_at(place.x, place.y)
        if link is not None:
            self.post_message(WeightOpened(link))

    def _link_at(self, column: int, row: int) -> Link | None:
        """The weight at a cell; None if no weight is there."""
        if self.shown is None:
            return None
        snapshot, (layer, unit) = self.shown
        into, _, out = weights_of(snapshot, (layer, unit))
        is_out = column >= self._column_width + _BETWEEN
        numbers = _numbers(out if is_out else into)
        if not 1 <= row <= len(numbers):  # below the heading
            return None
        number = numbers[row - 1]
        return (layer + 1, number, unit) if is_out else (layer, unit, number)

    @property
    def _column_width(self) -> int:
        return max((self.size.width - _BETWEEN) // 2, 12)

    def render(self) -> Text:
        """A heading, and as many lines as the longer column has weights."""
        if self.shown is None:
            return Text()
        snapshot, place = self.shown
        width = self._column_width
        into, _, out = weights_of(snapshot, place)
        longest = min(max(width - _FIGURES, _MIN_NAME_LENGTH), _MAX_NAME_LENGTH)
        into_names = [_source(snapshot, place, number, longest) for number in range(len(into))]
        columns = [self._column(word("incoming"), into, into_names, width)]
        if len(out):
            out_names = [_target(snapshot, place, number, longest) for number in range(len(out))]
            columns.append(self._column(word("outgoing"), out, out_names, width))
        lines = []
        for number in range(max(map(len, columns))):
            line = Text(no_wrap=True, overflow="crop")
            for column in columns:
                cell = column[number] if number < len(column) else Text()
                cell.truncate(width, pad=True)
                line.append_text(cell).append(" " * _BETWEEN)
            line.rstrip()
            lines.append(line)
        return Text("\n", no_wrap=True, overflow="crop").join(lines)

    def _column(self, side: str, weights: Array, names: list[str], width: int) -> list[Text]:
        numbers = _numbers(weights)
        is_part = len(numbers) < len(weights)
        heading = Sentence("{side}, {most} strongest of {count}" if is_part else "{side} weights")
        longest = max(columns(names[number]) for number in numbers)
        half = max((width - longest - 1 - 5 - 1 - 1) // 2, 0)
        finite = np.abs(weights[np.isfinite(weights)])
        scale = float(finite.max(initial=0.0)) or 1.0
        positive, negative = style_of(self, "$text-primary"), style_of(self, "$text-warning")
        said = heading(side=side, most=MAX_SHOWN, count=len(weights))
        lines = [Text(said, style_of(self, "$text-muted"))]
        for number in numbers:
            weight = float(weights[number])
            line = Text(f"{set_cell_size(names[number], longest)} {signed(weight):>5} ")
            line.append(bar(weight, scale, half), positive if weight > 0 else negative)
            lines.append(line)
        return lines


def _numbers(weights: Array) -> list[int]:
    """The indices of the weights that are shown, in their order."""
    return strongest(weights, MAX_SHOWN) if len(weights) > MAX_SHOWN else list(range(len(weights)))


def bar(weight: float, scale: float, half: int) -> str:
    """A bar that extends to the left of the middle for a negative weight, to the right for a positive one.

    Args:
        weight: the value; NaN has no bar.
        scale: the value that fills a side.
        half: cells on each side of the middle.
    """
    part = 0.0 if np.isnan(weight) else min(abs(weight) / scale, 1.0)
    halves = round(2 * half * part)
    if weight > 0:
        filled = "█" * (halves // 2) + "▌" * (halves % 2)
        return f"{'':{half}}│{filled:<{half}}" if half else "│"
    filled = "▐" * (halves % 2) + "█" * (halves // 2)
    return f"{filled:>{half}}│{'':{half}}" if half else "│"


def _source(snapshot: Snapshot, place: Place, number: int, longest: int) -> str:
    if place[0] == 0:
        return short_name(input_name(snapshot, number), longest)
    return Sentence("unit {number}")(number=number + 1)


def _target(snapshot: Snapshot, place: Place, number: int, longest: int) -> str:
    if place[0] + 1 == len(snapshot.network.layers) - 1:
        return short_name(output_name(snapshot, number), longest)
    return Sentence("unit {number}")(number=number + 1)

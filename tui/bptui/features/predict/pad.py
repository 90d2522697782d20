"""The pad: draws a picture, or takes a sample, and shows what the run answers while it trains."""

from __future__ import annotations

import numpy as np
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from bptui.screen.drawing.canvas import Canvas
from bptui.screen.drawing.roles import PICTURE_STYLES, ROLES
from bptui.screen.drawing.sheet import ZOOMS, drawn_size, paint_pixels, zoomed
from bptui.screen.drawing.spans import Span
from bptui.screen.drawing.unit_picture import paint_unit
from bptui.screen.overlays.dialog import DialogFrame, DialogMessage
from bptui.screen.overlays.pen import PenScreen
from bptui.screen.tabs.key_hints import ARROWS
from bptui.screen.terminal.capabilities import has_color_maps
from bptui.screen.widgets.footer import CLOSE, KeyHint, hint_of, line_of
from bptui.screen.widgets.rows import Rows
from bptui.session.description.fooling import answer_of, in_words
from bptui.session.pad import STEP, Pad
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.session.units import short_name
from bpwords import Sentence, word
from bpwords.numbers import number, share_text

_INK = 0.6
"""How much of the ink a touch of the pen leaves on a pixel."""
_BAR, _NAME = 12, 8
"""The columns of a bar at certainty, and of a class's name."""
_GAP = 3
_TITLE = 14
"""The columns above a picture for its title."""
_COLUMNS, _ROWS = 30, 15
"""The most columns and rows of the picture."""
_STYLES = {
    **PICTURE_STYLES,
    **{role: ROLES[role].style for role in ("axes", "cursor", "above")},
}


class PadPicture(Rows):
    """Draws the picture with the pen, what steps have changed, and the probabilities of the classes."""

    ROLE_STYLES = _STYLES

    def __init__(self, pad: Pad) -> None:
        super().__init__(id="picture")
        self._pad = pad
        size = pad.picture[:2]
        drawn = ((zoom, drawn_size(size, zoom)) for zoom in ZOOMS[2:])
        fits = (zoom for zoom, (columns, rows) in drawn if columns <= _COLUMNS and rows <= _ROWS)
        self.zoom = next(fits, ZOOMS[-1])
        """Half cells for each pixel."""
        self.place = drawn_size(size, self.zoom)
        """The columns and rows of the picture, which begins in the second row."""
        self._small = drawn_size(size, self.zoom / 2)  # the pictures beside it
        self.styles.height = max(self.place[1], min(len(pad.dataset.classes), 15), 2 * self._small[1] + 1) + 2

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The picture below the value of the pixel at the pen, what steps have changed, and the bars."""
        pad, canvas, colors = self._pad, Canvas(width, height, tuple(_STYLES)), has_color_maps(self.app)
        left, (columns, rows) = max(self.place[0], _TITLE) + _GAP, self._small
        if left + columns > width:
            canvas.write(0, 0, word("no room for pictures"), "axes")
            return canvas.rows()
        picture, limits = zoomed(pad.picture.shaped(pad.pixels), self.zoom), (pad.low, pad.high)
        pixel = pad.picture.order[pad.row * pad.picture.columns + pad.column]
        canvas.write(0, 0, f"{pad.dataset.features[pixel]} {number(float(pad.pixels[pixel]))}", "axes")
        paint_pixels(canvas, 1, 0, picture, limits, colors=colors)
        if self.zoom >= 1:
            self._mark_pen(canvas)
        if pad.step is not None:
            change = pad.picture.shaped(pad.pixels - pad.step.begin)[::-1]
            most = STEP * pad.step.steps * (pad.high - pad.low)
            canvas.write(0, left, word("the change", "pad"), "axes")
            paint_unit(canvas, 1, left, (columns, rows), change, (-most, most), colors=colors)
            random = pad.at_random()
            title = Sentence("at random: {answer}")(answer=answer_of(pad, random)[0])
            canvas.write(rows + 1, left, title, "axes")
            small = zoomed(pad.picture.shaped(random), self.zoom / 2)
            paint_pixels(canvas, rows + 2, left, small, limits, colors=colors)
        self._write_bars(canvas, left + max(columns, _TITLE) + _GAP)
        return canvas.rows()

    def _mark_pen(self, canvas: Canvas) -> None:
        """Mark the row and the column of the pen at the edges of the picture, of which nothing is hidden."""
        size, (columns, rows) = int(self.zoom), self.place
        half = self._pad.row * size
        canvas.write(1 + half // 2, columns, "█" if size > 1 else "▀▄"[half % 2], "cursor")
        canvas.write(1 + rows, self._pad.column * size, "▀" * size, "cursor")

    def _write_bars(self, canvas: Canvas, left: int) -> None:
        pad = self._pad
        outputs = pad.answer(pad.pixels)
        if not pad.dataset.classes:
            return
        order = np.arange(len(outputs))
        if len(order) > canvas.height - 1:
            order = np.sort(np.argsort(-outputs, kind="stable")[: canvas.height - 1])
        names = [short_name(name, _NAME) for name in pad.dataset.classes]
        room = max(len(name) for name in names)
        for row, output in enumerate(order.tolist(), 1):
            share = float(outputs[output])
            bar = "█" * round(_BAR * share) if np.isfinite(share) else ""
            role = "above" if output == int(outputs.argmax()) else "axes"
            canvas.write(row, left, f"{names[output]:>{room}} {bar} {share_text(share)}", role)


class PadScreen(PenScreen):
    """Draws a picture, or takes a sample; the answer follows the run.

    Args:
        session: the run.
        sample: the number of the sample to begin with; None to begin with an empty picture.
    """

    BINDINGS = [
        Binding("t", "take(False)", "Test sample", show=False),
        Binding("w", "take(True)", "Wrong sample", show=False),
        Binding("a", "fool", "Fool", show=False),
        Binding("c", "clear", "Clear", show=False),
        *(Binding(digit, f"fool({digit})", show=False) for digit in "0123456789"),
    ]

    DEFAULT_CSS = """
    PadScreen { DialogFrame { width: 78; } #message { height: 4; } #more { color: $text-muted; } }
    """

    def __init__(self, session: Session, sample: int | None = None) -> None:
        self._session = session
        self._pad = Pad(lambda: session.trainer)
        if sample is not None:
            self._pad.take(sample)
        self._picture, self._message = PadPicture(self._pad), DialogMessage()
        super().__init__(session.snapshot(), self._picture)

    def compose(self) -> ComposeResult:
        """Yield the picture, and the answer in words."""
        of_classes = KeyHint("w", "wrong one"), KeyHint("a", "fool"), KeyHint("0-9", "toward a class")
        others = of_classes if self._pad.dataset.classes else ()
        more = line_of((KeyHint("t", "test sample"), *others, KeyHint("c", "clear")))
        pen = hint_of(ARROWS, "pen"), hint_of("toggle_run", "draw"), KeyHint("x", "erase")
        keys = *pen, hint_of("undo", "undo"), CLOSE
        parts = self._picture, self._message, Static(more, id="more", markup=False)
        yield DialogFrame(*parts, title="draw a picture", keys=keys, id="pad")

    def show_run(self) -> None:
        """Answer with the run as it is now; close if the run has other data."""
        if self._session.dataset is not self._pad.dataset:
            self.dismiss()
        elif self._session.stage is not Stage.DIVERGED:
            self._picture.redraw()
            self._message.update(in_words(self._pad), layout=False)  # which would paint the whole screen

    def action_move(self, columns: int, rows: int) -> None:
        """Move the pen."""
        self._pad.move(columns, rows)
        self._picture.redraw()

    def action_draw(self, erases: bool = False) -> None:
        """Draw or erase below the pen."""
        self._pad.draw(-_INK if erases else _INK)
        self.show_run()

    def action_take(self, wrong: bool) -> None:
        """Take the next sample, or the next one that is answered wrong."""
        if self._pad.take_next(wrong=wrong):
            self.show_run()
        else:
            self._message.say(Sentence("The network answers all samples right.")())

    def action_fool(self, toward: int | None = None) -> None:
        """Take a step that fools the network, or one toward a class."""
        self._pad.fool(toward)
        self.show_run()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what needs classes, or a class that is not there."""
        count = len(self._pad.dataset.classes)
        match (action, *parameters):
            case ("fool", int(toward)):
                return toward < count
            case ("fool",) | ("take", True):
                return count > 0
        return super().check_action(action, parameters)

    def action_clear(self) -> None:
        """Begin with an empty picture."""
        self._pad.clear()
        self.show_run()

    def action_undo(self) -> None:
        """Return to the picture before the last change."""
        self._pad.undo()
        self.show_run()

    def touch(self, column: int, row: int, *, erases: bool) -> None:
        """Draw or erase the pixel in a cell."""
        (columns, rows), zoom = self._picture.place, self._picture.zoom
        if zoom < 1 or not (0 <= column < columns and 0 <= row - 1 < rows):
            return
        pixel = 2 * (row - 1) // int(zoom)
        if pixel < self._pad.picture.rows:
            self._pad.row, self._pad.column = pixel, column // int(zoom)
            self.action_draw(erases)

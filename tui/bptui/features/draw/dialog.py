"""Drawing samples: a pen places samples in a plot and takes them away, and the run restarts with them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding

from bpengine import ConfigError, DataError
from bpengine.arithmetic.arrays import Array
from bptui.screen.actions.opening import push
from bptui.screen.app import BptuiApp
from bptui.screen.drawing import Axis, Figure, Kind, Legend, Series, axis_over, class_role
from bptui.screen.drawing.plot import place_at
from bptui.screen.overlays.dialog import DialogFrame, DialogMessage
from bptui.screen.overlays.pen import PenScreen
from bptui.screen.tabs.key_hints import ARROWS
from bptui.screen.tabs.panels import plot_figure
from bptui.screen.widgets.footer import CLOSE, KeyHint, hint_of
from bptui.screen.widgets.plot import Plot
from bptui.session import commands
from bptui.session.document import MAX_UNDO
from bptui.session.points import STEPS, Points
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, joined, word
from bpwords.numbers import number

APPLY_SECONDS = 1 / 12
"""How often the run restarts with what the mouse has drawn."""
_OUTSIDE = Sentence("The axes go from {x} and from {y}: a sample is placed within them.")


@dataclass(slots=True)
class _Stroke:
    """What undo returns to."""

    before: Points
    was_run: bool
    """Whether these samples were enough for a run."""
    has_run: bool = False
    """Whether the run has restarted with the stroke."""


class DrawScreen(PenScreen):
    """Draws samples over one or two inputs. The answers of the run follow.

    Args:
        snapshot: the run.
        do: gives a command to the session.
        figure: makes the plot of a run, and its legend.
        points: the samples to begin with.
    """

    BINDINGS = [Binding(str(answer + 1), f"answer({answer})", show=False) for answer in range(STEPS)]

    DEFAULT_CSS = """
    DrawScreen { #draw { width: 100%; height: 100%; } #message { min-height: 2; } }
    """

    def __init__(
        self,
        snapshot: Snapshot,
        do: Callable[..., object],
        figure: Callable[[Snapshot], tuple[Figure, Legend]],
        points: Points,
    ) -> None:
        self._plot, self._message = Plot(), DialogMessage()
        super().__init__(snapshot, self._plot)
        self._do, self._figure = do, figure
        self._points = self._applied = points
        self._is_run = len(points.coordinates) > 0
        self._strokes: deque[_Stroke] = deque(maxlen=MAX_UNDO)
        self._begins, self._answer = True, 0
        self._axes: tuple[Axis, Axis] | None = None
        self._pen: tuple[int, int] | None = None  # its cell; in the middle before it moves

    def compose(self) -> ComposeResult:
        """Yield the plot, and what is drawn."""
        pen = hint_of(ARROWS, "pen"), hint_of("toggle_run", "place"), KeyHint("x", "erase")
        keys = *pen, KeyHint("1-9", "class"), hint_of("undo", "undo"), CLOSE
        yield DialogFrame(self._plot, self._message, title="draw samples", keys=keys, id="draw")

    def on_mount(self) -> None:
        """Show the samples."""
        self.call_after_refresh(self.show_run)
        self.set_interval(APPLY_SECONDS, self._apply)

    def show_run(self) -> None:
        """Show the run as it is now, or samples that are too few for one, in axes that never move."""
        figure, legend = self._figure(self._snapshot) if self._is_run else self._bare()
        x, y = self._axes = self._axes or (figure.x, figure.y)
        figure = replace(figure, x=x, y=y)
        if (place := place_at(figure, self._plot.size, self._cell)) is not None:
            pen = Series(place[0][:1], place[0][1:], "note", Kind.SIGNS, str(self._answer + 1))
            figure = replace(figure, series=(*figure.series, pen))
        self._plot.show(figure, legend)
        said = Sentence("Samples: {n}. The next one: {name}.")
        name = self._points.answer_text(self._answer)
        few = word("The run begins as soon as two classes have a sample.")
        shown = str(legend.within(self._plot.legend_room)) if self._is_run else few
        self._message.say(joined(said(n=len(self._points.targets), name=name), shown))

    def _bare(self) -> tuple[Figure, Legend]:
        """The samples alone."""
        like, targets, places = self._points.like, self._points.targets, self._points.places
        signs = [name[:1].lower() for name in like.classes] or ["•"]
        owns = targets.T == 1 if like.classes else np.ones((1, len(targets)), dtype=bool)
        series = [
            Series(places[own, 0], places[own, 1], class_role(label), Kind.POINTS, sign)
            for label, (own, sign) in enumerate(zip(owns, signs, strict=True))
        ]
        ends = [np.array(ends) for ends in like.domain]
        axes = self._axes or (axis_over(ends[0], margin=0.025), axis_over(ends[-1], margin=0.025, width=5))
        return Figure(*axes, tuple(series), one_scale=True), Legend()

    def action_answer(self, answer: int) -> None:
        """Choose the class of the next samples, or a step of their value from the lowest to the highest."""
        if answer < (len(self._points.like.classes) or STEPS):
            self._answer = answer
            self.show_run()

    def action_move(self, columns: int, rows: int) -> None:
        """Move the pen by cells."""
        cell = self._cell[0] + columns, self._cell[1] + rows
        if self._place(cell) is not None:
            self._pen = cell
            self.show_run()

    def action_draw(self, erases: bool = False) -> None:
        """Place a sample below the pen, or take one away, as a stroke of its own."""
        self._begin()
        self._draw(erases=erases)
        self._apply()

    def action_undo(self) -> None:
        """Return to the samples, and the run, before the last stroke."""
        self._apply()
        if self._strokes:
            stroke, self._begins = self._strokes.pop(), True  # the mouse may go on with another one
            self._points = self._applied = stroke.before
            self._is_run = stroke.was_run
            if stroke.has_run:
                self._do(commands.undo)
            self.show_run()

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the screen, when the run has what was drawn."""
        self._apply()
        return super().dismiss(result)

    def on_mouse_down(self, _event: events.MouseDown) -> None:
        """Begin a stroke; Textual calls the handler of the base class, too."""
        self._begin()

    def touch(self, column: int, row: int, *, erases: bool) -> None:
        """Place a sample in a cell of the plot, or take one away."""
        if self._place((column, row)) is not None:
            self._pen = column, row
            self._draw(erases=erases)
        elif self._axes is not None:
            x, y = (f"{number(axis.low)} to {number(axis.high)}" for axis in self._axes)
            self._message.say(_OUTSIDE(x=x, y=y), error=True)

    @property
    def _cell(self) -> tuple[int, int]:
        """Where the pen is."""
        width, height = self._plot.size
        return self._pen or (width // 2, height // 2 - 1)

    def _place(self, cell: tuple[int, int]) -> tuple[Array, Array] | None:
        figure = self._plot.figure
        return None if figure is None else place_at(figure, self._plot.size, cell)

    def _begin(self) -> None:
        self._apply()
        self._begins = True

    def _draw(self, *, erases: bool) -> None:
        before, place = self._points, self._place(self._cell)
        if place is None:
            return
        drawn = before.taken_away(*place) if erases else before.placed(place[0], self._answer)
        if drawn is not before and self._begins:
            self._strokes.append(_Stroke(before, self._is_run))
            self._begins = False
        self._points = drawn

    def _apply(self) -> None:
        """Restart the run with what was drawn since the last time."""
        if self._points is self._applied:
            return
        self._applied, source = self._points, self._points.source
        self._is_run = source is not None
        if source is not None:
            stroke = self._strokes[-1]
            try:
                self._do(commands.draw, source, begins=not stroke.has_run)
            except (ConfigError, DataError) as error:
                self._message.say(str(error), error=True)
                return
            stroke.has_run = True
        self.show_run()


def open_dialog(app: BptuiApp) -> None:
    """Draw samples of the run."""
    try:
        _open(app, Points.of(app.view.session.dataset))
    except DataError as error:
        app.view.do(commands.refuse, str(error))


def open_empty(app: BptuiApp) -> None:
    """Draw the samples of a new plane with two classes."""
    _open(app, Points.empty())


def _open(app: BptuiApp, points: Points) -> None:
    view = app.view
    push(DrawScreen(view.snapshot or view.session.snapshot(), view.do, plot_figure, points), view)

"""What the box shows: the network, the formulas, the plot of the step's effect, the strides and the keys."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from bpengine import Trace
from bptui.box.chain import parameter_of
from bptui.box.page import fitting, heading_without_step, headings, strides_lines
from bptui.box.picture import WITHOUT_STEP, picture_of
from bptui.box.prediction import Prediction
from bptui.box.score import Score
from bptui.box.stepper import Stepper
from bptui.box.walk import Walk
from bptui.drawing import Figure, Legend
from bptui.screens.box_network import BoxNetwork
from bptui.screens.box_text import box_hints, chain_text, number_text
from bptui.screens.dialog import Dialog
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot
from bptui.widgets.footer import KeyFooter
from bptui.widgets.plot import Plot

EffectFigure = Callable[[Snapshot, Trace | None, int], tuple[Figure, Legend]]
PACES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How many strides per second the box can play."""


class BoxDisplay(Dialog[None]):
    """Shows a number of the next step of a run. See `BoxScreen` for the arguments."""

    DEFAULT_CSS = """
    BoxDisplay {
        background: $background;
        #box-heading, #box-strides { height: 1; padding: 0 1; background: $panel; }
        #box-top { height: 1fr; }
        KeyFooter { height: 2; }
        #box-plot { height: 38%; border-top: solid $primary-muted; border-title-color: $text; }
        BoxNetwork { width: 1fr; height: 1fr; margin: 0 1; }
        #box-page { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $primary-muted; }
        #box-formulas { height: auto; }
    }
    """

    def __init__(self, session: Callable[[], Session], effect: EffectFigure, score: Score) -> None:
        super().__init__()
        self._session, self._effect = session, effect
        self._plotted: Walk | None = None
        self._snapshot: Snapshot | None = None
        self._pace = 1
        self._playing = False
        self._heading = Static(id="box-heading", markup=False)
        self._network = BoxNetwork()
        self._formulas = Static(id="box-formulas", markup=False)
        self._page = VerticalScroll(self._formulas, id="box-page", can_focus=False)
        self._plot = Plot(id="box-plot")
        self._strides = Static(id="box-strides", markup=False)
        self._footer = KeyFooter()
        self.stepper = Stepper(session)
        self._prediction = Prediction(score)
        self._shows_chain = self._shows_effect = False

    def compose(self) -> ComposeResult:
        """Yield the network and the formulas side by side, with the strides and the keys below."""
        with Vertical():
            yield self._heading
            yield Horizontal(self._network, self._page, id="box-top")
            yield self._plot
            yield self._strides
        yield self._footer

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._draw()

    def _draw(self) -> None:
        snapshot, walk = self._snapshot, self.stepper.walk
        if snapshot is None:
            return
        prediction = self._prediction
        asks = walk is not None and prediction.asks(walk)
        pace = PACES[self._pace]
        message = self.stepper.problem or (prediction.score.in_words() if prediction.is_on else "")
        width = self.app.size.width - 2
        batch = snapshot.run.config.batch_size or snapshot.run.samples
        strides = strides_lines(self.stepper.stride, batch, walk)
        line = message if message and walk is not None else fitting(strides, width)
        self._strides.update(line)
        self._footer.hints = box_hints(
            walk,
            snapshot,
            prediction,
            pace,
            playing=self._playing,
            shows_chain=self._shows_chain,
            strides_are_named=line == strides[0],
        )
        if walk is None:
            run = snapshot.run
            self._heading.update(heading_without_step(self._session().epochs_done, run.sample, run.samples))
            self._formulas.update(self.stepper.problem or snapshot.without_arrows.status.advice)
            self._network.shown, self._plotted = (snapshot, WITHOUT_STEP), None
            if self._shows_effect:
                self._draw_effect(snapshot, None)
            return
        self._heading.update(fitting(headings(walk, snapshot.run.samples), width))
        self._network.shown = (snapshot, picture_of(walk, hide=asks))
        self._formulas.update(
            self._chain(walk) if self._shows_chain else number_text(walk, prediction, asks=asks)
        )
        if walk is not self._plotted and self._shows_effect:
            self._plotted = walk
            self._draw_effect(snapshot, walk)

    def _draw_effect(self, snapshot: Snapshot, walk: Walk | None) -> None:
        """Plot the effect of the step or, without a step, the run as it is."""
        trace, row = (None, 0) if walk is None else (walk.trace, walk.row)
        self._plot.figure, legend = self._effect(snapshot, trace, row)
        self._plot.border_title = self._plot.legend(legend)

    def _chain(self, walk: Walk) -> Text:
        """The chain of the current weight or bias, or how to reach a weight."""
        parameter = parameter_of(walk)
        if parameter is None:
            return Text("Go to a weight, a bias or a unit to see its chain of derivatives.")
        return chain_text(walk, self._session().check_derivative(parameter))

"""What the box shows: the network, the formulas, the plot of the step's effect, the strides and the keys."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import set_cell_size
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import Static

from bpengine import Trace
from bptui.screen.drawing import Figure, Legend, Span
from bptui.screen.drawing.network import NetworkPicture
from bptui.screen.overlays.box_text import WITHOUT_STEP, BoxPicture, box_hints, box_picture, number_text
from bptui.screen.widgets.footer import KeyFooter
from bptui.screen.widgets.network import NetworkPanel
from bptui.screen.widgets.plot import Plot
from bptui.screen.widgets.rows import Rows, WeightOpened
from bptui.session.snapshot import Snapshot
from bptui.session.worked_step.page import first_fitting, heading_without_step, headings, strides_lines
from bptui.session.worked_step.position import BoxWalk
from bptui.session.worked_step.prediction import Prediction
from bptui.session.worked_step.stepper import Stepper


class BoxNetwork(Rows):
    """The network with the unit of the current number highlighted."""

    ROLE_STYLES = NetworkPanel.ROLE_STYLES

    shown: reactive[tuple[Snapshot, BoxPicture] | None] = reactive(None, repaint=False)
    """The run, and the picture of the current number."""

    def watch_shown(self) -> None:
        """Draw the new picture."""
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Request the chain of the weight whose number or sign at the end of a link was clicked.

        A click on a unit requests the chain of its bias.
        """
        place = event.get_content_offset(self)
        if place is None or self.shown is None:
            return
        drawn = self._drawn(*self.shown, *self.size)
        unit, link = drawn.unit_at(*place), drawn.link_at(*place)
        if unit is not None:
            link = (*unit, None)
        if link is not None:
            self.post_message(WeightOpened(link))

    @staticmethod
    def _drawn(snapshot: Snapshot, picture: BoxPicture, width: int, height: int) -> NetworkPicture:
        """The picture above the caption."""
        return NetworkPicture.of(snapshot, picture.chosen, width, height - 1, picture.highlight)

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The network, and below it a caption for the numbers in the units."""
        if self.shown is None or height < 2:
            return []
        _, picture = self.shown
        rows = self._drawn(*self.shown, width, height).rows()
        drawn = "".join(span.text for row in rows for span in row)
        numbers = () if picture.highlight is None else picture.highlight.numbers.values()
        # A large network has room for no number.
        caption = picture.caption if any(number in drawn for number in numbers) else ""
        return [*rows, [Span(set_cell_size(caption, width), "caption")]]


EffectFigure = Callable[[Snapshot, Trace | None, int], tuple[Figure, Legend]]
"""Makes the plot of a step's effect or, without a step, of the run, and its legend."""


class BoxPage(Vertical):
    """Shows a number of the next step of a run.

    Args:
        effect: makes the plot.
    """

    DEFAULT_CSS = """
    BoxPage {
        #box-heading, #box-strides { height: 1; padding: 0 1; background: $panel; }
        #box-top { height: 1fr; }
        KeyFooter { height: 2; }
        #box-plot { height: 38%; border-top: solid $primary-muted; border-title-color: $text; }
        BoxNetwork { width: 1fr; height: 1fr; margin: 0 1; }
        #box-page { width: 1fr; height: 1fr; padding: 0 1; border-left: solid $primary-muted; }
        #box-formulas { height: auto; }
    }
    """

    def __init__(self, effect: EffectFigure) -> None:
        super().__init__()
        self._effect = effect
        self._plotted: BoxWalk | None = None
        self._heading = Static(id="box-heading", markup=False)
        self._network = BoxNetwork()
        self._formulas = Static(id="box-formulas", markup=False)
        self.scroll = VerticalScroll(self._formulas, id="box-page", can_focus=False)
        """The area of the formulas, which scrolls."""
        self._plot = Plot(id="box-plot")
        self._strides = Static(id="box-strides", markup=False)
        self._footer = KeyFooter()

    def compose(self) -> ComposeResult:
        """Yield the network and the formulas side by side, with the strides and the keys below."""
        with Vertical():
            yield self._heading
            yield Horizontal(self._network, self.scroll, id="box-top")
            yield self._plot
            yield self._strides
        yield self._footer

    def on_plot_legend_changed(self, event: Plot.LegendChanged) -> None:
        """Change the title of the plot."""
        self._plot.border_title = self._plot.legend(event.legend)

    def show(
        self,
        snapshot: Snapshot,
        stepper: Stepper,
        prediction: Prediction,
        *,
        epochs_done: int,
        pace: float,
        playing: bool,
        chain: Text | None,
        with_effect: bool,
    ) -> None:
        """Show the current number, its place in the network, and the effect of its step.

        Args:
            snapshot: the run.
            stepper: the step, the current number and the stride.
            prediction: whether the number is asked for.
            epochs_done: how many epochs the run has completed.
            pace: how many strides per second the box plays.
            playing: whether it plays.
            chain: the chain of derivatives that replaces the number; None to show the number.
            with_effect: whether the plot is drawn, too.
        """
        walk, run = stepper.walk, snapshot.run
        message = stepper.problem or (prediction.score.in_words() if prediction.is_on else "")
        width = self.app.size.width - 2
        strides = strides_lines(stepper.stride, run.config.batch_size or run.samples, walk)
        line = message if message and walk is not None else first_fitting(strides, width)
        self._strides.update(line)
        self._footer.hints = box_hints(
            walk,
            snapshot,
            prediction,
            pace,
            playing=playing,
            shows_chain=chain is not None,
            strides_are_named=line == strides[0],
        )
        if walk is None:
            self._heading.update(heading_without_step(epochs_done, run.sample, run.samples))
            self._formulas.update(stepper.problem or snapshot.without_arrows.status.advice)
            self._network.shown = (snapshot, WITHOUT_STEP)
        else:
            self._heading.update(first_fitting(headings(walk, run.samples), width))
            self._formulas.update(chain or number_text(walk, run.dataset, prediction))
            self._network.shown = (snapshot, box_picture(walk, hide=prediction.asks(walk)))
        if with_effect and (walk is None or walk is not self._plotted):
            self._plotted = walk
            trace, row = (None, 0) if walk is None else (walk.trace, walk.row)
            legend = self._plot.show(*self._effect(snapshot, trace, row))
            self._plot.border_title = self._plot.legend(legend)

"""The widgets of the map: its cells, and the plot of what the starts of a cell have learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from bpengine.many.sweeps import Sweep
from bptui.experiments.runner import PlanTask, Runner
from bptui.screen.drawing import Figure, Legend, Span
from bptui.screen.drawing.heat_map import STYLES
from bptui.screen.drawing.spans import padded
from bptui.screen.widgets.plot import Plot
from bptui.screen.widgets.rows import Rows
from bptui.session.fits import CellFits, Fits, FitsJob
from bpwords import word

REST_TICKS = 3
"""How many ticks the cursor stays on a cell before the cell's starts are trained for the plot."""
Key = tuple[int, int]
"""A cell, and its median run."""


class HeatMap(Rows):
    """Shows the rows of a map; its height is their number.

    The rows are spans instead of a rich table, which takes ten times as long to draw: a map that fills is
    drawn many times a second.
    """

    ROLE_STYLES = STYLES

    @dataclass
    class Clicked(Message):
        """A place was clicked."""

        x: int
        """The column of the character."""
        y: int
        """The row of the character."""

    DEFAULT_CSS = """
    HeatMap { height: 1; }
    """

    shown: reactive[list[list[Span]]] = reactive(list, repaint=False)
    """The rows."""

    def watch_shown(self) -> None:
        """Draw the cells that have changed."""
        if self.styles.height is None or self.styles.height.value != len(self.shown):
            self.styles.height = max(len(self.shown), 1)
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Report which place was clicked."""
        place = event.get_content_offset(self)
        if place is not None:
            self.post_message(self.Clicked(place.x, place.y))

    def draw(self, width: int, height: int) -> list[list[Span]]:
        """The rows."""
        return [padded([*row, Span(" ")], width) for row in self.shown[:height]]  # or the last color goes on


class CellPlot(Plot):
    """Trains the starts of the cell on which the cursor stays, and shows their fits.

    Args:
        make_figure: makes the figure of a cell's fits, and its legend.
        id: the id of the widget.
    """

    def __init__(self, make_figure: Callable[[CellFits], tuple[Figure, Legend]], *, id: str) -> None:
        super().__init__(id=id)
        self._make_figure = make_figure
        self._fits: Fits | None = None
        self._fits_task: PlanTask | None = None
        self._wanted: Key | None = None
        """The cell whose fits are shown or are being trained."""
        self._shown: Key | None = None
        """The cell whose fits are shown."""
        self._rested = 0

    def shows(self, key: Key) -> bool:
        """Whether the fits of this cell are shown, or why there are none."""
        return self._shown == key

    def point_to(self, key: Key) -> None:
        """Note that the cursor was moved to a cell."""
        self._rested = 0
        if key != self._wanted:
            self._clear()

    def follow(self, key: Key, sweep: Sweep, runner: Runner, *, may_train: bool) -> None:
        """Train the starts of the cell under the cursor once it stays there, and show what they have learned.

        Call it at each tick.

        Args:
            key: the cell.
            sweep: the runs of the map.
            runner: trains the starts.
            may_train: whether the runs of the cell have ended.
        """
        if key != self._wanted:
            self._rested += 1
            if self._rested <= REST_TICKS or not may_train:
                return
            self._stop()
            self._wanted, (cell, middle) = key, key
            starts = sweep.runs[cell * sweep.starts : (cell + 1) * sweep.starts]
            job = FitsJob(starts, sweep.source, middle % sweep.starts, kernel=sweep.kernel)
            self._fits = Fits(job)
            self._fits_task = runner.begin(self._fits)
        self._rested = 0
        self._show()

    def reset(self) -> None:
        """End the training, and show nothing: the fits belong to another map."""
        self._stop()
        self._rested = 0
        self._clear()

    def _stop(self) -> None:
        if self._fits_task is not None:
            self._fits_task.end()

    def _clear(self) -> None:
        self.clear()
        self._wanted = self._shown = None
        self.border_title = ""

    def on_plot_legend_changed(self, event: Plot.LegendChanged) -> None:
        """Change the title."""
        self.border_title = self.legend(event.legend)

    def _show(self) -> None:
        found, task = self._fits, self._fits_task
        if found is None or task is None or self._wanted == self._shown:
            return
        task.collect()
        if found.fits is not None:
            self.border_title = self.legend(self.show(*self._make_figure(found.fits)))
        else:
            self.border_title = found.problem or word("training the starts of this cell…")
        if found.fits is not None or found.problem:
            self._shown = self._wanted

"""What all tabs have in common: the arrangement of widgets and the run behind them."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive

from bpengine import FIELDS, Field, Task
from bptui.plotting import Figure
from bptui.session import TICK_SECONDS, Session
from bptui.snapshot import Snapshot, State
from bptui.terminal import writer_is_busy
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.regression import regression_figure
from bptui.widgets.error_table import ErrorTable
from bptui.widgets.hyperparameters import HyperparameterPanel
from bptui.widgets.metrics import MetricsPanel
from bptui.widgets.plot import Plot
from bptui.widgets.status import StatusLine

FIGURES: dict[Task, Callable[[Snapshot], tuple[Figure, str]]] = {
    "regression": regression_figure,
    "classification": classification_figure,
}
"""Each task's own plot and its legend."""

FRAME_SECONDS = 1 / 12
"""The least time between two drawings while training; keys draw at once."""


class RunView(Vertical):
    """One run: its plot, error curve, hyperparameters, error table and status."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The moment shown. Children follow it."""
    log_errors: reactive[bool] = reactive(True)
    """Whether the error curve has a logarithmic axis."""
    chosen: reactive[int] = reactive(1)
    """Which hyperparameter left and right act on; an index into FIELDS."""

    show_metrics: reactive[bool] = reactive(False)
    """Whether the metrics take the error table's place, where there is no room for both."""

    def __init__(self, session: Session, *, paused: bool, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self._starts_by_itself = not paused
        self._drawn = 0.0
        self._plot = Plot(id="plot", classes="panel")
        self._curve = Plot(id="curve", classes="panel")
        self._panel = HyperparameterPanel(classes="panel")
        self._table = ErrorTable(classes="panel")
        self._metrics = MetricsPanel(classes="panel")
        self._status = StatusLine()

    def compose(self) -> ComposeResult:
        """Plots to the left, figures to the right, status below."""
        self._table.border_title = "reported epochs (m)"
        self._metrics.border_title = "metrics (m)"
        with Horizontal():
            with Vertical(id="plots"):
                yield self._plot
                yield self._curve
            with Vertical(id="figures"):
                yield self._panel
                yield self._table
                yield self._metrics
        yield self._status

    def on_mount(self) -> None:
        """Show the run; time only passes while it runs in sight."""
        self._timer = self.set_interval(TICK_SECONDS, self._tick, pause=True)
        self.show_now()

    def open(self) -> None:
        """Come into sight; the first time, begin to train unless asked to wait."""
        if self._starts_by_itself:
            self._starts_by_itself = False
            self.session.toggle()
        self.show_now()

    def close(self) -> None:
        """Go out of sight: the run holds still until `open`."""
        self._timer.pause()

    def show_now(self) -> None:
        """Draw the present moment, and let time pass if the run is running."""
        self.snapshot = self.session.snapshot()
        self._drawn = time.monotonic()
        if self.session.state is State.RUNNING:
            self._timer.resume()
        else:
            self._timer.pause()

    @property
    def field(self) -> Field:
        """The chosen hyperparameter."""
        return FIELDS[self.chosen]

    def _tick(self) -> None:
        self.session.tick()
        ended = self.session.state is not State.RUNNING
        due = time.monotonic() - self._drawn >= FRAME_SECONDS
        if ended or (due and not writer_is_busy(self.app)):
            self.show_now()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Give each widget its part."""
        if snapshot is None:
            return
        figure, legend = FIGURES[snapshot.config.task](snapshot)
        self._plot.figure = figure
        self._plot.border_title = Content(legend)  # a class may be called [/x], which is no markup
        self._draw_curve()
        self._panel.settings = (snapshot.config, snapshot.unused)
        self._table.reports = snapshot.reports
        self._metrics.snapshot = snapshot
        self._status.snapshot = snapshot

    def watch_log_errors(self) -> None:
        """Draw the error curve by the other axis."""
        self._draw_curve()

    def watch_chosen(self, chosen: int) -> None:
        """Mark the hyperparameter."""
        self._panel.chosen = chosen
        self._panel.border_title = f"settings ↑↓ ←→ {chosen + 1}/{len(FIELDS)}"

    def watch_show_metrics(self, show: bool) -> None:
        """Swap table and metrics."""
        self.set_class(show, "-metrics")

    def _draw_curve(self) -> None:
        if self.snapshot is not None:
            self._curve.figure = error_figure(self.snapshot, log=self.log_errors)
            test = ", ╌ test" if self.snapshot.dataset.test is not None else ""
            self._curve.border_title = f"error{test}, {'log' if self.log_errors else 'linear'} axis (l)"

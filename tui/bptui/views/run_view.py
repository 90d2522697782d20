"""What all tabs have in common: the panel layout of widgets and the run behind them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import FIELDS, Field, Task
from bptui.drawing import Figure
from bptui.drawing.unit_position import Place, move, nearest_unit, sizes_of
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, State
from bptui.session.speed import TICK_SECONDS
from bptui.startup.start_settings import FRAMES_PER_SECOND
from bptui.terminal.driver import writer_is_busy
from bptui.views.classification import classification_figure
from bptui.views.error_curve import error_figure
from bptui.views.panel_layout import PANELS, PanelLayout
from bptui.views.regression import regression_figure
from bptui.widgets.diagnostics import DiagnosticsPanel
from bptui.widgets.error_table import ErrorTable
from bptui.widgets.hyperparameters import HyperparameterPanel
from bptui.widgets.metrics import MetricsPanel
from bptui.widgets.network import NetworkPanel
from bptui.widgets.plot import Plot
from bptui.widgets.status import StatusLine
from bptui.widgets.unit_maps import UnitMaps

FIGURES: dict[Task, Callable[..., tuple[Figure, str]]] = {
    "regression": regression_figure,
    "classification": classification_figure,
}
"""Each task's own plot and its legend."""


class RunView(Vertical):
    """One run: its plot, error curve, settings, error table, network and what else there is room for."""

    @dataclass
    class Focused(Message):
        """A panel was clicked."""

        panel: str
        """Its name."""

    class Opened(Message):
        """What is chosen in the panel in focus was clicked twice."""

    snapshot: reactive[Snapshot | None] = reactive(None)
    """The moment shown. Children follow it."""
    log_errors: reactive[bool] = reactive(True)
    """Whether the error curve has a logarithmic axis."""
    smooth: reactive[bool] = reactive(False)
    """Whether the error curve is a moving mean."""
    detail: reactive[bool] = reactive(False)
    """Whether the plot shows what lies behind: the hidden units' parts, or probabilities."""
    chosen: reactive[int] = reactive(1)
    """Which hyperparameter left and right act on; an index into FIELDS."""
    unit: reactive[Place] = reactive((0, 0))
    """Which unit of the network is walked to: layer and unit, counted from 0."""
    panel_layout: reactive[PanelLayout] = reactive(PanelLayout())
    """Which panels a person wants to see, and the one in focus."""

    def __init__(self, session: Session, *, paused: bool, fps: int = FRAMES_PER_SECOND, id: str) -> None:
        super().__init__(id=id)
        self.session = session
        self._starts_by_itself = not paused
        self._in_sight = False
        self._drawn = 0.0
        self._frame_seconds = 1 / fps
        self._plot = Plot(id="plot")
        self._curve = Plot(id="error")
        self._settings = HyperparameterPanel(id="settings")
        self._table = ErrorTable(id="table")
        self._metrics = MetricsPanel(id="metrics")
        self._network = NetworkPanel(id="network")
        self._units = UnitMaps(id="units")
        self._diagnostics = DiagnosticsPanel(id="diagnostics")
        self._status = StatusLine()
        self._below = Horizontal(self._curve, self._network, id="below")
        self._columns = (
            Vertical(self._plot, self._below, id="plots"),
            Vertical(self._units, self._diagnostics, id="insight"),
            Vertical(self._settings, self._table, self._metrics, id="figures"),
        )
        self._shown: frozenset[str] = frozenset()
        self._titles = dict.fromkeys(PANELS, "")
        self._panels: dict[str, Widget] = {
            str(panel.id): panel
            for panel in (
                *(self._plot, self._curve, self._network, self._units),
                *(self._diagnostics, self._settings, self._table, self._metrics),
            )
        }
        for panel in self._panels.values():
            panel.add_class("panel")

    def compose(self) -> ComposeResult:
        """Plots to the left, figures to the right, insight between them, status below."""
        self._set_title("table", "reported epochs (m)")
        self._set_title("metrics", "metrics (m)")
        self._set_title("units", "hidden units over the inputs")
        self._set_title("diagnostics", "diagnostics")
        yield Horizontal(*self._columns)
        yield self._status

    def on_mount(self) -> None:
        """Nothing is to be seen before `open`; time only passes while it runs in sight."""
        self._timer = self.set_interval(TICK_SECONDS, self._tick, pause=True)
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Tell which panel was clicked, and whether twice."""
        for node in event.widget.ancestors_with_self if event.widget else ():
            if node.id in self._panels:
                self.post_message(self.Focused(str(node.id)))
                if event.chain == 2 and node in (self._settings, self._network):
                    self.post_message(self.Opened())

    def on_hyperparameter_panel_chosen(self, event: HyperparameterPanel.Chosen) -> None:
        """Choose it, and say what it does."""
        self.chosen = event.number
        self.session.explain(self.field)
        self.show_now()

    def on_network_panel_chosen(self, event: NetworkPanel.Chosen) -> None:
        """Walk there."""
        self.unit = event.unit

    def on_resize(self) -> None:
        """Show the panels that there is room for."""
        if self._arrange():
            self.show_now()

    def open(self) -> None:
        """Come into sight; the first time, begin to train unless asked to wait."""
        self._in_sight = True
        if self._starts_by_itself:
            self._starts_by_itself = False
            self.session.toggle()
        self.show_now()

    def close(self) -> None:
        """Go out of sight: the run holds still until `open`."""
        self._in_sight = False
        self._timer.pause()

    def show_now(self) -> None:
        """Draw the present moment, and let time pass if the run is running in sight."""
        self.snapshot = self.session.snapshot()
        self._drawn = time.monotonic()
        if self._in_sight and self.session.state is State.RUNNING:
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
        due = time.monotonic() - self._drawn >= self._frame_seconds
        if ended or (due and not writer_is_busy(self.app)):
            self.show_now()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Give each widget its part."""
        if snapshot is None:
            return
        self._draw_plot()
        self._draw_curve()
        self._settings.settings = (snapshot.run.config, snapshot.run.unused)
        self._settings.pinned = (
            None if snapshot.comparison.pinned is None else snapshot.comparison.pinned.run.config
        )
        self._table.reports = snapshot.run.reports
        self._status.snapshot = snapshot
        self.unit = nearest_unit(self.unit, sizes_of(snapshot))
        for panel in (self._metrics, self._network, self._units, self._diagnostics):
            if panel.display:
                panel.snapshot = snapshot

    def watch_smooth(self) -> None:
        """Draw the error curve the other way."""
        self._draw_curve()

    def watch_detail(self) -> None:
        """Draw the plot the other way."""
        self._draw_plot()

    def watch_log_errors(self) -> None:
        """Draw the error curve by the other axis."""
        self._draw_curve()

    def watch_chosen(self, chosen: int) -> None:
        """Mark the hyperparameter."""
        self._settings.chosen = chosen
        self._set_title("settings", f"settings ↑↓ ←→ {chosen + 1}/{len(FIELDS)}")

    def watch_unit(self, unit: Place) -> None:
        """Mark the unit."""
        self._network.chosen = unit
        layer, number = unit
        self._set_title("network", f"network, unit {number + 1} of layer {layer + 1}")

    def choose(self, direction: int) -> None:
        """Choose the next hyperparameter (1) or the one before (-1)."""
        self.chosen = (self.chosen + direction) % len(FIELDS)

    @property
    def in_network(self) -> bool:
        """Whether the arrows walk through the network."""
        return self.panel_layout.focused == "network"

    def walk(self, layers: int, units: int) -> None:
        """To another unit."""
        if self.snapshot is not None:
            self.unit = move(self.unit, layers, units, sizes_of(self.snapshot))

    def watch_panel_layout(self) -> None:
        """Show what is wanted."""
        if self.is_mounted:
            self._arrange()
            self.show_now()

    def _arrange(self) -> bool:
        """Show the panels that are to be seen now; return whether others were."""
        shown = self.panel_layout.shown(*self.app.size)
        before = self._shown
        self._shown = shown
        for name, panel in self._panels.items():
            panel.display = name in shown
            panel.set_class(name == self.panel_layout.focused, "-focused")
            self._set_title(name, self._titles[name])
        self._below.display = self._curve.display or self._network.display
        for column in self._columns:
            seen = [child for child in column.children if child.display]
            column.display = bool(seen)
            for child in column.children:
                child.set_class(child in seen[-1:], "-last")
        self.set_class(not self._columns[0].display, "-without-plots")
        return shown != before

    def _set_title(self, name: str, title: str) -> None:
        """The panel's title, with a mark if it has the focus."""
        self._titles[name] = title
        focused = name == self.panel_layout.focused
        # A user's class may be called [/x], which is no markup.
        self._panels[name].border_title = Content(f"▸ {title}" if focused else title)

    def _draw_plot(self) -> None:
        if self.snapshot is not None and self._plot.display:
            figure, legend = FIGURES[self.snapshot.run.config.task](self.snapshot, detail=self.detail)
            self._plot.figure = figure
            self._set_title("plot", legend)

    def _draw_curve(self) -> None:
        if self.snapshot is not None and self._curve.display:
            self._curve.figure = error_figure(self.snapshot, log=self.log_errors, smooth=self.smooth)
            parts = [
                "mean error (e)" if self.smooth else "error",
                "╌ test" if self.snapshot.run.dataset.test is not None else "",
                _ghost(self.snapshot),
                "log (l)" if self.log_errors else "linear (l)",
            ]
            self._set_title("error", ", ".join(filter(None, parts)))


def _ghost(snapshot: Snapshot) -> str:
    """What the dotted curve of errors is."""
    if snapshot.comparison.pinned is not None:
        return "⠐ pinned"
    return "⠐ before" if snapshot.comparison.previous_curve is not None else ""

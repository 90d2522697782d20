"""The panels of a run that is steered: settings, curves and reports, and below them timeline and status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpsteer.settings import Value, value_text
from bptui.commands import keys_of
from bptui.screen.drawing import Axis, Figure
from bptui.screen.tabs.arrangement import Arrangement, Part
from bptui.screen.tabs.panel_area import PanelView
from bptui.screen.widgets.error_table import ErrorTable, Metric, ReportRow
from bptui.screen.widgets.hyperparameters import HyperparameterPanel, SettingRow, shortened
from bptui.screen.widgets.plot import ErrorCurve
from bptui.screen.widgets.status_line import Scrubbed
from bptui.steering.commands import key
from bptui.steering.run_status import SettingStatus
from bptui.steering.shown import CurveOptions, cursor_at, metric_figure, moved, status_text
from bptui.steering.steering import Steering, SteerSnapshot
from bpwords import printable

MAX_CURVES = 4
"""The most metrics that have a curve at the same time."""
CURVE_ROWS = 9
"""The fewest rows of a curve beside others."""
OTHER_ROWS = 5
"""The rows of the screen that are not for panels."""
SETTINGS_ROWS = 6
"""The rows of the panel of settings besides the settings themselves: its frame and its help."""
FRAMED_SIZE = 120, 36
"""The columns and rows from which on each panel has a frame."""
SETTINGS, REPORTS = "settings", "reports"
CURVES = tuple(f"curve-{number}" for number in range(MAX_CURVES))
_NO_REPORTS = Figure(Axis(0, 1), Axis(0, 1), note="no reports yet")
HEADING = 11
"""The most columns of a line of a metric's heading in the table."""
HEADING_LINES = 4


def heading_lines(name: str, room: int = HEADING * HEADING_LINES) -> list[str]:
    """The name of a metric in lines, which begin with words of it if they can: validation and /accuracy."""
    lines = [""]
    for word in re.findall(r"[\W_]*[^\W_]*", shortened(name, room)):
        for part in [word] if cell_len(word) <= HEADING else word:
            if cell_len(lines[-1] + part) > HEADING:
                lines.append("")
            lines[-1] += part
    return lines if len(lines) <= HEADING_LINES else heading_lines(name, room - 1)


def _row(setting: SettingStatus, wanted: Mapping[str, Value]) -> SettingRow:
    """The row of a setting. A value that the training has not taken yet follows the present one."""
    value, label = wanted.get(setting.name, setting.value), setting.field.label
    before = "" if value == setting.value else printable(value_text(setting.value))
    help = f"{label}: {setting.allowed}."
    return SettingRow(label, "", printable(value_text(value)), help, before)


@lru_cache(maxsize=32)
def arrangement(curves: int, settings: int, *, framed: bool) -> Arrangement:
    """So many curves to the left, one above the other; to the right, the settings above the reports."""
    stack = tuple(Part(name) for name in CURVES[:curves])
    figures = Part(SETTINGS, high=settings + SETTINGS_ROWS), Part(REPORTS)
    return Arrangement((0, 0), (Part(stack, 5), Part(figures, 3, 26, 46)), framed=framed)


class SteerView(PanelView):
    """Shows snapshots of a run, and sends changes of its settings.

    Args:
        steering: the run.
    """

    class Changed(Message):
        """What the keys do now may have changed."""

    snapshot: reactive[SteerSnapshot | None] = reactive(None, repaint=False)
    """The run as it is shown."""
    options: reactive[CurveOptions] = reactive(CurveOptions(), repaint=False)
    """How the metrics are drawn."""
    focused: reactive[str] = reactive(SETTINGS, repaint=False)
    """The panel that keys act on."""
    zoomed: reactive[bool] = reactive(False, repaint=False)
    """Whether this panel is maximized."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering
        self._settings = HyperparameterPanel(id=SETTINGS, classes="panel")
        self._reports = ErrorTable(counted="step", id=REPORTS, classes="panel")
        self._curves = {name: ErrorCurve(id=name, classes="panel") for name in CURVES}
        widgets: dict[str, Widget] = {SETTINGS: self._settings, **self._curves, REPORTS: self._reports}
        super().__init__(widgets, {name: name for name in widgets})
        self._first_metric = 0
        self._shown: tuple[str, ...] = ()  # the panels
        self._drawn: object = None  # what the curves and the table depend on, when they were drawn

    def on_mount(self) -> None:
        """Arrange the panels."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())
        self._show()

    def on_click(self, event: events.Click) -> None:
        """Focus the panel that was clicked; maximize or restore it after a double click."""
        for node in event.widget.ancestors_with_self if event.widget else ():
            if node.id in self._widgets:
                self.focused = str(node.id)
                if event.chain == 2 and node is not self._settings:
                    self.zoom()

    def on_hyperparameter_panel_chosen(self, event: HyperparameterPanel.Chosen) -> None:
        """Choose the setting that was clicked."""
        self._choose(event.number)

    def on_error_curve_cursor_moved(self, event: ErrorCurve.CursorMoved) -> None:
        """Read the curves at another step."""
        if self.snapshot is not None:
            cursor = cursor_at(self.snapshot, self.options.cursor)
            self.options = replace(self.options, cursor=moved(self.snapshot, cursor, event.strides))

    def on_error_curve_cursor_left(self) -> None:
        """Remove the cursor."""
        self.options = replace(self.options, cursor=None)

    def on_scrubbed(self, event: Scrubbed) -> None:
        """Read the curves at the step of the timeline that was clicked."""
        self.options = replace(self.options, cursor=max(event.epoch, 0))

    @property
    def setting(self) -> SettingStatus | None:
        """The chosen setting; None if the run has none."""
        settings = () if self.snapshot is None else self.snapshot.status.settings
        return settings[min(self._settings.chosen, len(settings) - 1)] if settings else None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of the run, those that have a curve first."""
        names = () if self.snapshot is None else tuple(self.snapshot.past.curves)
        first = self._first_metric % len(names) if names else 0
        return names[first:] + names[:first]

    @property
    def curve_count(self) -> int:
        """How many metrics have a curve."""
        room = (self.app.size.height - OTHER_ROWS) // CURVE_ROWS
        return max(1, min(room, MAX_CURVES, len(self.metrics)))

    def choose(self, direction: int) -> None:
        """Choose the next (1) or the previous (-1) setting; the first one follows the last."""
        self._choose(self._settings.chosen + direction)

    def choose_end(self, direction: int) -> None:
        """Choose the first (-1) or the last (1) setting."""
        self._choose(0 if direction < 0 else -1)

    def choose_setting(self, name: str) -> None:
        """Choose the setting of this name."""
        settings = () if self.snapshot is None else self.snapshot.status.settings
        self._choose([setting.name for setting in settings].index(name))

    def _choose(self, number: int) -> None:
        self._settings.chosen = number % max(len(self._settings.settings), 1)
        self._show()

    def change(self, direction: int, coarse: bool = False) -> None:
        """Change the chosen setting by a step."""
        setting = self.setting
        if setting is None:
            self._steering.say("This run has no settings.")
            return
        wanted = self._steering.snapshot().wanted  # now: the key before this one may not be drawn yet
        value = wanted.get(setting.name, setting.value)
        moved = setting.moved(value, direction, coarse=coarse)
        if moved is None:
            self._steering.say(f"The value of {printable(setting.name)} is not known: {key('edit')} sets it.")
        elif moved == value:
            self._steering.say(f"{printable(setting.name)} must be {setting.allowed}.")
        else:
            self._steering.ask("set", name=setting.name, value=moved)

    def next_metric(self) -> None:
        """Show the next of the metrics for which there is no room."""
        self._first_metric += 1 if len(self.metrics) > self.curve_count else 0
        self._show()

    def toggle_smooth(self) -> None:
        """Smooth the curves, or show each report."""
        self.options = replace(self.options, smooth=not self.options.smooth)

    def toggle_log(self) -> None:
        """Switch the axis of the focused curve, or else of the first one."""
        place = CURVES.index(self.focused) if self.focused in CURVES else 0
        if place < len(self.metrics):
            self.options = replace(self.options, switched=self.options.switched ^ {self.metrics[place]})

    def focus_by(self, direction: int) -> None:
        """Focus the next (1) or the previous (-1) panel."""
        names = (SETTINGS, *CURVES[: self.curve_count], REPORTS)
        at = names.index(self.focused) if self.focused in names else 0
        self.focused = names[(at + direction) % len(names)]

    def zoom(self) -> None:
        """Maximize or restore the focused panel."""
        self.zoomed = not self.zoomed

    def to_settings(self) -> None:
        """Remove the cursor, then restore the panels, then go to the settings."""
        if self.options.cursor is not None:
            self.options = replace(self.options, cursor=None)
        elif self.zoomed:
            self.zoomed = False
        else:
            self.focused = SETTINGS

    def _show(self) -> None:
        snapshot = self.snapshot
        is_up = self.is_mounted and self.is_attached  # news may come as the screen ends
        if snapshot is None or not is_up:
            return
        self._settings.settings = tuple(
            _row(setting, snapshot.wanted) for setting in snapshot.status.settings
        )
        self._arrange()
        self._show_panels(snapshot)
        chosen = self.setting
        cursor = cursor_at(snapshot, self.options.cursor)
        keys = f"{keys_of('up', 'down')} {keys_of('less', 'more')}" if chosen is not None else "none"
        self._titles.set(SETTINGS, f"settings {keys}", focused=self.focused == SETTINGS)
        self._status.shown = status_text(snapshot, cursor, "" if chosen is None else chosen.name)
        self._timeline.timeline = self._status.shown.timeline
        self.post_message(self.Changed())

    on_resize = watch_snapshot = watch_options = watch_focused = watch_zoomed = _show

    def _show_panels(self, snapshot: SteerSnapshot) -> None:
        """Update the curves and the table, unless they show the same."""
        known = snapshot.past, snapshot.status.step, id(snapshot.earlier)
        drawn = known, self.app.theme, self.options, self.focused, self._shown, self.metrics
        if drawn != self._drawn:
            self._drawn = drawn
            for name in self._shown:
                if name == REPORTS:
                    self._show_reports(snapshot)
                elif name in CURVES:
                    self._show_curve(name, snapshot)

    def _show_curve(self, name: str, snapshot: SteerSnapshot) -> None:
        place = CURVES.index(name)
        if place < len(self.metrics):
            figure, title = metric_figure(snapshot, self.metrics[place], self.options)
            self._curves[name].figure = figure
            self._titles.set(name, title, focused=name == self.focused)
        else:
            self._curves[name].figure = _NO_REPORTS

    def _show_reports(self, snapshot: SteerSnapshot) -> None:
        names, latest = self.metrics, dict[str, float | None]()
        headings = ["\n".join(heading_lines(name)) for name in names]
        self._reports.metrics = tuple(map(Metric, headings, headings))
        reports = []
        for step, values in snapshot.past.reports:
            older = frozenset(place for place, name in enumerate(names) if name not in values)
            latest |= values
            reports.append(ReportRow(step, tuple(map(latest.get, names)), older))
        self._reports.reports = tuple(reports)
        self._titles.set(REPORTS, REPORTS, focused=self.focused == REPORTS)

    def _arrange(self) -> None:
        """Show the panels that are visible now."""
        columns, rows = self.app.size
        names = (SETTINGS, *CURVES[: self.curve_count], REPORTS)
        if self.focused not in names:
            self.focused = SETTINGS
        shown = (self.focused,) if self.zoomed else names
        framed = columns >= FRAMED_SIZE[0] and rows >= FRAMED_SIZE[1]
        count = len(self._settings.settings)
        self._area.use(arrangement(self.curve_count, count, framed=framed))
        self._shown = shown
        for name, widget in self._widgets.items():
            widget.display = name in shown
            widget.set_class(name == self.focused, "-focused")
        focused = self._widgets[self.focused]
        if not focused.has_focus and self.screen is self.app.screen:
            self.screen.set_focus(focused, scroll_visible=False)  # at once: the next key may be there already

"""The panel table: every panel of a tab, described once.

A new panel needs a widget, its help in `panel_help`, and an entry here: `Panel(name, title, make, help)`
suffices for a widget with a `snapshot` attribute. In an arrangement that has no place for it (see
arrangement.py), the panel opens full screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from textual.widget import Widget

from bpengine import FIELD, FIELDS, Task
from bpengine.data import DATASETS
from bptui.commands import key_of, keys_of
from bptui.screen.drawing import ROLES, Figure, Legend, Span
from bptui.screen.drawing.panel_legend import PanelHelp
from bptui.screen.tabs import classification, panel_help, regression
from bptui.screen.tabs.error_curve import (
    epoch_at,
    error_curve_title,
    error_figure,
    rates_figure,
    rates_title,
    reading,
)
from bptui.screen.tabs.picture_sheet import picture_sheet
from bptui.screen.terminal.capabilities import opens_with_maps
from bptui.screen.widgets.diagnostics import DiagnosticsPanel
from bptui.screen.widgets.error_table import ErrorTable, Metric, ReportRow
from bptui.screen.widgets.hyperparameters import HyperparameterPanel, SettingRow
from bptui.screen.widgets.metrics import MetricsPanel
from bptui.screen.widgets.network import NetworkPanel, UnitMaps
from bptui.screen.widgets.plot import ErrorCurve, Plot, SamplePlot
from bptui.session.fits import CellFits
from bptui.session.plane import Plane, projection, suited
from bptui.session.snapshot import RunProgress, Snapshot, Stage
from bptui.session.units import Place, nearest_unit, sizes_of, unit_name
from bpwords import Sentence, word

_Draw = Callable[..., tuple[Figure, Legend]]
_FIGURES: dict[Task, tuple[_Draw, _Draw, _Draw]] = {
    "regression": (regression.curve, regression.surface, regression.agreement),
    "classification": (classification.probabilities, classification.regions, classification.by_class),
}
"""What makes the plot of each task and its legend, over one input, over two, and for more."""


def plot_figure(
    snapshot: Snapshot, *, detail: bool = False, plane: Plane | None = None
) -> tuple[Figure, Legend]:
    """The plot and its legend.

    Args:
        snapshot: the run.
        detail: whether to add the hidden units' contributions to a curve, all samples to a map of numbers, or
            marks of wrong labels and, over a plane, how certain the network is to classes.
        plane: the two columns over which to draw more than two inputs.
    """
    over_one, over_two, of_more = _FIGURES[snapshot.run.config.task]
    if plane is not None:
        shown = projection(snapshot, plane)
        return over_two(shown.snapshot, detail=detail, of=shown)
    inputs = len(snapshot.run.dataset.domain)
    return (over_one if inputs == 1 else over_two if inputs == 2 else of_more)(snapshot, detail=detail)


MAX_LINES = 32
"""The most fits of a cell of the map that are drawn one by one: more would hide each other."""


def fits_figure(fits: CellFits) -> tuple[Figure, Legend]:
    """What the starts of a cell of the map have learned: the median start, drawn as on its tab.

    The other starts are lines behind it, or a cloud.
    """
    if fits.lines is None:
        return plot_figure(fits.snapshot)
    others = fits.lines[:MAX_LINES]
    figure, legend = regression.curve(fits.snapshot, others=list(others))
    sign = Span(ROLES["compared"].sign, "median")
    return figure, Legend.of(Legend.of(sign, Sentence("{number} starts")(number=len(others))), legend)


def is_map(snapshot: Snapshot, *, detail: bool, plane: Plane | None = None) -> bool:
    """Whether the plot is a map of numbers, which changes slowly."""
    is_plane = plane is not None or len(snapshot.run.dataset.domain) == 2
    return is_plane and (snapshot.run.config.task == "regression" or detail)


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """What the user has chosen to see within the panels."""

    setting: int = FIELDS.index(FIELD["learning_rate"])
    """The hyperparameter that the left and right keys change; an index into FIELDS."""
    unit: Place = (0, 0)
    """The unit chosen in the network: layer and unit, counted from 0."""
    log_errors: bool = True
    """Whether the error curve has a logarithmic axis."""
    smooth: bool = False
    """Whether the error curve is a moving average."""
    detail: bool = False
    """Whether the plot shows each hidden unit's contribution, or the class probabilities."""
    own_scales: bool = False
    """Whether each hidden unit is drawn on a scale of its own."""
    rates: bool = False
    """Whether the error curve makes room for the learning rate and the largest stable one."""
    in_lesson: bool = False
    """Whether a lesson says when to train, and the plot does not."""
    cursor: int | None = None
    """The epoch at which the error curve is read; None if it has no cursor."""
    sample: int | None = None
    """The number of the picture that is chosen in the sheet; None for none."""
    plane: Plane | None = None
    """The two columns over which the plot shows more than two inputs; None for another plot of them."""


_UNITS = Sentence("hidden units over {over}")
_UNITS_WITH_OWN_SCALES = Sentence("hidden units over {over}, own scales ({toggle_detail})")
_MAX_NAME = 20
"""The most characters of the name of the user's data."""


def cursor_of(snapshot: Snapshot, options: ViewOptions) -> int | None:
    """The epoch at which the error curve is read: a chosen one, or else the one that is shown."""
    viewed = snapshot.timeline.viewed
    return viewed if options.cursor is None and viewed is not None and viewed >= 0 else options.cursor


Show = Callable[[Any, Snapshot, ViewOptions], str | Legend | None]
"""(widget, snapshot, options) -> the panel's new title, or None to keep its title."""


def _show_snapshot(widget: Any, snapshot: Snapshot, _options: ViewOptions) -> None:
    widget.snapshot = snapshot


def _show_plot(plot: SamplePlot, snapshot: Snapshot, options: ViewOptions) -> Legend | None:
    detail, plot.sheet = options.detail, None
    plane = suited(options.plane, snapshot.run.dataset)
    plot.takes_columns = plane is not None
    # The plot says so, since people look there.
    waits = snapshot.status.stage is Stage.READY and not options.in_lesson
    note = Sentence("Press {toggle_run} to start")() if waits else ""
    if snapshot.run.dataset.picture is not None:
        sheet, legend = picture_sheet(snapshot, detail=detail, chosen=options.sample)
        return plot.show_sheet(replace(sheet, note=note), legend)
    if snapshot.run.config.task == "classification":
        # The key shows the other picture. Only the regions show where the starts of a cloud disagree.
        detail = detail != (opens_with_maps(plot.app) and snapshot.comparison.spread is None)
    is_late = is_map(snapshot, detail=detail, plane=plane)
    if is_late and not plot.map_pace.is_due(snapshot, (detail, plane)):
        return None
    figure, legend = plot_figure(snapshot, detail=detail, plane=plane)
    return plot.show(replace(figure, note=note), legend)


def _show_error_curve(plot: Plot, snapshot: Snapshot, options: ViewOptions) -> Legend:
    at, log, smooth = cursor_of(snapshot, options), options.log_errors, options.smooth
    if options.rates and snapshot.rates is not None:
        figure = rates_figure(snapshot, snapshot.rates, log=log, cursor=at)
        return plot.show(figure, rates_title(snapshot.rates, log=log, cursor=at))
    cursor = epoch_at(snapshot, at)
    figure = replace(error_figure(snapshot, log=log, smooth=smooth), cursor=cursor)
    if cursor is not None:
        return plot.show(figure, reading(snapshot, cursor))
    return plot.show(figure, error_curve_title(snapshot, log=log, smooth=smooth))


def _show_settings(panel: HyperparameterPanel, snapshot: Snapshot, options: ViewOptions) -> str:
    panel.settings = setting_rows(snapshot)
    panel.chosen = options.setting
    keys = f"{keys_of('up', 'down')} {keys_of('less', 'more')}"
    if len(keys) > 15:  # their names in ASCII
        keys = keys_of("up", "down", "less", "more")
    return f"{word('settings', 'title')} {keys} {options.setting + 1}/{len(FIELDS)}"


def setting_rows(snapshot: Snapshot) -> tuple[SettingRow, ...]:
    """The hyperparameters, compared with those of another run if there is one."""
    config, unused, reference = snapshot.run.config, snapshot.run.unused, snapshot.comparison.reference
    pinned = config if reference is None else reference.run.config
    texts = _data_texts(snapshot.run)
    rows = []
    for field in FIELDS:
        name = field.name
        value, before = getattr(config, name), getattr(pinned, name)
        rows.append(
            SettingRow(
                field.label,
                field.symbol,
                value=texts[name] if name in texts else _brief(name, value),
                before="" if before == value else _brief(name, before),
                help="" if snapshot.status.hides_verdicts else field.help,
                is_unused=name in unused,
                is_fixed=name in texts,
            )
        )
    return tuple(rows)


@lru_cache(maxsize=256)
def _brief(name: str, value: Any) -> str:
    return FIELD[name].brief(value)


def _data_texts(run: RunProgress) -> dict[str, str]:
    """Texts that replace settings of the data set: for the user's own data, and for noise that is fixed."""
    if "dataset" in run.unused:
        name = run.dataset.name
        return {"dataset": name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"}
    own, added = DATASETS[run.config.dataset].noise, run.config.noise
    if not own:
        return {}
    said = Sentence("own {noise}")(noise=f"{own:g}")
    return {"noise": said if not added else f"{FIELD['noise'].format(added)} + {said}"}


def _show_error_table(table: ErrorTable, snapshot: Snapshot, _options: ViewOptions) -> None:
    has_test = snapshot.run.dataset.test is not None
    error = Metric(word("epoch error", "title"), word("error", "title"))
    test_error = Metric(word("test error", "title"), word("test", "title"))
    table.metrics = (error, test_error) if has_test else (error,)
    table.reports = tuple(
        ReportRow(report.epoch, (report.error, report.test_error) if has_test else (report.error,))
        for report in snapshot.run.reports
    )


def _show_network(panel: NetworkPanel, snapshot: Snapshot, options: ViewOptions) -> str:
    panel.snapshot = snapshot
    panel.chosen = options.unit
    if panel.has_class("-in-turn"):
        return Sentence("network ({toggle_metrics})")()
    return Sentence("network, {unit}")(
        unit=unit_name(snapshot, nearest_unit(options.unit, sizes_of(snapshot)))
    )


def _show_units(maps: UnitMaps, snapshot: Snapshot, options: ViewOptions) -> str:
    maps.own_scales = options.own_scales
    maps.snapshot = snapshot
    dataset = snapshot.run.dataset
    if dataset.picture is not None:
        return word("what the units look at", "title")
    by = Sentence("the samples, by {target}")
    over = word("the inputs") if len(dataset.domain) <= 2 else by(target=dataset.target)
    return (_UNITS_WITH_OWN_SCALES if options.own_scales else _UNITS)(over=over)


class Panel(NamedTuple):
    """A part of a tab that shows one aspect of the run."""

    name: str
    """The id of the widget."""
    title: str
    """The title until `show` returns another one."""
    make: Callable[..., Widget]
    """Makes the widget from its id and classes."""
    help: PanelHelp
    """What the help says about it."""
    show: Show = _show_snapshot
    """Gives the widget what it shows."""
    command: str = ""
    """The command whose key is part of the title; empty for none."""

    @property
    def first_title(self) -> str:
        """The title with its key."""
        title, with_key = word(self.title, "title"), Sentence("{title} ({key})")
        return with_key(title=title, key=key_of(self.command)) if self.command else title


PANELS: tuple[Panel, ...] = (
    Panel("settings", "settings", HyperparameterPanel, panel_help.SETTINGS, show=_show_settings),
    Panel("plot", "", SamplePlot, panel_help.PLOT, show=_show_plot),
    Panel("error", "error", ErrorCurve, panel_help.ERROR, show=_show_error_curve),
    Panel("table", "reported epochs", ErrorTable, panel_help.TABLE, _show_error_table, "toggle_metrics"),
    Panel("metrics", "metrics", MetricsPanel, panel_help.METRICS, command="toggle_metrics"),
    Panel("network", "network", NetworkPanel, panel_help.NETWORK, show=_show_network),
    Panel("units", "hidden units over the inputs", UnitMaps, panel_help.UNITS, show=_show_units),
    Panel("diagnostics", "diagnostics", DiagnosticsPanel, panel_help.DIAGNOSTICS),
)
"""Every panel, in the order in which the tab key focuses them."""

NAMES: tuple[str, ...] = tuple(panel.name for panel in PANELS)
"""The names of the panels, in the same order."""

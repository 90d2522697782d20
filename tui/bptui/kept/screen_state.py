"""The state of the whole screen, and its form in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELDS, TASKS, CheckpointError, ConfigError, Task, TrainingConfig
from bpengine.checkpoint import (
    DamagedError,
    SavedRun,
    UnknownSettingError,
    decode_config,
    decode_run,
    encode_config,
    encode_run,
    parse_json,
)
from bpengine.checkpoint.values import damaged, items, members, whole
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.wording import printable_path
from bptui.kept.folder import RunSummary, read_file
from bptui.session.pins import LABELS
from bptui.session.session import Session
from bptui.session.session_state import SavedPin, SessionState
from bptui.session.speed import SPEEDS

if TYPE_CHECKING:
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.panels import ViewOptions
    from bptui.views.run_view import RunView

COMPUTATION_TIMEOUT = 1.0
"""Seconds to wait for a computation that changes a run while the state is copied."""

_STATE = ("open", "layout", "tabs")
_LAYOUT = ("hidden", "focused", "zoomed", "metrics")
_TAB = (
    *("run", "pins", "baseline", "not_repeated", "retraining", "running", "what_if", "cloud"),
    *("opened_with", "speed", "options"),
)
_PIN = ("label", "run")
_OPTIONS = ("setting", "unit", "log_errors", "smooth", "detail", "own_scales")
_MAX_UNIT = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TabState:
    """The kept state of a tab."""

    session: SessionState
    options: ViewOptions | None
    """What the tab shows; None if the run was kept by a dialogue, which shows nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ScreenState:
    """The kept state of the whole screen."""

    open: Task
    """The open tab."""
    layout: PanelLayout | None
    """The panel layout; None if the state was kept by a dialogue, which has no panels."""
    tabs: Mapping[Task, TabState]
    """The tabs that are worth keeping."""

    def summaries(self) -> list[RunSummary]:
        """The summaries of the runs, that of the open tab first."""
        order = sorted(self.tabs, key=lambda task: task != self.open)
        return [_summary(self.tabs[task].session.run) for task in order]


class Busy(Exception):  # noqa: N818  a state, not an error
    """The state can't be copied now, since a computation is changing a run."""


def screen_state(views: Mapping[Task, RunView], opened: Task) -> ScreenState | None:
    """The current state, or None if nothing was trained or changed. Any thread may call this.

    Args:
        views: the tabs.
        opened: the open tab.

    Raises:
        Busy: a computation takes longer than `COMPUTATION_TIMEOUT`.
    """
    states = _states({task: view.session for task, view in views.items()})
    tabs = {task: TabState(state, views[task].options) for task, state in states.items()}
    return ScreenState(opened, views[opened].panel_layout, tabs) if tabs else None


def dialogue_state(sessions: Mapping[Task, Session], opened: Task) -> ScreenState | None:
    """The current state of a dialogue, which has a session for each task but no screen.

    Raises:
        Busy: a computation takes longer than `COMPUTATION_TIMEOUT`.
    """
    tabs = {task: TabState(state, None) for task, state in _states(sessions).items()}
    return ScreenState(opened, None, tabs) if tabs else None


def _states(sessions: Mapping[Task, Session]) -> dict[Task, SessionState]:
    """The states of the sessions that are worth keeping, or were opened with other than default settings."""
    used = {task: session for task, session in sessions.items() if not session.is_default}
    if not any(session.is_worth_keeping for session in used.values()):
        return {}
    states = {}
    for task, session in used.items():
        state = session.state_to_keep(COMPUTATION_TIMEOUT)
        if state is None:
            raise Busy
        states[task] = state
    return states


def read_state(path: Path, *, screen: bool = True) -> ScreenState:
    """Read the state in a file of the folder of kept runs.

    Args:
        path: the file.
        screen: whether to read the layout and what was shown as well. A dialogue does not need them, and does
            not load the screen modules that check them.

    Raises:
        CheckpointError: the file can't be read, or is damaged.
    """
    _, body = read_file(path)
    name = printable_path(path)
    try:
        return decode_state(parse_json(body), screen=screen)
    except DamagedError as error:
        raise CheckpointError(f"{name}: is damaged: {error}") from None
    except UnknownSettingError as error:
        raise CheckpointError(f"{name}: {error}") from None


def encode_state(state: ScreenState) -> dict[str, Any]:
    """The state as a JSON object.

    Raises:
        DamagedError: `decode_state` would refuse the user's own samples.
    """
    layout = state.layout
    return {
        "open": state.open,
        "layout": None
        if layout is None
        else {
            "hidden": sorted(layout.hidden),
            "focused": layout.focused,
            "zoomed": layout.zoomed,
            "metrics": layout.metrics,
        },
        "tabs": {task: _encode_tab(tab) for task, tab in state.tabs.items()},
    }


def decode_state(value: Any, *, screen: bool = True) -> ScreenState:
    """The state that `encode_state` encoded. See `read_state` for `screen`.

    Raises:
        DamagedError: no screen can have these values.
        UnknownSettingError: a newer version has written them.
    """
    opened, layout, tabs = members(value, _STATE, "the state")
    if opened not in TASKS:
        raise damaged("open", "is not a known task")
    if not isinstance(tabs, dict) or not tabs or not set(tabs) <= set(TASKS):
        raise damaged("tabs", "does not have the known tasks")
    decoded = {task: _decode_tab(tab, screen) for task, tab in tabs.items()}
    for task, tab in decoded.items():
        if any(run.state.config.task != task for run in tab.session.runs):
            raise damaged("tabs", "has a run of another task")
    return ScreenState(opened, _decode_layout(layout) if screen else None, decoded)


def _summary(run: SavedRun) -> RunSummary:
    last = run.state.history.last
    config = run.state.config
    error = last.error if last is not None and math.isfinite(last.error) else None
    return RunSummary(config.task, run.state.epochs_done, config.epochs, error)


def _encode_tab(tab: TabState) -> dict[str, Any]:
    session, options = tab.session, tab.options
    return {
        "run": encode_run(session.run),
        "pins": [{"label": pin.label, "run": encode_run(pin.run)} for pin in session.pins],
        "baseline": None if session.baseline is None else encode_run(session.baseline),
        "not_repeated": session.not_repeated,
        "retraining": session.retraining,
        "running": session.running,
        "what_if": session.what_if,
        "cloud": session.cloud,
        "opened_with": encode_config(session.opened_with),
        "speed": session.speed,
        "options": None if options is None else {name: getattr(options, name) for name in _OPTIONS},
    }


def _decode_tab(value: Any, screen: bool) -> TabState:
    if isinstance(value, dict):
        # Older files do not have them.
        value = {"cloud": False, "not_repeated": [], "opened_with": None, **value}
    parts = members(_with_pins(value), _TAB, "the tab")
    run, pins, kept, not_repeated, retraining, running, what_if, cloud, opened_with, speed, options = parts
    baseline = None if kept is None else decode_run(kept)
    if retraining is not None:
        epoch, run_afterwards = items(retraining, 2, "retraining")
        epoch = whole(epoch, 0, MAX_EPOCHS, "retraining")
        retraining = (epoch, _truth(run_afterwards, "retraining"))
    decoded = decode_run(run)
    session = SessionState(
        run=decoded,
        pins=_decode_pins(pins),
        baseline=baseline,
        retraining=retraining,
        running=_truth(running, "running"),
        what_if=_truth(what_if, "what_if"),
        cloud=_truth(cloud, "cloud"),
        opened_with=_decode_opened_with(opened_with, decoded.state.config.task),
        speed=whole(speed, 0, len(SPEEDS) - 1, "speed"),
        not_repeated=_decode_not_repeated(not_repeated, baseline),
    )
    return TabState(session, _decode_options(options) if screen else None)


def _decode_not_repeated(value: Any, baseline: SavedRun | None) -> tuple[int, ...]:
    edits = () if baseline is None else baseline.state.edits
    if not isinstance(value, list) or len(value) > len(edits):
        raise damaged("not_repeated", "does not name edits of the previous run")
    return tuple(whole(number, 0, len(edits) - 1, "not_repeated") for number in value)


def _decode_opened_with(value: Any, task: Task) -> TrainingConfig:
    if value is None:
        return TrainingConfig.defaults(task)
    try:
        config = decode_config(value)
    except ConfigError as error:
        raise damaged("opened_with", str(error)) from None
    if config.task != task:
        raise damaged("opened_with", "is of another task")
    return config


def _with_pins(tab: Any) -> Any:
    """The tab in the current format; older files have one run to compare with, a pin or a baseline."""
    if not isinstance(tab, dict) or "pinned" not in tab or {"pins", "baseline"} & set(tab):
        return tab
    run = tab["pinned"]
    is_baseline = run is None or tab.get("what_if") is True
    pins = [] if is_baseline else [{"label": LABELS[0], "run": run}]
    others = {name: value for name, value in tab.items() if name != "pinned"}
    return {**others, "pins": pins, "baseline": run if is_baseline else None}


def _decode_pins(value: Any) -> tuple[SavedPin, ...]:
    if not isinstance(value, list):
        raise damaged("pins", "is not a list")
    pins: list[SavedPin] = []
    for pin in value:
        label, run = members(pin, _PIN, "a pin")
        if label not in tuple(LABELS) or label in (each.label for each in pins):
            raise damaged("pins", "has a letter that no other pin may have, or an unknown one")
        pins.append(SavedPin(label, decode_run(run)))
    return tuple(pins)


def _decode_options(value: Any) -> ViewOptions | None:
    if value is None:
        return None
    from bptui.views.panels import ViewOptions

    if isinstance(value, dict):
        value = {"own_scales": False, **value}  # older files do not have it
    setting, unit, *switches = members(value, _OPTIONS, "options")
    layer, number = items(unit, 2, "options.unit")
    names = _OPTIONS[2:]
    return ViewOptions(
        setting=whole(setting, 0, len(FIELDS) - 1, "options.setting"),
        unit=(whole(layer, 0, _MAX_UNIT, "options.unit"), whole(number, 0, _MAX_UNIT, "options.unit")),
        **{name: _truth(switch, name) for name, switch in zip(names, switches, strict=True)},
    )


def _decode_layout(value: Any) -> PanelLayout | None:
    if value is None:
        return None
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.panels import NAMES

    hidden, focused, zoomed, metrics = members(value, _LAYOUT, "layout")
    if not isinstance(hidden, list) or any(name not in NAMES for name in hidden):
        raise damaged("layout.hidden", "has an unknown panel")
    if focused not in NAMES or focused in hidden:
        raise damaged("layout.focused", "is not a visible panel")
    return PanelLayout(
        frozenset(hidden), focused, zoomed=_truth(zoomed, "zoomed"), metrics=_truth(metrics, "metrics")
    )


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise damaged(where, "is neither true nor false")
    return value

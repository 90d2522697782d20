"""The state of the whole screen, and its form in a file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELD, FIELDS, Task
from bpengine.checkpoint import SavedRun, codec, container
from bpengine.checkpoint.container import Content, damaged
from bpengine.checkpoint.runs import decode_config, decode_runs, encode_config, encode_runs
from bpengine.checkpoint.saving import errors_of
from bpengine.hyperparameters import MAX_EPOCHS
from bptui.kept.folder import KIND, RunSummary
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


@dataclass(frozen=True, slots=True)
class _Options:
    """What a file holds of `ViewOptions`, with names in place of indexes."""

    setting: str
    unit: str
    """The unit as it is called on the screen."""
    log_errors: bool
    smooth: bool
    detail: bool
    own_scales: bool


_SWITCHES = ("log_errors", "smooth", "detail", "own_scales")
_UNIT = re.compile(r"unit ([1-9]\d{0,6}) of layer ([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class _Tab:
    """What a file holds of a tab, apart from its runs; see `SessionState`."""

    pins: tuple[str, ...]
    """The letters of the pins, the oldest first."""
    has_baseline: bool
    retraining: tuple[int, bool] | None
    running: bool
    what_if: bool
    cloud: bool
    opened_with: dict[str, Any]
    speed: str
    not_repeated: tuple[int, ...]
    options: _Options | None


_COPIED = ("retraining", "running", "what_if", "cloud", "speed", "not_repeated")
"""The fields of a tab that are as in `SessionState`."""


@dataclass(frozen=True, slots=True)
class _Screen:
    """What a file holds apart from the runs, whose names are those of the tasks, `regression baseline` and
    `regression pin A`."""

    open: Task
    layout: dict[str, Any] | None
    tabs: dict[Task, _Tab]


def read_state(path: Path, *, screen: bool = True) -> ScreenState:
    """Read the state in a file of the folder of kept runs.

    Args:
        path: the file.
        screen: whether to read the layout and what was shown as well. A dialogue does not need them, and does
            not load the screen modules that check them.

    Raises:
        CheckpointError: the file can't be read, or is damaged.
    """
    with errors_of(path):
        return decode_state(container.read(path, KIND), screen=screen)


def encode_state(state: ScreenState) -> Content:
    """The state as content of a file.

    Raises:
        DamagedError: `decode_state` would refuse the user's own samples.
    """
    runs: dict[str, SavedRun] = {}
    for task, tab in state.tabs.items():
        baseline, session = tab.session.baseline, tab.session
        runs |= {task: session.run} | ({} if baseline is None else {f"{task} baseline": baseline})
        runs |= {f"{task} pin {pin.label}": pin.run for pin in session.pins}
    layout = None if state.layout is None else codec.encode(state.layout)
    screen = _Screen(state.open, layout, {task: _saved(tab) for task, tab in state.tabs.items()})
    return {"screen": codec.encode(screen), **encode_runs(runs)}


def decode_state(content: Content, *, screen: bool = True) -> ScreenState:
    """The state that `encode_state` encoded. See `read_state` for `screen`.

    Raises:
        DamagedError: no screen can have these values.
        ForeignError: a newer version has written them.
    """
    shown: _Screen = codec.decode(_Screen, content.pop("screen", None), "screen")
    runs = decode_runs(content)
    if not shown.tabs:
        raise damaged("screen.tabs", "has no tab")
    tabs = {task: _restored(task, tab, runs, screen=screen) for task, tab in shown.tabs.items()}
    if runs:
        raise damaged("runs", "has a run of no tab")
    return ScreenState(shown.open, _layout(shown.layout) if screen else None, tabs)


def _summary(run: SavedRun) -> RunSummary:
    last = run.state.history.last
    config = run.state.config
    error = last.error if last is not None and math.isfinite(last.error) else None
    return RunSummary(config.task, run.state.epochs_done, config.epochs, error)


def _saved(tab: TabState) -> _Tab:
    session, options = tab.session, tab.options
    return _Tab(
        pins=tuple(pin.label for pin in session.pins),
        has_baseline=session.baseline is not None,
        opened_with=encode_config(session.opened_with),
        options=None
        if options is None
        else _Options(
            setting=FIELDS[options.setting].name,
            unit="unit {1} of layer {0}".format(*(number + 1 for number in options.unit)),
            **{name: getattr(options, name) for name in _SWITCHES},
        ),
        **{name: getattr(session, name) for name in _COPIED},
    )


def _restored(task: Task, tab: _Tab, runs: dict[str, SavedRun], *, screen: bool) -> TabState:
    """The state of a tab, whose runs are taken from those of the file."""
    where = f"screen.tabs.{task}"

    def run(name: str) -> SavedRun:
        if name not in runs or runs[name].state.config.task != task:
            raise damaged("runs", f"has no {name} of this task")
        return runs.pop(name)

    baseline = run(f"{task} baseline") if tab.has_baseline else None
    opened_with = decode_config(tab.opened_with, f"{where}.opened_with")
    edits = () if baseline is None else baseline.state.edits
    epoch = 0 if tab.retraining is None else tab.retraining[0]
    for name, holds in {
        "pins": set(tab.pins) <= set(LABELS) and len(set(tab.pins)) == len(tab.pins),
        "opened_with": opened_with.task == task,
        "speed": tab.speed in (speed.label for speed in SPEEDS),
        "retraining": 0 <= epoch <= MAX_EPOCHS and (tab.retraining is None or baseline is not None),
        "not_repeated": all(0 <= number < len(edits) for number in tab.not_repeated),
    }.items():
        if not holds:
            raise damaged(f"{where}.{name}", "does not go together with the runs")
    session = SessionState(
        run=run(task),
        pins=tuple(SavedPin(label, run(f"{task} pin {label}")) for label in tab.pins),
        baseline=baseline,
        opened_with=opened_with,
        **{name: getattr(tab, name) for name in _COPIED},
    )
    return TabState(session, _options(tab.options, where) if screen and tab.options else None)


def _options(saved: _Options, where: str) -> ViewOptions:
    from bptui.views.panels import ViewOptions

    unit = _UNIT.fullmatch(saved.unit)
    if saved.setting not in FIELD or unit is None:
        raise damaged(f"{where}.options", "has an unknown setting or unit")
    return ViewOptions(
        setting=FIELDS.index(FIELD[saved.setting]),
        unit=(int(unit[2]) - 1, int(unit[1]) - 1),
        **{name: getattr(saved, name) for name in _SWITCHES},
    )


def _layout(value: Content | None) -> PanelLayout | None:
    if value is None:
        return None
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.panels import NAMES

    layout: PanelLayout = codec.decode(PanelLayout, value, "screen.layout")
    if not layout.hidden <= set(NAMES) or layout.focused not in set(NAMES) - layout.hidden:
        raise damaged("screen.layout", "has an unknown panel, or focuses a hidden one")
    return layout

"""The form of the screen's state in a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELDS, TASKS, Task
from bpengine.checkpoint import codec, container
from bpengine.checkpoint.container import Content, damaged
from bpengine.checkpoint.runs import decode_config, decode_runs, encode_config, encode_runs
from bpengine.checkpoint.saving import errors_of
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.run import RunState
from bpengine.timeline import Keyframes
from bptui.kept.folder import KIND
from bptui.kept.screen_state import ScreenState, TabState, lessons_of
from bptui.session.document import Baseline, Document, Goal, SessionState
from bptui.session.pins import LABELS, Pin, Pins
from bptui.session.speed import SPEED

if TYPE_CHECKING:
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.panels import ViewOptions


@dataclass(frozen=True, slots=True)
class _Tab:
    """What a file holds of a tab, apart from its runs; see `SessionState` and `Document`."""

    pins: tuple[str, ...]
    """The letters of the pins, the oldest first."""
    has_baseline: bool
    goal: tuple[int, bool] | None
    """The epoch that a what-if trains to, and whether the run continues from there."""
    running: bool
    what_if: bool
    cloud: bool
    opened_with: dict[str, Any]
    speed: str
    missing: tuple[int, ...]
    options: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Screen:
    """What a file holds apart from the runs, whose names are those of the tasks, `regression baseline` and
    `regression pin A`."""

    open: Task
    layout: dict[str, Any] | None
    tabs: dict[Task, _Tab]


_LESSONS = "lessons"
"""The names of the open lessons in a file; it is not there if none is open."""


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
    runs: dict[str, RunState] = {}
    for task, tab in state.tabs.items():
        document = tab.session.document
        runs[task] = document.run
        if document.baseline is not None:
            runs[f"{task} baseline"] = document.baseline.run
        runs |= {f"{task} pin {pin.label}": pin.run for pin in document.pins.runs}
    layout = None if state.layout is None else codec.encode(state.layout)
    screen = _Screen(state.open, layout, {task: _saved(tab) for task, tab in state.tabs.items()})
    lessons = {_LESSONS: dict(state.lessons)} if state.lessons else {}
    return {"screen": codec.encode(screen), **lessons, **encode_runs(runs)}


def decode_state(content: Content, *, screen: bool = True) -> ScreenState:
    """The state that `encode_state` encoded. See `read_state` for `screen`.

    Raises:
        DamagedError: no screen can have these values.
        ForeignError: a newer version has written them.
    """
    shown: _Screen = codec.decode(_Screen, content.pop("screen", None), "screen")
    lessons = codec.decode(dict[Task, str], content.pop(_LESSONS, {}), _LESSONS)
    runs = decode_runs(content, len(TASKS) * (2 + len(LABELS)))  # with baselines and pins
    if not shown.tabs:
        raise damaged("screen.tabs", "has no tab")
    tabs = {task: _restored(task, tab, runs, screen=screen) for task, tab in shown.tabs.items()}
    if runs:
        raise damaged("runs", "has a run of no tab")
    return ScreenState(shown.open, _layout(shown.layout) if screen else None, tabs, lessons_of(tabs, lessons))


def _saved(tab: TabState) -> _Tab:
    session, document, options = tab.session, tab.session.document, tab.options
    goal = document.goal
    return _Tab(
        pins=tuple(pin.label for pin in document.pins.runs),
        has_baseline=document.baseline is not None,
        goal=None if goal is None else (goal.epoch, goal.runs_on),
        running=session.running,
        what_if=document.what_if,
        cloud=session.cloud,
        opened_with=encode_config(document.opened_with),
        speed=session.speed,
        missing=() if document.baseline is None else document.missing,
        options=None if options is None else codec.encode(replace(options, rates=False, cursor=None)),
    )


def _restored(task: Task, tab: _Tab, runs: dict[str, RunState], *, screen: bool) -> TabState:
    """The state of a tab, whose runs are taken from those of the file."""
    where = f"screen.tabs.{task}"

    def run(name: str) -> RunState:
        if name not in runs or runs[name].config.task != task:
            raise damaged("runs", f"has no {name} of this task")
        return runs.pop(name)

    def baseline_of(run: RunState) -> Baseline:
        return Baseline(run, Keyframes.beginning_with(run))

    baseline = baseline_of(run(f"{task} baseline")) if tab.has_baseline else None
    opened_with = decode_config(tab.opened_with, f"{where}.opened_with")
    edits = () if baseline is None else baseline.run.edits
    epoch = 0 if tab.goal is None else tab.goal[0]
    for name, holds in {
        "pins": set(tab.pins) <= set(LABELS) and len(set(tab.pins)) == len(tab.pins),
        "opened_with": opened_with.task == task,
        "speed": tab.speed in SPEED,
        "goal": 0 <= epoch <= MAX_EPOCHS and (tab.goal is None or baseline is not None),
        "missing": all(0 <= number < len(edits) for number in tab.missing),
    }.items():
        if not holds:
            raise damaged(f"{where}.{name}", "does not go together with the runs")
    latest = run(task)
    document = Document(
        run=latest,
        past=Keyframes.beginning_with(latest),
        opened_with=opened_with,
        baseline=baseline,
        missing=tab.missing,
        goal=None if tab.goal is None or baseline is None else Goal(*tab.goal, baseline),
        pins=Pins(tuple(Pin(label, run(f"{task} pin {label}")) for label in tab.pins)),
        what_if=tab.what_if,
    )
    state = SessionState(document, running=tab.running, cloud=tab.cloud, speed=tab.speed)
    return TabState(state, _options(tab.options, where) if screen and tab.options else None)


def _options(value: Content, where: str) -> ViewOptions:
    from bptui.views.panels import ViewOptions

    options: ViewOptions = codec.decode(ViewOptions, value, f"{where}.options")
    if options.setting not in range(len(FIELDS)) or min(options.unit) < 0:
        raise damaged(f"{where}.options", "has an unknown setting or unit")
    return options


def _layout(value: Content | None) -> PanelLayout | None:
    if value is None:
        return None
    from bptui.views.panel_layout import PanelLayout
    from bptui.views.panels import NAMES

    layout: PanelLayout = codec.decode(PanelLayout, value, "screen.layout")
    if not layout.hidden <= set(NAMES) or layout.focused not in set(NAMES) - layout.hidden:
        raise damaged("screen.layout", "has an unknown panel, or focuses a hidden one")
    return layout

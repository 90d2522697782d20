"""The state of the whole screen, what of it is worth keeping, and its form in a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpengine import TASKS, Task
from bpengine.checkpoint import codec, container
from bpengine.checkpoint.container import Content, damaged
from bpengine.checkpoint.runs import decode_config, decode_runs, encode_config, encode_runs
from bpengine.checkpoint.saving import errors_of
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.training.run import RunState
from bpengine.training.timeline import Keyframes
from bptui.session.autosave.runs_folder import KIND, RunSummary
from bptui.session.document import LABELS, Baseline, Document, Goal, Pin, Pins, SessionState
from bptui.session.speed import SPEED
from bpwords import printable


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


@dataclass(frozen=True, slots=True)
class _Screen:
    """What a file holds apart from the runs, whose names are those of the tasks, `regression baseline` and
    `regression pin A`."""

    open: Task
    tabs: dict[Task, _Tab]


_LESSONS = "lessons"
"""The names of the open lessons in a file; it is not there if none is open."""


def read_state(path: Path) -> ScreenState:
    """Read the state in a file of the folder of kept runs.

    Raises:
        CheckpointError: the file can't be read, or is damaged.
    """
    with errors_of(path):
        return decode_state(container.read(path, KIND))


def encode_state(state: ScreenState) -> Content:
    """The state as content of a file.

    Raises:
        DamagedError: `decode_state` would refuse the user's own samples.
    """
    runs: dict[str, RunState] = {}
    for task, tab in state.tabs.items():
        document = tab.document
        runs[task] = document.run
        if document.baseline is not None:
            runs[f"{task} baseline"] = document.baseline.run
        runs |= {f"{task} pin {pin.label}": pin.run for pin in document.pins.runs}
    screen = _Screen(state.open, {task: _saved(tab) for task, tab in state.tabs.items()})
    lessons = {_LESSONS: dict(state.lessons)} if state.lessons else {}
    return {"screen": codec.encode(screen), **lessons, **encode_runs(runs)}


def decode_state(content: Content) -> ScreenState:
    """The state that `encode_state` encoded.

    Raises:
        DamagedError: no screen can have these values.
        ForeignError: a newer version has written them.
    """
    shown: _Screen = codec.decode(_Screen, content.pop("screen", None), "screen")
    lessons = codec.decode(dict[Task, str], content.pop(_LESSONS, {}), _LESSONS)
    runs = decode_runs(content, len(TASKS) * (2 + len(LABELS)))  # with baselines and pins
    if not shown.tabs:
        raise damaged("screen.tabs", "has no tab")
    tabs = {task: _restored(task, tab, runs) for task, tab in shown.tabs.items()}
    if runs:
        raise damaged("runs", "has a run of no tab")
    return ScreenState(shown.open, tabs, lessons_of(tabs, lessons))


def _saved(session: SessionState) -> _Tab:
    document, goal = session.document, session.document.goal
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
    )


def _restored(task: Task, tab: _Tab, runs: dict[str, RunState]) -> SessionState:
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
    return SessionState(document, running=tab.running, cloud=tab.cloud, speed=tab.speed)


@dataclass(frozen=True, slots=True, eq=False)
class ScreenState:
    """The kept state of the whole screen."""

    open: Task
    """The open tab."""
    tabs: Mapping[Task, SessionState]
    """The tabs that are worth keeping."""
    lessons: Mapping[Task, str] = field(default_factory=dict)
    """The names of the lessons that are open on these tabs."""

    def summaries(self) -> list[RunSummary]:
        """The summaries of the runs, that of the open tab first."""
        order = sorted(self.tabs, key=lambda task: task != self.open)
        return [_summary(self.tabs[task].document.run) for task in order]


def worth_keeping(
    tabs: Mapping[Task, SessionState], opened: Task, lessons: Mapping[Task, str]
) -> ScreenState | None:
    """The state with those tabs that are worth keeping, or were opened with other than default settings.

    Args:
        tabs: the state of each tab.
        opened: the open tab.
        lessons: the names of the open lessons.

    Returns:
        None if nothing was trained or changed.
    """
    used = {task: tab for task, tab in tabs.items() if not tab.is_default}
    if not any(tab.is_worth_keeping for tab in used.values()):
        return None
    return ScreenState(opened, used, lessons_of(used, lessons))


def lessons_of(tabs: Mapping[Task, SessionState], lessons: Mapping[Task, str]) -> dict[Task, str]:
    """The lessons of the tabs that are kept."""
    return {task: name for task, name in lessons.items() if task in tabs}


def _summary(run: RunState) -> RunSummary:
    last = run.history.last
    config = run.config
    error = last.error if last is not None and math.isfinite(last.error) else None
    data = run.source.name if run.source else config.function or config.dataset
    return RunSummary(config.task, run.epochs_done, config.epochs, error, printable(data))

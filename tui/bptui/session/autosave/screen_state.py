"""The state of the whole screen, and what of it is worth keeping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from bpengine import Task
from bpengine.training.run import RunState
from bpengine.wording import printable
from bptui.session.autosave.runs_folder import RunSummary
from bptui.session.document import SessionState


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

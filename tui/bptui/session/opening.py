"""The sessions that the screen or the dialogue opens with."""

from __future__ import annotations

from bpengine import Task
from bptui.session.session import Session
from bptui.startup.start_settings import StartSettings


def sessions_of(start: StartSettings) -> dict[Task, Session]:
    """A session for each task; a run to resume belongs to the session of its task.

    Args:
        start: the settings at the start.
    """
    return {
        task: Session(config, start.sources.get(task), kernel=start.kernel, restored=start.restored_for(task))
        for task, config in start.configs.items()
    }

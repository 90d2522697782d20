"""The sessions that the screen or the dialogue opens with."""

from __future__ import annotations

from bpengine import Task
from bptui.session.kernel_choice import KernelChoice
from bptui.session.session import Session
from bptui.startup.start_settings import StartSettings


def sessions_of(start: StartSettings, kernels: KernelChoice) -> dict[Task, Session]:
    """A session for each task; a run to resume belongs to the session of its task.

    Args:
        start: the settings at the start.
        kernels: chooses the kernel of all runs.
    """
    sessions = {}
    for task, config in start.configs.items():
        restored = start.restored_for(task)
        sessions[task] = Session(
            config,
            start.sources.get(task),
            kernels=kernels,
            restored=restored,
            awaited_kernel="" if restored is None else start.awaited_kernel,
        )
    return sessions

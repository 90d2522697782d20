"""What the screen opens with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bpengine import TASKS, Dataset, Task, Trainer, TrainingConfig

FRAMES_PER_SECOND = 12
"""Enough to see it move, at a third of what a slow terminal can take."""


def _defaults() -> dict[Task, TrainingConfig]:
    return {task: TrainingConfig.defaults(task) for task in TASKS}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StartSettings:
    """From the command line, a settings file and a checkpoint, all checked: the screen needs no more."""

    configs: Mapping[Task, TrainingConfig] = field(default_factory=_defaults)
    """The settings of each tab; of a restored run those in force."""
    sources: Mapping[Task, Dataset | None] = field(default_factory=lambda: dict.fromkeys(TASKS))
    """Each tab's own samples, raw as they came from a file; None takes the named set."""
    restored: Trainer | None = None
    """A run to go on with, in the tab of its task."""
    awaited_kernel: str = ""
    """The kernel that it goes on with as soon as that is there; empty if it has it."""
    kernel: str = "auto"
    """Which one computes: auto, numpy or numba."""
    start: Task = "regression"
    """The tab to open."""
    ascii: bool = False
    """Whether all that is drawn is ASCII."""
    fps: int = FRAMES_PER_SECOND
    """Frames a second at the most, while training; keys draw at once."""
    paused: bool = False
    """Whether the runs wait for a key rather than start by themselves."""
    memory: Path | None = None
    """The file in which the screen's panel layout is remembered; None remembers nothing."""

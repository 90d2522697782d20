"""The settings that the screen opens with, and the lesson."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bpengine import TASKS, Dataset, Task, Trainer, TrainingConfig
from bptui.settings.languages import locale_language

if TYPE_CHECKING:
    from bptui.experiments.cluster.address import ClusterAddress

FRAMES_PER_SECOND = 12
"""The default limit: enough for smooth changes, and a third of what a slow terminal can draw."""


class LessonStart(NamedTuple):
    """What the command line says about lessons."""

    name: str | None = None
    """The lesson to open, by its ID or file; empty to ask which one, None for no lesson."""
    language: str | None = None
    """The language in which lessons are shown; None for that of the locale."""
    folder: Path | None = None
    """A folder of lessons besides those that are shipped; None for none."""
    progress: Path | None = None
    """The folder in which the progress is kept; None to keep none."""

    @property
    def wanted_language(self) -> str:
        """The language, for `Lesson.language`."""
        return self.language or locale_language(os.environ)


def _defaults() -> dict[Task, TrainingConfig]:
    return {task: TrainingConfig.defaults(task) for task in TASKS}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StartSettings:
    """Everything that the screen needs from the command line, the settings file and a checkpoint, checked."""

    configs: Mapping[Task, TrainingConfig] = field(default_factory=_defaults)
    """The hyperparameters of each tab; for a resumed run, its current ones."""
    sources: Mapping[Task, Dataset | None] = field(default_factory=lambda: dict.fromkeys(TASKS))
    """The samples of each tab that were read from a file; None for a named data set."""
    data: Mapping[Task, Mapping[str, Any]] = field(default_factory=dict)
    """The options with which the samples of a tab were read from a file, by their names."""
    notes: tuple[str, ...] = ()
    """Notes about how the samples of the open tab were read."""
    note_on_classes: str = ""
    """The one of these notes in whose place the question about classes can be asked; empty for none."""
    as_classes: Callable[[], StartSettings | str] | None = None
    """Reads them again as classes, or says why not, if the targets are few whole numbers and nobody has named
    the task; otherwise None."""
    restored: Trainer | None = None
    """A run to resume, in the tab of its task."""
    suited: bool = False
    """Whether the data of the tab to open was chosen, and so also the settings that suit it."""
    kernel: str = "auto"
    """auto, numpy (no machine code) or, without a screen, numba."""
    start: Task = "regression"
    """The tab to open."""
    ascii: bool = False
    """Whether to draw in ASCII."""
    says_ascii: bool | None = None
    """Whether the user wants ASCII; None if the user did not say."""
    theme: str | None = None
    """The look of the screen; None if the user did not say."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The changed keys of commands, for `change_keys`."""
    fps: int = FRAMES_PER_SECOND
    """The most frames per second while training. The answer to a key is always drawn at once."""
    cluster: ClusterAddress | None = None
    """The cluster that trains sweeps; None for this machine."""
    paused: bool = False
    """Whether runs wait for a key before they start."""
    layout_path: Path | None = None
    """The file of the panel layout, which is kept between sessions; None for no file."""
    history_path: Path | None = None
    """The file of a dialogue's command history; None for no file."""
    runs_path: Path | None = None
    """The folder in which runs are kept when the screen ends; None for no folder."""
    continued: Path | None = None
    """The file in that folder to continue from."""
    offers: bool = False
    """Whether to offer to continue the newest kept run."""
    shows_welcome: bool = False
    """Whether to show the welcome line, since the user may be new."""
    begins_with: Callable[[Any], object] | None = None
    """What opens first on the screen, such as an empty plane; it is called with the app."""
    lessons: LessonStart = field(default_factory=LessonStart)
    """The lesson to open, and which others there are."""
    clock: Callable[[], float] = time.perf_counter
    """What runs measure time with, in seconds since any fixed point."""

    @property
    def notes_beside_question(self) -> tuple[str, ...]:
        """The notes without the one in whose place the question about classes is asked, if it is."""
        asked = "" if self.as_classes is None else self.note_on_classes
        return tuple(note for note in self.notes if note != asked)

    def restored_for(self, task: Task) -> Trainer | None:
        """The run to resume, if it is of this task."""
        return self.restored if self.restored and self.restored.config.task == task else None

    @property
    def config(self) -> TrainingConfig:
        """The settings of the tab to open."""
        return self.configs[self.start]

    @property
    def source(self) -> Dataset | None:
        """The user's own samples of the tab to open; None for a named data set."""
        return self.sources[self.start]

    def trainer(self, kernel: str = "") -> Trainer:
        """The run of the tab to open: the one to resume, or a new one.

        Args:
            kernel: what computes a new one; `kernel` if this is empty.

        Raises:
            ConfigError: the settings do not go together, or the kernel can't be used.
            DataError: the settings do not suit the data.
        """
        return self.restored or Trainer(self.config, self.source, kernel=kernel or self.kernel)

"""What the screen opens with before the engine is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.startup.start_settings import StartSettings


@dataclass(frozen=True, slots=True)
class DeferredStart:
    """Stands for settings whose making takes the engine; the first frame needs no more than this."""

    start: Task
    """The tab to open."""
    ascii: bool
    """Whether all that is drawn is ASCII."""
    load: Callable[[], StartSettings]
    """Gives the settings; called once, when the first frame is there."""

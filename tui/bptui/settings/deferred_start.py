"""The settings that the first frame needs, which is drawn before the engine is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bpengine import Task
    from bptui.settings.start_settings import StartSettings


class DeferredStart(NamedTuple):
    """A stand-in for `StartSettings`, which can't be created before the engine is loaded."""

    start: Task
    """The tab to open."""
    ascii: bool
    """Whether to draw in ASCII."""
    load: Callable[[], StartSettings]
    """Loads the engine and returns the settings; called once, after the first frame."""
    theme: str | None = None
    """The look of the screen; None, since a start that says it loads the engine first."""
    paused: bool = False
    """Whether the run will wait for a key."""

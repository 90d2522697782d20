"""What a training program imports so that it can be steered from a terminal; docs/steering.md shows how.

It needs nothing but the standard library, and starts no process.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from bptui.steer.pytorch import torch_settings, torch_state
from bptui.steer.run import Run
from bptui.steer.settings import Setting, choice, number, switch

__all__ = ["Run", "Setting", "choice", "number", "start", "switch", "torch_settings", "torch_state"]


def start(
    name: str,
    settings: Sequence[Setting] = (),
    save: Callable[[], bytes] | None = None,
    load: Callable[[bytes], object] | None = None,
    *,
    pause_on: str | None = None,
    paused: bool = False,
    state_seconds: float | None = 60.0,
    state_steps: int | None = None,
    max_state_bytes: int = 200_000_000,
    replay: str | os.PathLike[str] | None = None,
) -> Run:
    """Start a run that others can attach to with `bptui attach NAME`.

    Args:
        name: what the run is called. If another run of the user has the name, a number is added.
        settings: what can be changed.
        save: returns the state of the program; called between two steps.
        load: makes a state that `save` has returned the program's own.
        pause_on: "nan" pauses the run when it reports a number that is not finite.
        paused: whether the run waits before its first step until somebody lets it run.
        state_seconds: how often a state is saved, if it can be; None for not after a time.
        state_steps: saves a state each time so many steps are done.
        max_state_bytes: the most bytes of all saved states together, which are kept in memory.
        replay: the record of an earlier run, whose changes are made again at the same steps.

    Raises:
        ValueError: an argument is not allowed, or the record to replay is damaged.
    """
    return Run(
        name,
        settings,
        save,
        load,
        pause_on=pause_on,
        paused=paused,
        state_seconds=state_seconds,
        state_steps=state_steps,
        max_state_bytes=max_state_bytes,
        replay=replay,
    )

"""Waiting, in a thread, for the machine code of runs side by side."""

from __future__ import annotations

import threading

from bpengine.kernels.loading import load_lanes_in_background

WAIT_SECONDS = 0.02
"""The time between two checks of a waiting thread."""


def wait_for_lanes(stopped: threading.Event) -> bool:
    """Load the machine code of the lanes, which takes seconds the first time; return whether there is any.

    Args:
        stopped: set to stop waiting; the result is then False.
    """
    ready: list[bool] = []
    done = threading.Event()

    def take(loaded: bool) -> None:
        ready.append(loaded)
        done.set()

    give_up = load_lanes_in_background(take)
    while not done.wait(WAIT_SECONDS):
        if stopped.is_set():
            give_up()
            return False
    return ready[0]

"""Waiting for the machine code of runs side by side, in a thread that has nothing to do before."""

from __future__ import annotations

import threading

from bpengine.kernels.loading import load_lanes_in_background

WAIT_SECONDS = 0.02
"""How long a thread that waits for something does so before it looks again."""


def wait_for_lanes(stopped: threading.Event) -> bool:
    """Load the machine code of the lanes, for some seconds the first time; return whether it is there.

    Args:
        stopped: ends the waiting; there is no code then.
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

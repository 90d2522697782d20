"""Waiting, in a thread, for the machine code of runs side by side."""

from __future__ import annotations

import threading

from bpengine.kernels import loading

WAIT_SECONDS = 0.02
"""The time between two checks of a waiting thread."""


def wait_for_lanes(stopped: threading.Event) -> bool:
    """Load the machine code of the lanes, which takes seconds the first time; return whether there is any.

    Args:
        stopped: set to stop waiting; the result is then False.
    """
    loading.load_in_background(lanes=True)
    while loading.is_installed() and not loading.has_lanes():
        if stopped.wait(WAIT_SECONDS):
            return False
    return loading.has_lanes()

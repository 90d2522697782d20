"""What a process prepares before the rest of the program is loaded: its home folder and garbage collector."""

from __future__ import annotations

import contextlib
import gc
import os
from pathlib import Path


def begin_gc_pause() -> None:
    """Stop collecting garbage until `end_gc_pause`.

    Loaded modules are never garbage, yet the collector would search them again and again while they are
    loaded, and once more at the end of the process. That would take a third of the time of a short run.
    """
    gc.disable()


def end_gc_pause() -> None:
    """Collect garbage again if that was stopped, but never search the objects that exist now."""
    if not gc.isenabled():  # what is garbage by now would stay forever
        gc.freeze()
        gc.enable()


def prepare_home() -> str:
    """Set HOME to a place where nothing can be written if neither it nor the list of users names a folder.

    Kept runs, the panel layout and numba's cache have their places below HOME.

    Returns:
        A note about it; empty if there is a home folder.
    """
    if not os.environ.get("HOME"):
        os.environ.pop("HOME", None)  # so that the list of users names the folder
    with contextlib.suppress(RuntimeError):  # the user is not in the list
        if Path.home().is_absolute():
            return ""
    os.environ["HOME"] = os.devnull
    return "there is no home folder, so nothing is kept unless HOME or --state names one"

"""What a process prepares before the rest of the program is loaded: its home folder and garbage collector."""

from __future__ import annotations

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
    """Set HOME to a folder under the temporary one if neither HOME nor the list of users names a home folder.

    Kept runs, the panel layout and numba's cache have their places below HOME.

    Returns:
        A note about it; empty if there is a home folder.
    """
    if Path(os.environ.get("HOME") or _listed_home()).is_absolute():
        return ""
    try:
        home, problem = _temporary_home()
    except OSError as error:
        home, problem = Path(error.filename or "the temporary folder"), (error.strerror or str(error)).lower()
    if problem:
        os.environ["HOME"] = os.devnull  # a folder in which nothing can be written
        return f"there is no home folder, and nothing is kept: {home}: {problem}"
    os.environ["HOME"] = str(home)
    return f"there is no home folder; {home} takes its place"


def _listed_home() -> str:
    """The home folder in the system's list of users; empty if the user is not in it."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _temporary_home() -> tuple[Path, str]:
    """The folder in place of a home folder, and why it can't be used, or an empty text.

    Raises:
        OSError: it can't be created.
    """
    import tempfile

    home = Path(tempfile.gettempdir(), f"bptui-{os.getuid()}")
    home.mkdir(mode=0o700, exist_ok=True)
    status = home.lstat()
    # Everyone can create a file or a link of this name in the temporary folder.
    is_own = status.st_uid == os.getuid() and not status.st_mode & 0o077
    return home, "" if is_own else "other users have access to it"

"""Where runs are found: the folder of their records, and the folders of their sockets."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

MAX_NAME = 40
"""The most bytes of a run's name, which is a part of its socket's path."""
SUFFIX = ".sock"
_MAX_PATH = 100
"""The most bytes of a socket's path; the system's limit is 104 on macOS and 108 on Linux."""


def check_name(name: str) -> str:
    """Return the name of a run, if files can have it.

    Raises:
        ValueError: they can't.
    """
    is_possible = isinstance(name, str) and name.isprintable() and "/" not in name and name == name.strip()
    if not is_possible or name[:1] in ("", ".", "-") or len(os.fsencode(name)) > MAX_NAME:
        allowed = f"1 to {MAX_NAME} printable characters without /, not beginning with a dot or a dash"
        raise ValueError(f"the name of a run must have {allowed}, got {str(name)[:MAX_NAME]!r}")
    return name


def records_folder() -> Path:
    """The folder with a record of each run, in the user's state folder."""
    return _state_folder() / "steer"


def socket_folders() -> list[Path]:
    """The folders in which a run may have its socket, the best one first.

    A program that was started by cron or after the last logout has no XDG_RUNTIME_DIR, but whoever attaches
    to it may have one: a socket is searched for in all of them.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folders = [Path(runtime, "bptui")] if Path(runtime).is_absolute() else []
    folders += [_state_folder() / "sockets", Path(f"/tmp/bptui-{os.getuid()}")]
    return folders


def make_private(folder: Path) -> bool:
    """Create a folder that only the user can enter; return whether it is there, and is such a folder."""
    with contextlib.suppress(
        OSError
    ):  # the parent of "sockets" may be missing, but not what the system makes
        folder.mkdir(mode=0o700, parents=folder.name == "sockets", exist_ok=True)
    return is_private(folder)


def is_private(folder: Path) -> bool:
    """Whether it is a folder of this user that nobody else can enter."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o077


def _state_folder() -> Path:
    """The folder that `platformdirs.user_state_path` names, which is not of the standard library."""
    given = os.environ.get("XDG_STATE_HOME", "").strip()
    if given and sys.platform != "darwin":
        return Path(given, "bptui")
    try:
        home = Path.home()
    except RuntimeError:  # there is none, as in some containers; `bptui` takes the same one then
        home = Path(f"/tmp/bptui-{os.getuid()}")
        if not make_private(home):  # everyone may create something in /tmp
            home = Path(os.devnull)
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".local/state") / "bptui"


class Listener:
    """A socket that waits for whoever attaches to a run, at a path where nobody else listens.

    Raises:
        OSError: no socket can be there.

    Attributes:
        name: the name of the run that others find it by.
    """

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.socket.bind(os.fspath(path))
            self.socket.listen(socket.SOMAXCONN)
            self.socket.setblocking(False)
            self._made = path.stat()
        except OSError:
            self.socket.close()
            raise

    def is_in_place(self) -> bool:
        """Whether others still find it."""
        with contextlib.suppress(OSError):
            return os.path.samestat(self.path.stat(), self._made)
        return False

    def close(self) -> None:
        """Close the socket, and remove it from its folder."""
        if self.is_in_place():
            with contextlib.suppress(OSError):
                self.path.unlink()
        self.socket.close()


def listen(names: Sequence[str]) -> Listener | None:
    """Listen under the first of these names that no other run has; None if no folder allows it."""
    for folder in filter(make_private, socket_folders()):
        with contextlib.suppress(OSError), (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # so that no two runs take the same name
            for path in folder.glob(f"*{SUFFIX}"):
                if not is_answered(path):  # its process was killed
                    path.unlink(missing_ok=True)
            free = next(filter(_is_free, names), None)
            if free is not None and len(os.fsencode(folder / f"{free}{SUFFIX}")) <= _MAX_PATH:
                return Listener(free, folder / f"{free}{SUFFIX}")
    return None


def _is_free(name: str) -> bool:
    return not any(is_answered(folder / f"{name}{SUFFIX}") for folder in socket_folders())


def is_answered(path: Path) -> bool:
    """Whether a process listens at a socket, though it may be suspended or busy."""
    if len(os.fsencode(path)) > _MAX_PATH:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        trial.setblocking(False)
        try:
            trial.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True  # such as too many that wait to be accepted
    return True

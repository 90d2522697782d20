"""Where runs are found: the folder of their records, and the folders of their sockets."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import sys
from collections.abc import Iterator, Sequence
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
    folders += [_state_folder() / "sockets", Path(f"/tmp/bptui-{os.getuid()}", "sockets")]
    return folders


def make_private(folder: Path) -> bool:
    """Create a folder that only the user can enter; return whether it is there, and is such a folder."""
    with contextlib.suppress(OSError):
        if not folder.is_dir() and folder.parent.name == f"bptui-{os.getuid()}":
            folder.parent.mkdir(mode=0o700, exist_ok=True)  # everyone may create something in /tmp
            if not is_private(folder.parent):
                return False
        if folder.name == "bptui":
            folder.mkdir(mode=0o700, exist_ok=True)  # but not XDG_RUNTIME_DIR, which the system removes
        else:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return is_private(folder)
    return False


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
        with contextlib.suppress(OSError):
            home.mkdir(mode=0o700, exist_ok=True)
        if not is_private(home):  # everyone may create something in /tmp
            home = Path(os.devnull)
    return home / ("Library/Application Support" if sys.platform == "darwin" else ".local/state") / "bptui"


class Listener:
    """A socket that waits for whoever attaches to a run.

    Attributes:
        name: the name of the run that others find it by.
    """

    def __init__(self, name: str, path: Path, listening: socket.socket) -> None:
        self.name, self.path, self.socket = name, path, listening
        self._made = path.stat()

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
        with contextlib.suppress(OSError), _locked(folder):
            for path in folder.glob(f"*{SUFFIX}"):
                if not is_answered(path):  # its process was killed
                    path.unlink(missing_ok=True)
            free = next(filter(_is_free, names), None)
            if free is not None and len(os.fsencode(folder / f"{free}{SUFFIX}")) <= _MAX_PATH:
                return _bound(free, folder / f"{free}{SUFFIX}")
    return None


def _bound(name: str, path: Path) -> Listener:
    """Listen at a path where nobody else does."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(os.fspath(path))
        listening.listen(socket.SOMAXCONN)
        listening.setblocking(False)
        return Listener(name, path, listening)
    except OSError:
        listening.close()
        raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other runs from choosing a name in this folder, so that no two take the same one."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


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

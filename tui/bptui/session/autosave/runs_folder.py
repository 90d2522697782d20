"""The folder of kept runs: one file for each ended session, limited in number and size."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bpengine import CheckpointError, Task
from bpengine.files import reason_of, write_whole
from bpwords import Sentence, printable_path, shown, word
from bpwords.numbers import error_text

if TYPE_CHECKING:
    from bpengine.checkpoint.container import Content

KIND = "bptui kept run"
"""The format of a file; see `bpengine.checkpoint.container`."""
NEWEST = "newest"
"""The word for the newest run, in place of its ID."""
MAX_FILES = 20
MAX_BYTES = 100_000_000
"""The most bytes of all files together. The newest file may be larger, and is never removed."""

_SUFFIX = ".bptui"
_NAME = re.compile(r"(\d{8}-\d{6})-([0-9a-f]{5})[0-9a-f]{3}\Z")
"""The date and the time, the microsecond, and three random digits."""
_TIME = "%Y%m%d-%H%M%S"
_TEMPORARY = ".bptui."  # how `write_whole` names an incomplete file
_TEMPORARY_SECONDS = 3600.0
"""The age at which an incomplete file is removed, since its writer must have been killed."""
_LOCK_SECONDS = 3.0
"""How long to wait for another session, which may have been stopped by ctrl+z while it replaced a file."""
_TRIED = bytes(20_000)
"""What is written to find out whether a file can be written: as much as a small run takes."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The progress of a kept run."""

    task: Task
    epoch: int
    """The number of completed epochs."""
    epochs: int
    error: float | None
    """The error of the last completed epoch; None before the first one."""
    data: str
    """The data set: its name, its function or the name of its file."""


@dataclass(frozen=True, slots=True)
class _About:
    """The description in the header of a file."""

    time: float
    """When the session ended, in seconds since 1970."""
    runs: tuple[RunSummary, ...]


class KeptFile(NamedTuple):
    """A file of the folder, without the state in it."""

    path: Path
    time: datetime
    """When the session ended, in local time."""
    runs: tuple[RunSummary, ...]
    """The kept run of each tab, that of the open tab first."""

    @property
    def id(self) -> str:
        """The name by which a user chooses the file."""
        return self.path.stem


class KeptFolder:
    """The files of kept runs of one user.

    Args:
        path: the folder, which is created when the first file is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def files(self) -> tuple[list[KeptFile], list[CheckpointError]]:
        """All files that can be read, and why the others can't be; the newest first.

        Raises:
            CheckpointError: the folder can't be listed.
        """
        files: list[KeptFile] = []
        problems: list[CheckpointError] = []
        for name in self._names():
            try:
                files.append(_described(self._path(name)))
            except CheckpointError as error:
                problems.append(error)
        return files, problems

    def newest(self) -> KeptFile | None:
        """The newest file that can be read, or None."""
        with contextlib.suppress(CheckpointError):
            for name in self._names():
                with contextlib.suppress(CheckpointError):
                    return _described(self._path(name))
        return None

    def find(self, name: str) -> KeptFile:
        """The file with this ID, or the `NEWEST` one.

        Raises:
            CheckpointError: there is none, or it is damaged.
        """
        if name == NEWEST and not (name := next(iter(self._names()), "")):
            raise CheckpointError("no run was kept")
        if moment_of(name) is None or not (path := self._path(name)).exists():
            raise CheckpointError(f"no run with the ID {shown(name)} was kept; bptui runs lists the IDs")
        from bpengine.checkpoint import container
        from bpengine.checkpoint.saving import errors_of

        with errors_of(path):
            container.read(path, KIND)
        return _described(path)

    def problem(self) -> str:
        """Why no file can be written, found out by trying; empty if one can be."""
        return problem_with(self._try)

    def _try(self) -> None:
        self._make()
        with tempfile.TemporaryFile(dir=self.path, prefix=_TEMPORARY) as file:
            file.write(_TRIED)
            file.flush()

    def write(self, runs: Iterable[RunSummary], state: Content) -> Path:
        """Write a new file, and remove the oldest others if there are too many.

        Raises:
            OSError: the file can't be written.
            CheckpointError: the state is too large, or the folder can't be listed.
        """
        from bpengine.checkpoint import codec, container

        self._make()
        now, names = datetime.now(UTC), self._names()
        about = codec.encode(_About(now.timestamp(), tuple(runs)))
        path = self._path(_name_after(names, now))
        write_whole(path, container.packed(KIND, state, about))
        self._remove_others(path, list(map(self._path, names)))
        return path

    def remove(self, path: Path) -> None:
        """Remove a file; errors are ignored."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)

    def _make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _path(self, name: str) -> Path:
        return self.path / f"{name}{_SUFFIX}"

    def _names(self) -> list[str]:
        """The names of all files, which begin with the time; the newest first."""
        try:
            with os.scandir(self.path) as entries:
                names = [entry.name for entry in entries if _is_file(entry)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CheckpointError(
                f"{printable_path(self.path)}: can't be listed: {reason_of(error)}"
            ) from None
        stems = [name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)]
        return sorted((stem for stem in stems if moment_of(stem) is not None), reverse=True)

    def _remove_others(self, newest: Path, others: list[Path]) -> None:
        sizes = {newest: _size(newest)} | {path: _size(path) for path in others}
        if len(sizes) > MAX_FILES or sum(sizes.values()) > MAX_BYTES:
            kept, total = 0, 0
            for path in [newest, *others]:  # the newest first
                kept, total = kept + 1, total + sizes[path]
                if kept > MAX_FILES or (total > MAX_BYTES and path != newest):
                    self.remove(path)
        for path in self.path.glob(f"{_TEMPORARY}*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _TEMPORARY_SECONDS:
                    self.remove(path)


def _described(path: Path) -> KeptFile:
    """A file's description, for which only its header is read.

    Raises:
        CheckpointError: the file can't be read, or is damaged.
    """
    from bpengine.checkpoint import codec, container
    from bpengine.checkpoint.saving import errors_of

    with errors_of(path):
        about: _About = codec.decode(_About, container.read_about(path, KIND), "about")
        if not 0 <= about.time < 1e11 or not 1 <= len(about.runs) <= 2:
            raise container.damaged("about", "does not describe one or two runs at a possible time")
    return KeptFile(path, datetime.fromtimestamp(about.time).astimezone(), about.runs)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other sessions from replacing a file of this folder between reading and replacing it.

    Raises:
        OSError: the folder can't be opened, or another session does not end its own replacing.
    """
    descriptor, end = os.open(folder, os.O_RDONLY), time.monotonic() + _LOCK_SECONDS
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)
            except OSError:  # some folders on a network have no locks
                break
        yield
    finally:
        os.close(descriptor)


def problem_with(write: Callable[[], object]) -> str:
    """Write something; return why that is not possible, or an empty text."""
    from bpengine.checkpoint.container import DamagedError

    try:
        write()
    except OSError as error:
        return reason_of(error)
    except (CheckpointError, DamagedError) as error:
        return str(error)
    return ""


def moment_of(name: str) -> datetime | None:
    """The time in the name of a file; None if it is not that of a kept run."""
    match = _NAME.match(name)
    if match is None:
        return None
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.strptime(match[1], _TIME).replace(tzinfo=UTC) + timedelta(
            microseconds=int(match[2], 16)
        )
    return None


def _name_after(names: list[str], now: datetime) -> str:
    """A name that comes after these in alphabetical order, even if the clock was set back.

    Many sessions may end within one second: the microsecond brings their files into order, and three random
    digits tell apart those that end within the same one.
    """
    newest = moment_of(names[0]) if names else None
    if newest is not None:
        with contextlib.suppress(OverflowError):
            now = max(now, newest + timedelta(microseconds=1))
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.token_hex(2)[1:]}"


def _is_file(entry: os.DirEntry[str]) -> bool:
    with contextlib.suppress(OSError):  # such as a loop of links
        return entry.is_file()
    return False


def _size(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def when(kept: KeptFile) -> str:
    """The time of a file, with its date unless that is today."""
    today = datetime.now().astimezone().date()
    return f"{kept.time:%H:%M}" if kept.time.date() == today else f"{kept.time:%Y-%m-%d %H:%M}"


def details(kept: KeptFile) -> str:
    """The progress of each run, one line for each."""
    return "\n".join(map(_line, kept.runs))


def _line(run: RunSummary) -> str:
    progress = Sentence("{task} of {data}: {epoch} of {epochs} epochs.")
    if run.error is not None:
        progress = Sentence("{task} of {data}: {epoch} of {epochs} epochs, epoch error {error}.")
    values = {"data": run.data, "epoch": run.epoch, "epochs": run.epochs, "error": error_text(run.error)}
    return progress(task=word(run.task, "tab").capitalize(), **values)

"""The folder of kept runs: one file for each ended session, limited in number and size.

A file has two lines. The first one is a JSON object that describes the runs, for lists of files, and contains
the checksum of the second one, which is a JSON object with the state of the session.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from bpengine import TASKS, CheckpointError
from bpengine.checkpoint import DamagedError, parse_json
from bpengine.checkpoint.values import LongText, damaged, members, whole
from bpengine.files import FileError, read_whole, write_with
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.wording import printable_path, shown

FORMAT = "bptui kept run"
VERSION = 1
MAX_FILES = 20
MAX_BYTES = 100_000_000
"""The most bytes of all files together. The newest file is never removed, and a larger one never written."""

_SUFFIX = ".json"
_IN_PLACE_OF_A_TEXT = "\0 a long text"
_NAME = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6,8}\Z")
"""The date, the time, and hexadecimal digits; in older files, these are random."""
_HEADER = ("format", "version", "sha256", "time", "runs")
_MAX_HEADER = 10_000
_TEMPORARY = ".bptui."  # how `write_with` names an incomplete file
_TEMPORARY_SECONDS = 3600.0
"""The age at which an incomplete file is removed, since its writer must have been killed."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The progress of a kept run."""

    task: str
    epoch: int
    """The number of completed epochs."""
    epochs: int
    error: float | None
    """The error of the last completed epoch; None before the first one."""


@dataclass(frozen=True, slots=True)
class KeptFile:
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

    def files(self) -> list[KeptFile]:
        """All files that are not damaged, the newest first."""
        return list(self._usable(self._names()))

    def newest(self) -> KeptFile | None:
        """The newest file that is not damaged, or None."""
        return next(iter(self._usable(self._names())), None)

    def newest_id(self) -> str:
        """The ID of the newest file, which may be damaged; empty if there is none."""
        return next(iter(self._names()), "")

    def find(self, name: str) -> KeptFile:
        """The file with this ID.

        Raises:
            CheckpointError: there is none, or it is damaged.
        """
        if not _NAME.match(name) or not (path := self._path(name)).exists():
            raise CheckpointError(f"no run with the ID {shown(name)} was kept; bptui runs lists the IDs")
        return read_file(path)[0]

    def write(self, runs: Iterable[RunSummary], state: Any) -> Path:
        """Write a new file, and remove the oldest files if there are too many.

        Raises:
            OSError: the file can't be written.
            CheckpointError: the state is too large.
        """
        now, summaries = datetime.now(UTC), [asdict(run) for run in runs]

        def header(checksum: str) -> bytes:
            parts = (FORMAT, VERSION, checksum, now.timestamp(), summaries)
            text = json.dumps(dict(zip(_HEADER, parts, strict=True)), allow_nan=False)
            return text.encode("ascii") + b"\n"

        def write_parts(file: IO[bytes]) -> None:
            checksum = hashlib.sha256()
            left = MAX_BYTES - file.write(header(checksum.hexdigest()))  # in place of the one below
            for part in _json_parts(state):
                checksum.update(part)
                left -= file.write(part)
                if left < 1:
                    raise CheckpointError(f"the runs take more than {MAX_BYTES // 1_000_000} MB")
            file.write(b"\n")
            file.seek(0)
            file.write(header(checksum.hexdigest()))

        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._path(_new_name(now))
        write_with(path, write_parts)
        self._remove_old(path)
        return path

    def remove(self, path: Path) -> None:
        """Remove a file; errors are ignored."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.path / f"{name}{_SUFFIX}"

    def _names(self) -> list[str]:
        """The names of all files, which begin with the time; the newest first."""
        try:
            with os.scandir(self.path) as entries:
                found = [entry.name for entry in entries]
        except (OSError, ValueError):
            return []
        stems = [name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)]
        return sorted(filter(_NAME.match, stems), reverse=True)

    def _usable(self, names: Iterable[str]) -> Iterable[KeptFile]:
        for name in names:
            with contextlib.suppress(CheckpointError):
                yield read_file(self._path(name))[0]

    def _remove_old(self, newest: Path) -> None:
        total = 0
        paths = [newest, *(path for name in self._names() if (path := self._path(name)) != newest)]
        for number, path in enumerate(paths):
            with contextlib.suppress(OSError):
                total += path.stat().st_size
            if number >= MAX_FILES or total > MAX_BYTES:
                self.remove(path)
        for path in self.path.glob(f"{_TEMPORARY}*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _TEMPORARY_SECONDS:
                    self.remove(path)


def _new_name(now: datetime) -> str:
    """A name that comes after those of all earlier files in alphabetical order.

    Many sessions may end within one second. The microsecond brings their files into order, and three random
    digits tell apart those that end within the same one.
    """
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond:05x}{secrets.token_hex(2)[1:]}"


def _json_parts(state: Any) -> Iterator[bytes]:
    """The JSON text of a state in parts.

    The weights of a large network are texts of many megabytes in base64, which need no escapes. They are made
    part by part: memory for the whole text would take longer than all the rest.
    """
    long_texts: list[LongText] = []

    def shortened(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shortened(each) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [shortened(each) for each in value]
        if isinstance(value, LongText):
            long_texts.append(value)
            return _IN_PLACE_OF_A_TEXT
        return value

    encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
    mark, texts = encoder.encode(_IN_PLACE_OF_A_TEXT), iter(long_texts)
    for part in encoder.iterencode(shortened(state)):
        if part == mark:
            yield b'"'
            yield from next(texts).parts()
            yield b'"'
        else:
            yield part.encode("ascii")


def read_file(path: Path) -> tuple[KeptFile, bytes]:
    """Return a file's description and the JSON text of its state, after checking the file.

    Raises:
        CheckpointError: the file can't be read, or is damaged.
    """
    name = printable_path(path)
    try:
        header, _, body = read_whole(path, MAX_BYTES).partition(b"\n")
        return _described(path, header, body.removesuffix(b"\n")), body
    except FileError as error:
        raise CheckpointError(f"{name}: {error}") from None
    except DamagedError as error:
        raise CheckpointError(f"{name}: is damaged: {error}") from None


def _described(path: Path, header: bytes, body: bytes) -> KeptFile:
    if len(header) > _MAX_HEADER:
        raise damaged("the first line", "is too long")
    found, version, checksum, seconds, runs = members(parse_json(header), _HEADER, "the first line")
    if found != FORMAT or version != VERSION or isinstance(version, bool):
        raise damaged("the format", f"is not {FORMAT!r}, version {VERSION}")
    if checksum != hashlib.sha256(body).hexdigest():
        raise damaged("the checksum", "does not fit: the content has changed")
    if not isinstance(runs, list) or not 1 <= len(runs) <= len(TASKS):
        raise damaged("runs", "is not a list of one or two runs")
    if type(seconds) not in (int, float) or not 0 <= seconds < 1e11:
        raise damaged("time", "is not a time")
    return KeptFile(path, datetime.fromtimestamp(seconds).astimezone(), tuple(map(_summary, runs)))


def _summary(value: Any) -> RunSummary:
    task, epoch, epochs, error = members(value, ("task", "epoch", "epochs", "error"), "runs")
    if task not in TASKS:
        raise damaged("runs", "has an unknown task")
    if error is not None and (type(error) not in (int, float) or not math.isfinite(error)):
        raise damaged("runs", "has an error that is not a number")
    return RunSummary(
        task, whole(epoch, 0, MAX_EPOCHS, "epoch"), whole(epochs, 1, MAX_EPOCHS, "epochs"), error
    )

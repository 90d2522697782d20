"""The record of a run: a file of JSON lines that repeats the journal, and can be rebuilt from it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from bpsteer.channel import json_line
from bpsteer.journal import Journal, JournalEntry

MAX_RECORDS = 100
"""How many records are kept in the folder. The oldest are removed first, but none of a run that lives."""
RETRY_SECONDS = 5.0
"""The time until the next attempt after the file could not be written."""
_SLACK = 500_000
"""How many bytes the file may be longer than twice what it would be if it were rebuilt."""
_TEMPORARY = ".rebuilt"


class Record:
    """The file of a journal. It is locked as long as the process lives, and no error is raised.

    Args:
        path: the file, which is created at the first `update`.
        journal: what is written.

    Attributes:
        journal: what is written.
        problem: why the file can't be written at present; empty if it can be.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self.path = path
        self.problem = ""
        self.journal = journal
        self._descriptor = -1
        self._written = 0  # the number of the newest entry in the file
        self._size = self._rebuilt_size = 0
        self._retry_at = 0.0

    def update(self) -> None:
        """Append what is new. Rebuild the file if it is missing or has become too long."""
        if self.problem and time.monotonic() < self._retry_at:
            return
        try:
            is_long = self._size > 2 * self._rebuilt_size + _SLACK
            if is_long or not self._is_in_place():
                self._rebuild()
            elif self.journal.number > self._written:
                self._append()
            self.problem = ""
        except OSError as error:
            self.problem = f"the record can't be written: {(error.strerror or str(error)).lower()}"
            self._retry_at = time.monotonic() + RETRY_SECONDS

    def close(self) -> None:
        """Close the file, as a child process does with its parent's."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._descriptor))
        except OSError:
            return False

    def _append(self) -> None:
        written, entries = self.journal.since(self._written)
        try:
            _write(self._descriptor, entries)
        except OSError:
            os.ftruncate(self._descriptor, self._size)  # without a part of a line
            raise
        self._size = os.fstat(self._descriptor).st_size
        self._written = written

    def _rebuild(self) -> None:
        written, entries = self.journal.since(0)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.path.with_suffix(_TEMPORARY)
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(temporary, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write(descriptor, entries)
            temporary.replace(self.path)
        except OSError:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        self.close()
        self._descriptor = descriptor
        self._size = self._rebuilt_size = os.fstat(descriptor).st_size
        self._written = written


def new_path(folder: Path, name: str) -> Path:
    """The path of a new record, which comes after the run's others, even if the clock was set back."""
    now = time.time()
    for path in folder.glob("*.jsonl"):
        stem, _, moment = path.stem.rpartition("-")
        if stem == name and moment.isdigit():
            now = max(now, int(moment) / 1e6 + 1e-3)
    return folder / f"{name}-{int(now * 1e6)}.jsonl"


def is_held(path: Path) -> bool:
    """Whether the process that writes a record lives."""
    with contextlib.suppress(OSError), os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK)) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def remove_oldest(folder: Path) -> None:
    """Remove the oldest records if there are too many."""
    with contextlib.suppress(OSError):
        paths = sorted(folder.glob("*.jsonl"), key=lambda path: path.stem.rpartition("-")[2])
        for path in paths[:-MAX_RECORDS]:
            if not is_held(path):
                path.unlink(missing_ok=True)


def _write(descriptor: int, entries: list[JournalEntry]) -> None:
    view = memoryview(b"".join(json_line(entry) for _, entry in entries))
    while view:
        view = view[os.write(descriptor, view) :]

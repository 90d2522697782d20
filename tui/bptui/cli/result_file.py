"""The file of `bptui sweep --output`, which holds the results so far at every moment."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from bpengine.files import is_replaceable, reason_of, write_whole
from bpengine.sweeps import Result
from bptui.cli.files import unwritable, write_output
from bptui.cli.result_lines import Lines

LOCKED = "another sweep writes to it"
REPLACED = "another program has written to it since the sweep began"


class ResultFile:
    """The file of `--output`.

    The line of a run is appended as soon as the run has ended. At the end, a file in the order of the runs
    takes its place. Before the first run has ended, the file stays as it was. From then on it is locked; a
    file that another sweep has locked or replaced is left alone. A pipe or another stream is written at the
    end only.

    Args:
        path: the file.
        lines: the format of its lines.
        known: the results that are known from the start, by the number of the run.

    Attributes:
        path: the file.
        problem: why a line could not be appended; empty if all could.
        written: how many results the file holds; 0 while it is as it was.
    """

    def __init__(self, path: Path, lines: Lines, known: Mapping[int, Result]) -> None:
        self.path, self._lines = path, lines
        self._results = dict(known)
        self._known = len(known)
        self._is_stream = not is_replaceable(path)
        self._descriptor = -1
        self._found = _version_of(path)
        self._taken = ""
        self.written = 0
        self.problem = ""

    def add(self, result: Result) -> None:
        """Append the result of a run that has ended. After a problem, nothing is written until the end."""
        self._results[result.run] = result
        if self._is_stream or self.problem:
            return
        try:
            self._check_not_taken()
            if self._descriptor < 0:
                write_whole(self.path, self._text())
                self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
                if not _lock(self._descriptor):
                    self._taken = LOCKED
                self._check_not_taken()
            else:
                _append(self._descriptor, f"{self._lines.line(result)}\n".encode())
        except OSError as error:
            self.problem = f"can't be written: {reason_of(error)}"
        else:
            self.written = len(self._results)

    def complete(self, runs: int) -> None:
        """Bring the lines into the order of the runs.

        Args:
            runs: the number of runs of the sweep. If it has not ended, and there is no new result, the file
                stays as it was.

        Raises:
            BadUseError: the file can't be written.
        """
        try:
            if self._is_stream or len(self._results) > self._known or len(self._results) == runs:
                try:
                    self._check_not_taken()
                except OSError as error:
                    raise unwritable(self.path, error) from None
                write_output(self.path, self._text())
                self.written = len(self._results)
        finally:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def missing(self) -> list[str]:
        """All lines if the file lacks some of the results, otherwise none."""
        return self._lines.whole(self._results.values()) if self.written < len(self._results) else []

    def _check_not_taken(self) -> None:
        """Check that no other program writes to the file, or has written to it since the sweep began.

        Raises:
            OSError: one does or has. The file has none of the results.
        """
        if not self._is_stream:
            self._taken = self._taken or self._why_taken()
        if self._taken:
            self.written = 0
            raise OSError(errno.EBUSY, self._taken)

    def _why_taken(self) -> str:
        """Whose the file is now; empty if it is still that of this sweep."""
        if self._descriptor >= 0:
            with contextlib.suppress(FileNotFoundError):
                if not os.path.samestat(os.fstat(self._descriptor), self.path.stat()):
                    return REPLACED
        elif _version_of(self.path) not in (self._found, None):
            return REPLACED
        else:
            with contextlib.suppress(FileNotFoundError, PermissionError), self.path.open("rb") as file:
                if not _lock(file.fileno()):
                    return LOCKED
        return ""

    def _text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines.whole(self._results.values()))


def _version_of(path: Path) -> tuple[int, ...] | None:
    """What changes when a file is written or replaced; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _lock(descriptor: int) -> bool:
    """Lock an open file until it is closed; return False if another process has it locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some folders on a network have no locks
        pass
    return True


def _append(descriptor: int, line: bytes) -> None:
    """Append a line completely or not at all.

    Raises:
        OSError: there is no room for it.
    """
    end = os.fstat(descriptor).st_size
    try:
        while line:  # a disk that is almost full takes a part
            line = line[os.write(descriptor, line) :]
    except OSError:
        os.ftruncate(descriptor, end)
        raise

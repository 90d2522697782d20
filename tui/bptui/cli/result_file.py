"""The file of the results of `bptui sweep`, which holds each result as soon as its run has ended."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from bpengine.files import descriptor_of, is_replaceable, reason_of, why_unreadable
from bpengine.sweeps import Result, Sweep
from bpengine.wording import must_be, printable_path
from bptui.cli.files import unwritable
from bptui.cli.formats import format_of
from bptui.cli.parsing import BadUseError
from bptui.cli.result_lines import Lines
from bptui.cli.result_reading import MAX_BYTES, NotResultsError, read_results


class ResultFile:
    """The open file of a sweep's results.

    Results are appended in the order in which runs end.

    Args:
        path: the file.
        flag: the flag that named it.
        file: the open file, unbuffered.
        lines: the format of its lines.
        known: the results that it has, by the number of the run.
        has_header: whether it has the lines above the results, or needs none.
    """

    def __init__(
        self,
        path: Path,
        flag: str,
        file: IO[bytes],
        lines: Lines,
        known: Mapping[int, Result],
        *,
        has_header: bool,
    ) -> None:
        self.path, self.lines, self.known = path, lines, known
        self._flag, self._file, self._has_header = flag, file, has_header

    def add(self, result: Result) -> None:
        """Append the result of a run that has ended.

        Raises:
            BadUseError: the file can't be written. Its last line may be cut off.
            BrokenPipeError: the file is a pipe that is no longer read, which is not an error.
        """
        header = () if self._has_header else self.lines.header
        data = "".join(f"{line}\n" for line in (*header, self.lines.line(result))).encode()
        self._has_header = True
        try:
            while data:  # a disk that is almost full takes a part
                data = data[self._file.write(data) :]
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(self.path, error, self._flag) from None


@contextlib.contextmanager
def result_file(path: Path, sweep: Sweep, requested: str | None, *, resumed: bool) -> Iterator[ResultFile]:
    """Open the file that --output creates or --resume continues, and lock it until the end.

    Nothing that the file has is ever replaced, but for a last line that was cut off.

    Args:
        path: the file. --output may also name a pipe or another stream.
        sweep: the sweep.
        requested: the format that --format names; None without one.
        resumed: whether --resume names the file.

    Raises:
        BadUseError: the file can't be read or written, another sweep writes to it, or it holds something
            other than results of this sweep.
    """
    flag = "--resume" if resumed else "--output"
    place = f"argument {flag}: {printable_path(path)}"
    name = "" if resumed else format_of(path, requested)  # before a file is created
    try:
        file = _opened(path, resumed=resumed)
    except OSError as error:
        reason = why_unreadable(error) if resumed else f"can't be written: {reason_of(error)}"
        raise BadUseError(f"{place}: {reason}") from None
    with file:
        content = b""
        if is_replaceable(path):
            if not _lock(file):
                raise BadUseError(f"{place}: another sweep writes to it")
            file.seek(0)
            content = file.read(MAX_BYTES + 1)
        if content and not resumed:
            others = f"--resume {printable_path(path)} continues a sweep; otherwise name another file"
            raise BadUseError(f"{place}: is not empty: {others}")
        if content:
            name = "jsonl" if content.startswith(b"{") else "csv"
            if requested not in (None, name):
                raise BadUseError(f"argument --format: {must_be(f'{name} as in {path}', requested)}")
        lines = Lines(sweep, name or format_of(path, requested))
        known: Mapping[int, Result] = {}
        if content:
            try:
                known = read_results(content, lines, sweep)
            except NotResultsError as error:
                raise BadUseError(f"{place}: {error}") from None
            file.truncate(content.rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
        yield ResultFile(path, flag, file, lines, known, has_header=b"\n" in content)


def _opened(path: Path, *, resumed: bool) -> IO[bytes]:
    """Open the file unbuffered: for reading and appending, or a stream for writing only."""
    if is_replaceable(path):
        return path.open("r+b" if resumed else "a+b", buffering=0)
    if resumed:
        raise OSError(errno.EINVAL, "not a regular file")
    number = descriptor_of(path)
    return open(path if number is None else os.dup(number), "wb", buffering=0)  # noqa: PTH123


def _lock(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; return False if another process has it locked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some folders on a network have no locks
        pass
    return True

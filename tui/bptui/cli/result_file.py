"""The file of the results of `bptui sweep`, which holds each result as soon as its run has ended."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import hashlib
import io
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bpengine import FIELD, FIELDS
from bpengine.checkpoint.codec import encode
from bpengine.checkpoint.container import packed
from bpengine.checkpoint.runs import SavedSource
from bpengine.files import descriptor_of, is_replaceable, json_of
from bpengine.many.sweeps import Result, Sweep
from bptui.cli.file_checks import append, errors_of_writing
from bptui.cli.formats import FORMATS, CellValue, format_of, header
from bptui.cli.parsing import BadUseError
from bpwords import must_be, printable_path


def fingerprint(sweep: Sweep) -> str:
    """Twelve digits that identify a sweep's settings, values, starts and data."""
    settings = {
        field.name: getattr(sweep.base, field.name) for field in FIELDS if field.name not in sweep.vary
    }
    data = None if sweep.source is None else encode(SavedSource.of(sweep.source))
    parts = {"task": sweep.base.task, "settings": settings, "vary": list(sweep.vary.items())}
    content = packed("bptui sweep", {**parts, "starts": sweep.starts, "data": data})
    return hashlib.sha256(content).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of a sweep, as a `ResultRow`."""

    result: Result
    lines: Lines

    def words(self) -> Mapping[str, object]:
        """Its number, its values and how it ended."""
        result = self.result
        said = {"Run": f"{result.run}/{len(self.lines.sweep)}", **self._varied(), "Seed": result.seed}
        test = {} if result.test_error is None else {"Test": result.test_error}
        return {**said, "Error": result.error, **test, "State": result.state, "Epoch": result.epoch}

    def values(self) -> Mapping[str, CellValue]:
        """The same, with what identifies the sweep."""
        result, means = self.result, self.result.means if self.lines.sweep.means else ()
        ended = result.seed, result.error, result.test_error, result.state, result.epoch, *means
        cells = result.run, *self._varied().values(), *ended, self.lines.mark
        return dict(zip(self.lines.columns, cells, strict=True))

    def _varied(self) -> dict[str, CellValue]:
        values = self.result.values.items()
        return {name: plain_value(name, value) for name, value in values if name != "seed"}


class Lines:
    """Writes the results of a sweep in a format.

    Args:
        sweep: the sweep.
        name: text, jsonl or csv.

    Attributes:
        sweep: the argument.
        columns: the names of the columns.
        header: the lines above the results.
        start: what a file with results begins with; empty for text, from which no sweep continues.
        mark: what identifies the sweep in each line but those of text.
    """

    def __init__(self, sweep: Sweep, name: str) -> None:
        self.sweep, self.mark, self._format = sweep, fingerprint(sweep), FORMATS[name]
        varied = [setting for setting in sweep.vary if setting != "seed"]
        means = ("mean_error", "mean_test_error") if sweep.means else ()
        self.columns = ("run", *varied, "seed", "error", "test_error", "state", "epoch", *means, "sweep")
        self.header = header(name, self.columns)
        self.start = '{"run":' if name == "jsonl" else "".join(self.header)

    def line(self, result: Result) -> str:
        """A result as a line, without its end."""
        return self._format(RunRow(result, self))


def plain_value(name: str, value: Any) -> int | float | str:
    """A value as a number if possible, such as the units of a single layer; otherwise as users write it."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        return value[0]
    return value if isinstance(value, (int, float)) else FIELD[name].format(value)


MAX_BYTES = 200_000_000
"""The size of the largest file that is read."""
NOT_RESULTS = "is not what bptui sweep writes as jsonl or csv; name another file"
STATES = ("finished", "target error", "patience", "diverged")
"""How a run can end."""


class ResultFile:
    """The open file of a sweep's results.

    Results are appended in the order in which runs end.

    Args:
        path: the file.
        file: the open file, unbuffered.
        lines: the format of its lines.
        known: the results that it has, by the number of the run.
        has_header: whether it has the lines above the results, or needs none.
    """

    def __init__(
        self, path: Path, file: IO[bytes], lines: Lines, known: Mapping[int, Result], *, has_header: bool
    ) -> None:
        self.path, self.lines, self.known = path, lines, known
        self._file, self._has_header = file, has_header

    def add(self, result: Result) -> None:
        """Append the result of a run that has ended; see `append` about errors."""
        header = () if self._has_header else self.lines.header
        self._has_header = True
        for line in (*header, self.lines.line(result)):
            append(self._file, self.path, line)


@contextlib.contextmanager
def result_file(path: Path, sweep: Sweep, requested: str | None) -> Iterator[ResultFile]:
    """Open the file of --output, with the results that it has, and lock it until the end.

    Nothing that the file has is ever replaced, but for a last line that was cut off.

    Args:
        path: the file, or a pipe or another stream.
        sweep: the sweep.
        requested: the format that --format names; None without one.

    Raises:
        BadUseError: the file can't be read or written, another sweep writes to it, or it holds something
            other than results of this sweep.
    """
    place = f"argument --output: {printable_path(path)}"
    name = format_of(path, requested)  # before a file is created
    with errors_of_writing(path):
        file = _opened(path)
    with file:
        content = b""
        if is_replaceable(path):
            if not _lock(file):
                raise BadUseError(f"{place}: another sweep writes to it")
            file.seek(0)
            content = file.read(MAX_BYTES + 1)
        if content:
            name = "jsonl" if content.startswith(b"{") else "csv"
            if requested not in (None, name):
                allowed = f"{name} as in {printable_path(path)}"
                raise BadUseError(f"argument --format: {must_be(allowed, requested)}")
        lines = Lines(sweep, name)
        known: Mapping[int, Result] = {}
        if content:
            known = _read(content, lines, sweep, place)
            file.truncate(content.rfind(b"\n") + 1)
        yield ResultFile(path, file, lines, known, has_header=b"\n" in content)


def _opened(path: Path) -> IO[bytes]:
    """Open the file unbuffered: for reading and appending, or a stream for writing only."""
    if is_replaceable(path):
        return path.open("a+b", buffering=0)
    number = descriptor_of(path)
    return open(path if number is None else os.dup(number), "wb", buffering=0)  # noqa: PTH123  a descriptor has no path


def _lock(file: IO[bytes]) -> bool:
    """Lock an open file until it is closed; return False if another process has it locked."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # some folders on a network have no locks
        pass
    return True


def _read(content: bytes, lines: Lines, sweep: Sweep, place: str) -> dict[int, Result]:
    """The results in the content of a file, by the number of the run. A line that is cut off is left out.

    Args:
        content: the content.
        lines: the format of its lines.
        sweep: the sweep.
        place: the flag and the file, for messages.

    Raises:
        BadUseError: the content is too large, has another format, belongs to another sweep, or has a
            result that is not possible.
    """
    if len(content) > MAX_BYTES:
        raise BadUseError(f"{place}: is too large: the limit is {MAX_BYTES // 1_000_000} MB")
    number = 0
    results: dict[int, Result] = {}
    try:
        text = content.decode("utf-8-sig")  # spreadsheets begin a file with a BOM
        if not text.startswith(lines.start) and not lines.start.startswith(text):
            raise ValueError
        for number, values in _rows(text[: text.rfind("\n") + 1]):
            if values["sweep"] != lines.mark:
                raise BadUseError(
                    f"{place}: is of another sweep: its settings, values, starts or data differ"
                )
            result = _result(values, sweep)
            if result is None or results.setdefault(result.run, result) != result:
                raise BadUseError(f"{place}: line {number}: is not a possible result of this sweep")
    except (ValueError, KeyError, AttributeError, csv.Error):
        raise BadUseError(f"{place}: line {number + 1}: {NOT_RESULTS}") from None
    return results


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The number and the values of each line, as texts; a value that is null or missing is empty.

    Raises:
        ValueError, AttributeError, csv.Error: a line does not have the format.
    """
    rows: Iterable[tuple[int, Mapping[str, Any]]]
    if text.startswith("{"):
        rows = enumerate(map(json_of, text.removesuffix("\n").split("\n")), 1)
    else:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        rows = ((reader.line_num, row) for row in reader)
    for number, row in rows:
        yield number, {name: "" if value is None else str(value) for name, value in row.items()}


def _result(values: Mapping[str, str], sweep: Sweep) -> Result | None:
    """The result that a line of this sweep describes; None if there can be no such result."""
    state = values.get("state", "")
    may_be_missing = ("test_error", "epoch", "error") if state == "diverged" else ("test_error",)
    try:
        run = int(values["run"])
        config, cell = sweep.runs[run], sweep.cells[run // sweep.starts]
        given = {
            name: float(values[name])
            for name in ("epoch", "error", "test_error")
            if values.get(name) or name not in may_be_missing
        }
    except (ValueError, LookupError):
        return None
    epoch = given.pop("epoch", None)
    is_possible = epoch is None or epoch in range(config.epochs)
    if run < 0 or state not in STATES or not is_possible or not all(map(math.isfinite, given.values())):
        return None
    errors = given.get("error"), given.get("test_error")
    return Result(run, cell, config.seed, *errors, state, None if epoch is None else int(epoch))

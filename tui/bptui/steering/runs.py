"""Finding runs: those that live by their sockets, and all others by their records."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bpsteer.changes import read_record
from bpsteer.channel import ChannelError
from bpsteer.folders import SUFFIX, is_answered, is_private, records_folder, socket_folders
from bpsteer.record import is_held
from bptui.steering.client import Client
from bptui.steering.run_status import ProcessState, SteerStatus
from bpwords import shown

MAX_LISTED = 20
"""How many records are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run that lives or has left a record."""

    status: SteerStatus
    socket: Path | None = None
    """Where it can be asked; None if it can't."""
    entries: tuple[dict[str, object], ...] = ()
    """What its record has, if it was read."""

    @property
    def started(self) -> float | None:
        """When it began, in seconds since 1970, as its record's name says; None if that is not known."""
        moment = Path(self.status.record).stem.rpartition("-")[2]
        return int(moment) / 1e6 if moment.isdecimal() and len(moment) < 18 else None


def all_runs() -> tuple[list[FoundRun], list[str]]:
    """The runs that live and then the newest others, and why some records can't be read."""
    living = [run for path in _sockets() if (run := _living(path)) is not None]
    records = {run.status.record for run in living}
    problems, others = [], []
    for path in _records()[:MAX_LISTED]:
        if str(path) not in records:
            try:
                others.append(run_of_record(path))
            except ValueError as error:
                problems.append(str(error))
    # A process that is suspended has a socket that says nothing, and a record that it holds.
    silent = {run.status.name for run in others if run.status.state == "does not answer"}
    return [run for run in living if run.status.record or run.status.name not in silent] + others, problems


def find(name: str) -> FoundRun:
    """The run of this name: the one that lives, else the newest; or that of a record's path.

    Raises:
        ValueError: there is none, or its record is damaged.
    """
    if name.endswith(".jsonl"):
        return run_of_record(Path(name))
    living = find_living(name)
    newest = next(iter(_records_of(name)), None)
    if living is None:
        if newest is None:
            raise ValueError(f"there is no run {shown(name)}: bptui attach lists the runs")
        return run_of_record(newest)
    # A run that gives no answer may have begun just now: the newest record is that of a run before it then.
    if living.status.state == "does not answer" and newest is not None and is_held(newest):
        return replace(run_of_record(newest), socket=living.socket)
    return living


def find_living(name: str) -> FoundRun | None:
    """The run of this name that has a socket, one that answers if there is one; None if there is none."""
    silent: FoundRun | None = None
    for path in _sockets():
        if path.stem == name and (living := _living(path)) is not None:
            if living.status.state != "does not answer":
                return living
            silent = living
    return silent


def find_earlier(name: str, record: str, count: int) -> list[FoundRun]:
    """At most so many runs of this name before the one with this record, the newest first."""
    until_own = itertools.dropwhile(lambda path: path.name != Path(record).name, _records_of(name))
    ended: list[FoundRun] = []
    for path in [*until_own][1:]:
        if len(ended) < count:
            with contextlib.suppress(ValueError):
                ended.append(run_of_record(path))
    return ended


def run_of_record(path: Path) -> FoundRun:
    """The run that a record describes.

    Raises:
        ValueError: it can't be read, or is damaged.
    """
    entries = read_record(path)
    state: ProcessState = "died"
    if any(entry["event"] == "end" for entry in entries[-1:]):
        state = "ended"
    elif is_held(path):
        state = "does not answer"
    try:
        status = SteerStatus.from_record(entries, str(path), state)
    except ChannelError as error:
        raise ValueError(f"{path}: is damaged: {error}") from None
    return FoundRun(status, entries=tuple(entries))


def _living(path: Path) -> FoundRun | None:
    """The run whose socket this is; None if its process has gone."""
    if not is_answered(path):
        return None
    try:
        with Client(path) as client:
            status = client.status()
    except ChannelError:
        status = SteerStatus(path.stem, "does not answer", "", 0, 0, (), {}, (), (), "", "")
    return FoundRun(status, path)


def _sockets() -> Iterator[Path]:
    for folder in socket_folders():
        if is_private(folder):
            yield from sorted(folder.glob(f"*{SUFFIX}"))


def _records_of(name: str) -> list[Path]:
    return [path for path in _records() if path.stem.rpartition("-")[0] == name]


def _records() -> list[Path]:
    """The records, the newest first."""
    paths = [path for path in records_folder().glob("*.jsonl") if path.stem.rpartition("-")[2].isdigit()]
    return sorted(paths, key=lambda path: int(path.stem.rpartition("-")[2][:20]), reverse=True)

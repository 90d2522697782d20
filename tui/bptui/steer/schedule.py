"""Which settings a run changed at which steps: read from its record, to be printed or made again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bptui.steer.channel import MAX_STEPS
from bptui.steer.settings import RefusedError, Setting, Value

MAX_RECORD, MAX_ENTRIES = 12_000_000, 120_000
"""The most bytes and lines of a record that is read. A run writes fewer: see `Journal` and `Record`."""

MAX_LOOKS = 2_000_000
"""The most changes that are looked at for all returns of a run to earlier states."""


class SettingChange:
    """A change of a setting.

    Attributes:
        step: the step before which it is made.
        name: the setting.
        old, new: the values; None for one that could not be read.

    Raises:
        TypeError: it makes no sense.
    """

    __slots__ = ("name", "new", "old", "step")

    def __init__(self, step: object, name: object, old: object, new: object) -> None:
        if type(step) is not int or not 0 <= step <= MAX_STEPS or not isinstance(name, str):
            raise TypeError
        if not isinstance(old, Value | None) or not isinstance(new, Value | None):
            raise TypeError
        self.step, self.name, self.old, self.new = step, name, old, new


_Link = tuple["_Link | None", SettingChange]
"""A change, and what came before it. Many ways to where a run was share their beginning."""


def read_record(path: Path) -> list[dict[str, object]]:
    """The entries of a record. A last line that is not complete, as after a kill, is left out.

    Raises:
        ValueError: it can't be read, or is damaged; the message is one line.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_RECORD:
            raise ValueError(f"{path}: is not a file of at most {MAX_RECORD // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None
    if data.count(b"\n") > MAX_ENTRIES or data.count(b"[") + data.count(b"{") > 3 * MAX_ENTRIES:
        raise ValueError(f"{path}: is too long: a record has at most {MAX_ENTRIES:,} lines")
    entries = []
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("event"), str):
            raise ValueError(f"{path}: line {number} is not that of a record")
        entries.append(entry)
    if not entries or entries[0]["event"] != "start" or entries[0].get("version") != 1:
        raise ValueError(f"{path}: is not the record of a run")
    return entries


class ChangesSoFar:
    """The changes on the way to where a run is, followed entry by entry of its record."""

    def __init__(self) -> None:
        self._last: _Link | None = None
        self._at_start: dict[str, Value | None] = {}
        self._links: list[_Link | None] = [None]  # the last change after so many changes and returns
        self._looks = 0  # at changes, for the values at a return
        self._changed: set[str] = set()  # the names of the settings that were ever changed

    @property
    def changes(self) -> tuple[SettingChange, ...]:
        """The changes in order, without those of the branches that the run has left."""
        changes, link = [], self._last
        while link is not None:
            link, change = link
            changes.append(change)
        return tuple(reversed(changes))

    def add(self, entry: Mapping[str, object]) -> None:
        """Follow an entry.

        Raises:
            ValueError: it is damaged.
        """
        try:
            match entry["event"]:
                case "start":
                    settings: list[dict[str, Value | None]] = entry["settings"]  # type: ignore[assignment]
                    self._at_start = {str(setting["name"]): setting["value"] for setting in settings}
                case "change":
                    change = SettingChange(entry["step"], entry["name"], entry["old"], entry["new"])
                    self._last = self._last, change
                    self._changed.add(change.name)
                    self._links.append(self._last)
                case "back":
                    turns = entry["turns"]
                    if type(turns) is not int or not 0 <= turns < len(self._links):
                        raise ValueError
                    self._last = self._links[turns]
                    for change in self._kept(entry["step"], entry["settings"]):
                        self._last = self._last, change
                    self._links.append(self._last)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError("the record is damaged: its changes make no sense") from None

    def _kept(self, step: object, settings: object) -> Iterator[SettingChange]:
        """Changes on a branch that are in force after it was left, since the state does not have them."""
        newest: dict[str, Value | None] = {}
        link = self._last
        while link is not None and len(newest) < len(self._changed):
            link, change = link
            newest.setdefault(change.name, change.new)
            self._looks += 1
            if self._looks > MAX_LOOKS:
                raise ValueError
        values = self._at_start | newest
        kept: Mapping[str, Value | None] = settings  # type: ignore[assignment]
        for name, value in kept.items():
            if name in self._changed and value is not None and value != values[name]:
                yield SettingChange(step, name, values[name], value)


def changes_of(entries: Iterable[Mapping[str, object]]) -> tuple[SettingChange, ...]:
    """The changes that lead to where a run ended, by its record.

    Raises:
        ValueError: the record is damaged.
    """
    so_far = ChangesSoFar()
    for entry in entries:
        so_far.add(entry)
    return so_far.changes


class Replay:
    """Changes that a run makes by itself.

    Args:
        changes: in order.
        settings: the settings of the run, by name.

    Raises:
        ValueError: one of the changes is not allowed for the settings.
    """

    def __init__(self, changes: Iterable[SettingChange], settings: Mapping[str, Setting]) -> None:
        self._changes: list[tuple[int, str, Value]] = []
        for change in changes:
            if change.name not in settings:
                raise ValueError(f"the record changes {change.name!r}, which this run has no setting for")
            try:
                self._changes.append((change.step, change.name, settings[change.name].check(change.new)))
            except RefusedError as error:
                raise ValueError(
                    f"the record's change at step {change.step} is not allowed: {error}"
                ) from None
        self._index = 0

    @property
    def next_step(self) -> float:
        """The step of the next change; infinite if there is none."""
        return self._changes[self._index][0] if self._index < len(self._changes) else float("inf")

    def due(self, step: int) -> list[tuple[int, str, Value]]:
        """Take the changes (step, name and value) that are to be made before this step."""
        begin = self._index
        while self.next_step <= step:
            self._index += 1
        return self._changes[begin : self._index]

    def return_to(self, step: int) -> None:
        """Make the changes after this step again."""
        self._index = sum(1 for change in self._changes if change[0] <= step)

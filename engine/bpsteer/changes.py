"""Which settings a run changed at which steps: read from its record, to be printed or made again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from bpsteer.channel import VALUE, ChannelError, Fields
from bpsteer.settings import RequestError, Setting, Value

MAX_RECORD, MAX_ENTRIES = 12_000_000, 120_000
"""The most bytes and lines of a record that is read. A run writes fewer: see `Journal` and `Record`."""

MAX_LOOKS = 2_000_000
"""The most changes that are looked at for all returns of a run to earlier states."""


class SettingChange(NamedTuple):
    """A change of a setting."""

    step: int
    """The step before which it is made."""
    name: str
    """The setting."""
    old: Value | None
    """The value before; None if it could not be read, as the next one."""
    new: Value | None


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
        self._at_start: dict[str, Value | None] = {}
        self._links: list[_Link | None] = [None]  # the last change after so many changes and returns
        self._looks = 0  # at changes, for the values at a return
        self._changed: set[str] = set()  # the names of the settings that were ever changed

    @property
    def changes(self) -> tuple[SettingChange, ...]:
        """The changes in order, without those of the branches that the run has left."""
        changes, link = [], self._links[-1]
        while link is not None:
            link, change = link
            changes.append(change)
        return tuple(reversed(changes))

    def add(self, entry: Mapping[str, object]) -> None:
        """Follow an entry.

        Raises:
            ChannelError: it is damaged.
        """
        fields = Fields(entry)
        match fields.get("event", str):
            case "start":
                for setting in map(Fields, fields.get("settings", list)):
                    self._at_start[setting.get("name", str)] = setting.get("value", *VALUE)
            case "change":
                old, new = (fields.get(value, *VALUE) for value in ("old", "new"))
                change = SettingChange(fields.count("step"), fields.get("name", str), old, new)
                self._changed.add(change.name)
                self._links.append((self._links[-1], change))
            case "back":
                turns = fields.count("turns")
                if turns >= len(self._links):
                    raise ChannelError("turns must count the changes and returns before it")
                link = self._links[turns]
                settings = Fields(fields.get("settings", dict)).all(*VALUE)
                for change in self._kept(link, fields.count("step"), settings):
                    link = link, change
                self._links.append(link)

    def _kept(
        self, link: _Link | None, step: int, settings: Mapping[str, Value | None]
    ) -> Iterator[SettingChange]:
        """Changes on a branch that are in force after it was left, since the state does not have them."""
        newest: dict[str, Value | None] = {}
        while link is not None and len(newest) < len(self._changed):
            link, change = link
            newest.setdefault(change.name, change.new)
            self._looks += 1
            if self._looks > MAX_LOOKS:
                raise ChannelError("the run returns to earlier states too often")
        values = self._at_start | newest
        for name, value in settings.items():
            if name in self._changed and value is not None and value != values[name]:
                yield SettingChange(step, name, values[name], value)


def changes_of(entries: Iterable[Mapping[str, object]]) -> tuple[SettingChange, ...]:
    """The changes that lead to where a run ended, by its record.

    Raises:
        ValueError: the record is damaged.
    """
    so_far = ChangesSoFar()
    try:
        for entry in entries:
            so_far.add(entry)
    except ChannelError as error:
        raise ValueError(f"the record is damaged: {error}") from None
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
            except RequestError as error:
                raise ValueError(f"the change at step {change.step} is not allowed: {error}") from None
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

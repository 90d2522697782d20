"""Which settings a run changed at which steps: read from its record, to be printed or made again."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path

from bptui.steer.settings import RefusedError, Setting, Value

MAX_RECORD = 100_000_000
"""The most bytes of a record that is read."""

Change = tuple[int, str, Value]
"""The step before which a setting is changed, its name, and its new value."""


def read_record(path: Path) -> list[dict[str, object]]:
    """The entries of a record. A last line that is not complete, as after a kill, is left out.

    Raises:
        ValueError: it can't be read, or is damaged; the message is one line.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_RECORD:
            raise ValueError(f"{path}: is not a file of at most {MAX_RECORD // 1_000_000} MB")
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ValueError(f"{path}: can't be read: {(error.strerror or str(error)).lower()}") from None
    entries = []
    for number, line in enumerate(lines[:-1], 1):
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


def changes_of(entries: list[dict[str, object]]) -> list[Change]:
    """The changes that lead to where the run ended, in order, without those of the branches that it left.

    Raises:
        ValueError: the record is damaged.
    """
    changes: tuple[Change, ...] = ()
    at_states: dict[object, tuple[Change, ...]] = {}
    changed: set[str] = set()
    try:
        for entry in entries:
            match entry["event"]:
                case "change":
                    changes += (_checked(entry["step"], entry["name"], entry["new"]),)
                    changed.add(changes[-1][1])
                case "state":
                    at_states[entry["state"]] = changes
                case "back":
                    changes = at_states[entry["state"]]
                    # A setting that is not part of the state keeps the value that it got on the branch.
                    changes += _differing(entry, changes, changed, entries[0])
    except (KeyError, TypeError, ValueError):
        raise ValueError("the record is damaged: its changes make no sense") from None
    return list(changes)


def _differing(
    back: dict[str, object], changes: tuple[Change, ...], changed: set[str], start: dict[str, object]
) -> tuple[Change, ...]:
    """What is to be changed at a step to which a run returned, so that settings are as they were then."""
    values = {setting["name"]: setting["value"] for setting in start["settings"]}  # type: ignore[attr-defined]
    values |= {name: value for _, name, value in changes}
    found: Mapping[str, object] = back["settings"]  # type: ignore[assignment]
    return tuple(
        _checked(back["step"], name, value)
        for name, value in found.items()
        if name in changed and value is not None and value != values[name]
    )


def _checked(step: object, name: object, value: object) -> Change:
    if type(step) is not int or not isinstance(name, str) or not isinstance(value, (bool, int, float, str)):
        raise TypeError
    return step, name, value


class Replay:
    """Changes that a run makes by itself.

    Args:
        changes: in order.
        settings: the settings of the run, by name.

    Raises:
        ValueError: one of the changes is not allowed for the settings.
    """

    def __init__(self, changes: list[Change], settings: Mapping[str, Setting]) -> None:
        for step, name, value in changes:
            if name not in settings:
                raise ValueError(f"the record changes {name!r}, which this run has no setting for")
            try:
                settings[name].check(value)
            except RefusedError as error:
                raise ValueError(f"the record's change at step {step} is not allowed: {error}") from None
        self._changes = changes
        self._index = 0

    @property
    def next_step(self) -> float:
        """The step of the next change; infinite if there is none."""
        return self._changes[self._index][0] if self._index < len(self._changes) else float("inf")

    def due(self, step: int) -> list[Change]:
        """Take the changes that are to be made before this step."""
        begin = self._index
        while self.next_step <= step:
            self._index += 1
        return self._changes[begin : self._index]

    def return_to(self, step: int) -> None:
        """Make the changes after this step again."""
        self._index = sum(1 for change in self._changes if change[0] <= step)

"""Reading a settings file: TOML whose keys are the names of the hyperparameters and of `OPTIONS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpengine import DATASETS, FIELD, TASKS, ConfigError, Task
from bpengine.data.formulas import task_of
from bpengine.files import FileError, read_toml
from bptui.settings.keys import TABLE, read_keys
from bptui.settings.options import DATA, DATA_OPTIONS, FEATURES, OPTION, SETTING, STDIN
from bpwords import must_be, there_is_no

_OF_DATA = {option.name for option in DATA_OPTIONS} | {FEATURES.name}
_FOR_ALL = OPTION.keys() - _OF_DATA
_NAMES = {name: field.names for name, field in FIELD.items()} | dict.fromkeys((*OPTION, *TASKS, TABLE), ())


class SettingsFileError(ConfigError):
    """A file cannot be read or is not TOML; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """The content of a settings file. Each value is checked, but not whether they go together."""

    name: str = ""
    """The name of the file for messages."""
    top: Mapping[str, Any] = field(default_factory=dict)
    """The values above the tables."""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The values in the tasks' tables."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """The changed keys of commands, for `change_keys`."""

    def of(self, task: Task, *, opened: bool) -> dict[str, Any]:
        """The values for a task: those of its table and those above the tables that apply to it.

        Args:
            task: the task.
            opened: whether this is the task that the user asked for; data above the tables is only for that
                task.
        """
        top = {
            name: value
            for name, value in self.top.items()
            if name not in _FOR_ALL
            and (opened or name not in _OF_DATA)
            and (name != "dataset" or DATASETS[value].task == task)
            and (name != "function" or not value or task_of(value) == task)
        }
        return top | dict(self.tables.get(task, {}))

    def place(self, name: str, task: Task) -> str:
        """Where a task's value comes from, for messages: the file and the key."""
        return f"{self.name}: {task}.{name}" if name in self.tables.get(task, {}) else f"{self.name}: {name}"


def read_settings(path: Path) -> SettingsFile:
    """Read a file and check each value by itself.

    Raises:
        SettingsFileError: the file cannot be read or is not TOML.
        ConfigError: a key is unknown, or a value is not allowed; the message names the file and the key.
    """
    name = str(path)
    try:
        content = read_toml(path, or_stream=True)
    except FileError as error:
        raise SettingsFileError(name, str(error)) from None
    top: dict[str, Any] = {}
    tables: dict[str, Mapping[str, Any]] = {}
    keys: dict[str, str] = {}
    for key, value in content.items():
        if key not in (*TASKS, TABLE):
            top[key] = _value(name, key, value, path.parent)
        elif not isinstance(value, dict):
            raise ConfigError(f"{name}: {key}", must_be(f"a table, [{key}]", value))
        elif key == TABLE:
            keys = read_keys(value, name)
        else:
            tables[key] = {
                inner: _value(name, inner, given, path.parent, table=key) for inner, given in value.items()
            }
    return SettingsFile(name, top, tables, keys)


def _value(name: str, key: str, value: object, folder: Path, table: str = "") -> Any:
    """One value in its setting's own type."""
    where = f"{name}: {table}.{key}" if table else f"{name}: {key}"
    setting = SETTING.get(key)
    if setting is None:
        raise ConfigError(f"{name}: {table}" if table else name, there_is_no("setting", key, _NAMES))
    if table and key in _FOR_ALL:
        raise ConfigError(where, "must stand above the tables, since it is for both tasks")
    if setting is DATA and value == STDIN:  # which only a flag takes
        raise ConfigError(where, must_be(DATA.allowed, value))
    try:
        known = setting.read(value)
    except ConfigError as error:
        raise ConfigError(where, error.reason) from None
    return str(folder / known) if setting is DATA else known

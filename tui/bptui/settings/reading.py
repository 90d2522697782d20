"""The settings file: TOML whose keys are the names of the hyperparameters and of `OPTIONS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bpengine import DATASETS, FIELD, FIELDS, TASKS, ConfigError, Field, NumberField, Task
from bpengine.fields import shown
from bpengine.files import why_unreadable
from bptui.settings.options import DATA_OPTIONS, OPTION, OPTIONS, Option

MAX_BYTES = 1_000_000
"""The largest file that is read: a settings file of every key is a hundredth of it."""

_FOR_ALL = {option.name for option in OPTIONS if not option.in_tables}
_OF_DATA = {option.name for option in DATA_OPTIONS}


class SettingsError(ConfigError):
    """A settings file can't be used; the message names file, key and value."""


class SettingsFileError(SettingsError):
    """It is no settings file, or can't be read; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a file says, each value checked by itself."""

    name: str = ""
    """The file, as messages call it."""
    top: Mapping[str, Any] = field(default_factory=dict)
    """The values above the tables."""
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The values in the tasks' tables."""

    def of(self, task: Task, *, opened: bool) -> dict[str, Any]:
        """The values for a task: its table's, and what stands above the tables and fits.

        Args:
            task: which.
            opened: whether it's the task that is asked for; only that gets the data above the tables.
        """
        top = {
            name: value
            for name, value in self.top.items()
            if name not in _FOR_ALL
            and (opened or name not in _OF_DATA)
            and (name != "dataset" or DATASETS[value].task == task)
        }
        return top | dict(self.tables.get(task, {}))

    def place(self, name: str, task: Task) -> str:
        """Where the value that a task gets stands, as messages put it: the file and the key."""
        return f"{self.name}: {task}.{name}" if name in self.tables.get(task, {}) else f"{self.name}: {name}"


def read_settings(path: Path) -> Settings:
    """Read a file and check each value by itself.

    Raises:
        SettingsFileError: it can't be read or is no TOML.
        SettingsError: it has an unknown key or a value that is not allowed.
    """
    import tomllib

    name = str(path)
    text = _text_of(path, name)
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise SettingsFileError(f"{name}: is nested too deeply") from None
    except ValueError as error:  # also where a number has thousands of digits
        raise SettingsFileError(f"{name}: is not TOML: {_first_line(error)}") from None
    top: dict[str, Any] = {}
    tables: dict[str, Mapping[str, Any]] = {}
    for key, value in content.items():
        if key not in TASKS:
            top[key] = _value(name, key, value, path.parent)
        elif not isinstance(value, dict):
            raise SettingsError(f"{name}: {key}: {shown(value)} is not allowed: it takes a table, [{key}]")
        else:
            tables[key] = {
                inner: _value(name, inner, given, path.parent, table=key) for inner, given in value.items()
            }
    return Settings(name, top, tables)


def _text_of(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsFileError(f"{name}: {why_unreadable(error)}") from None
    except ValueError:  # a NUL in the path
        raise SettingsFileError(f"{name}: is not a possible file name") from None
    if len(data) > MAX_BYTES:
        raise SettingsFileError(f"{name}: is too large: it takes at most {MAX_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsFileError(f"{name}: is not UTF-8 text (at line {line})") from None


def _value(name: str, key: str, value: object, folder: Path, table: str = "") -> Any:
    """One value in its own type."""
    where = f"{name}: {table}.{key}" if table else f"{name}: {key}"
    if key in FIELD:
        field = FIELD[key]
        try:
            return _of_field(field, value)
        except ConfigError:
            raise SettingsError(f"{where}: {shown(value)} is not allowed: it takes {field.allowed}") from None
    option = OPTION.get(key)
    if option is None:
        raise SettingsError(f"{name}: {_unknown(key, table)}")
    if table and not option.in_tables:
        raise SettingsError(f"{where}: is not for one task: it takes a place above the tables")
    return _of_option(where, option, value, folder)


def _of_field(described: Field, value: object) -> Any:
    if not isinstance(value, str):
        return described.validate(value)
    # A number's text is a mistake, but there may be a word for 0; the other kinds are text, or lists of it.
    if isinstance(described, NumberField) and (not described.zero or value != described.zero):
        return described.validate(value)
    return described.parse(value)


def _of_option(where: str, option: Option, value: object, folder: Path) -> Any:
    try:
        known = option.read(value)
    except ValueError:
        raise SettingsError(f"{where}: {shown(value)} is not allowed: it takes {option.allowed}") from None
    return str(folder / known) if option.name == "data" else known


def _unknown(key: str, table: str) -> str:
    """That there is no such key, and which one may have been meant."""
    import difflib

    by_flag = {known.flag.removeprefix("--"): known.name for known in FIELDS}
    names = [*FIELD, *OPTION, *TASKS]
    meant = by_flag.get(key.replace("_", "-"))
    close = difflib.get_close_matches(key[:40].replace("-", "_").lower(), names, 1)
    hint = meant or (close[0] if close else "")
    told = shown(f"{table}.{key}" if table else key)
    return f"there is no setting {told}" + (f"; did you mean '{hint}'?" if hint else "")


def _first_line(error: ValueError) -> str:
    return str(error).partition("\n")[0][:200]

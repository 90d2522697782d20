"""Writing a settings file, as TOML: with the current settings, or as a template of all settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bpengine import TASKS, ConfigError, Field, Task, TrainingConfig
from bptui.commands import COMMAND, COMMANDS
from bptui.settings.keys import ALLOWED, TABLE, written_keys
from bptui.settings.options import DATA, FIELDS_BY_SUBJECT, OPTIONS

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def template() -> str:
    """The text of a file with every setting as a comment, with its default."""
    return _joined(_template_lines())


def written(
    top: Mapping[str, Any],
    tables: Mapping[Task, tuple[TrainingConfig, Mapping[str, Any] | None]],
    keys: Mapping[str, str],
) -> str:
    """The text of a file with these settings; reading the file gives the same settings.

    Args:
        top: the values above the tables, by name.
        tables: for each task its config, and the values of its `DATA_OPTIONS` by name; None in their place if
            its samples came with a checkpoint.
        keys: the changed keys of commands, as `change_keys` takes them.

    Raises:
        ConfigError: a value cannot be written as TOML.
    """
    lines = [assignment(name, value) for name, value in top.items()]
    for task, (config, data) in tables.items():
        lines += ("", f"[{task}]")
        for subject, fields in FIELDS_BY_SUBJECT.items():
            values = [(field, assignment(field.name, getattr(config, field.name))) for field in fields]
            lines += (comment(f"{subject}:"), *(f"{line}  {comment(field.help)}" for field, line in values))
        if data is None:
            lines.append(comment("The run has its own samples, in the checkpoint."))
        lines += [assignment(name, value) for name, value in absolute(data or {}).items()]
    lines += ("", f"[{TABLE}]") if keys else ()
    for command, names in keys.items():
        lines.append(f"{assignment(command, written_keys(names))}  {comment(COMMAND[command].help)}")
    return _joined(lines)


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def absolute(data: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `DATA_OPTIONS` with an absolute path: a relative one depends on the folder of a start."""
    return {**data, **({DATA.name: Path(data[DATA.name]).absolute()} if data else {})}


def _template_lines() -> Iterator[str]:
    yield comment("Settings for bptui --config FILE. To set a value, remove the # before its name. Flags on")
    yield comment("the command line override this file. Values above the tables are for both tasks, except")
    yield comment("that a data set or a data file is for one task; each table at the end is for one task.")
    yield ""
    for option in OPTIONS:
        yield from _described(option)
        yield f"#{assignment(option.name, option.example if option.default is None else option.default)}"
    own = [
        field for fields in FIELDS_BY_SUBJECT.values() for field in fields if field.classification is not None
    ]
    for subject, fields in FIELDS_BY_SUBJECT.items():
        yield from ("", comment(f"{subject}:"))
        for field in fields:
            if field not in own:
                yield from _described(field)
                yield f"#{assignment(field.name, field.default)}"
    for task in TASKS:
        config = TrainingConfig.defaults(task)
        yield from ("", f"[{task}]")
        for field in own:
            if task == TASKS[0]:
                yield from _described(field)
            yield f"#{assignment(field.name, getattr(config, field.name))}"
    yield from ("", f"[{TABLE}]", comment("The keys of the screen."))
    yield comment(f"  Allowed: {ALLOWED}.")
    for command in COMMANDS:
        yield f"#{assignment(command.name, written_keys(command.default_keys))}  {comment(command.help)}"


def _described(setting: Field) -> Iterator[str]:
    yield comment(f"{setting.label}, {setting.symbol}: {setting.help}" if setting.symbol else setting.help)
    yield comment(f"  Allowed: {setting.allowed}.")


def assignment(name: str, value: object) -> str:
    """A line that sets a key.

    Raises:
        ConfigError: the value is text that is not Unicode, such as a file name of arbitrary bytes.
    """
    try:
        return f"{name} = {toml_of(value)}"
    except UnicodeEncodeError:
        raise ConfigError(
            name, f"{ascii(value)[:80]} can't be written as TOML, since it is not Unicode"
        ) from None


def toml_of(value: object) -> str:
    """The TOML for a number, a boolean, a text or a tuple of them.

    Raises:
        UnicodeEncodeError: a text is not Unicode.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)  # the shortest text that gives the same number again
        case tuple():
            return f"[{', '.join(map(toml_of, value))}]"
        case _:
            return _string(str(value))


def comment(text: str) -> str:
    """A comment of one line."""
    return f"# {text}"


def _string(text: str) -> str:
    text.encode()  # raises an error if the text is not Unicode
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"

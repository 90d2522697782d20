"""A settings file's text: of the settings in force, or of all there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bpengine import TASKS, Field, Task, TrainingConfig
from bptui.settings.options import OPTIONS, SUBJECTS, fields_of
from bptui.settings.toml import comment, literal


def template() -> str:
    """A file of all settings, each as a comment with its default."""
    return _joined(_template_lines())


def written(top: Mapping[str, Any], tables: Mapping[Task, tuple[TrainingConfig, Mapping[str, Any]]]) -> str:
    """A file of these settings: to read it gives the same ones.

    Args:
        top: the values above the tables, by name.
        tables: for each task its config, and what says where its data come from, by name.

    Raises:
        ConfigError: a value can't be written in TOML.
    """
    return _joined(_written_lines(top, tables))


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _written_lines(
    top: Mapping[str, Any], tables: Mapping[Task, tuple[TrainingConfig, Mapping[str, Any]]]
) -> Iterator[str]:
    for name, value in top.items():
        yield f"{name} = {literal(value)}"
    for task, (config, data) in tables.items():
        yield from ("", f"[{task}]")
        for subject in SUBJECTS:
            yield comment(f"{subject}:")
            for field in fields_of(subject):
                value = literal(getattr(config, field.name))
                yield f"{field.name} = {value}  {comment(field.help)}"
        for name, value in data.items():
            yield f"{name} = {literal(value)}"


def _template_lines() -> Iterator[str]:
    yield comment("Settings for bptui --config FILE. Take the # away from before a name to set its value;")
    yield comment("a flag on the command line wins. A value above the tables is for both tasks, but a")
    yield comment("data set or a file of data only for its own; the tables at the end are for one task each.")
    yield ""
    for option in OPTIONS:
        yield comment(option.help)
        yield comment(f"  It takes {option.allowed}.")
        yield f"#{option.name} = {literal(option.example)}"
    defaults = {task: TrainingConfig.defaults(task) for task in TASKS}
    own = [field for subject in SUBJECTS for field in fields_of(subject) if not _is_shared(field, defaults)]
    for subject in SUBJECTS:
        yield from ("", comment(f"{subject}:"))
        for field in fields_of(subject):
            if field not in own:
                yield from _described(field)
                yield f"#{field.name} = {literal(getattr(defaults[TASKS[0]], field.name))}"
    for task, config in defaults.items():
        yield from ("", f"[{task}]")
        for field in own:
            if task == TASKS[0]:
                yield from _described(field)
            yield f"#{field.name} = {literal(getattr(config, field.name))}"


def _is_shared(field: Field, defaults: Mapping[Task, TrainingConfig]) -> bool:
    return len({getattr(config, field.name) for config in defaults.values()}) == 1


def _described(field: Field) -> Iterator[str]:
    yield comment(f"{field.label}, {field.symbol}: {field.help}")
    yield comment(f"  It takes {field.allowed}.")

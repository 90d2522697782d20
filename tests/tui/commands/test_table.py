"""What commands call is there: the modules that are imported late are those that type checkers see."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from bptui.commands import COMMANDS, SPOKEN, table
from bptui.commands.lazy import LazyModule

TREE = ast.parse(Path(table.__file__).read_text("utf-8"))


def seen_by_type_checkers() -> dict[str, str]:
    """The modules that are imported for types only, by their names in the table."""
    branch = next(node for node in TREE.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name[0].islower()
    }


def test_the_modules_that_are_imported_late_are_those_that_type_checkers_see() -> None:
    late = {name: value.name for name, value in vars(table).items() if isinstance(value, LazyModule)}
    assert late == seen_by_type_checkers()


def test_only_functions_of_late_modules_are_named() -> None:
    named = {
        (node.value.id, node.attr)
        for node in ast.walk(TREE)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and isinstance(getattr(table, node.value.id, None), LazyModule)
    }
    assert len(named) > 50
    for module, name in named:
        assert callable(getattr(import_module(getattr(table, module).name), name)), f"{module}.{name}"


def test_each_command_calls_something() -> None:
    assert all(command.screen for command in COMMANDS)
    for command in (*COMMANDS, *SPOKEN):
        assert bool(command.dialogue) == bool(command.word) == bool(command.group)

"""What commands call is there: the modules that are imported late are those that type checkers see."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from bptui.cli.subcommands import SCREEN, SUBCOMMANDS
from bptui.commands import COMMANDS, SPOKEN, table
from bptui.lazy import LazyModule

MODULES = [
    import_module(f"{table.__name__}.{path.stem}")
    for path in Path(table.__file__).parent.glob("*.py")
    if path.stem not in ("__init__", "command")
]
NAMES = [module.__name__.rpartition(".")[2] for module in MODULES]


def tree_of(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text("utf-8"))


def seen_by_type_checkers(module: ModuleType) -> dict[str, str]:
    """The modules that are imported for types only, by their names in the table."""
    branch = next(node for node in tree_of(module).body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name[0].islower()
    }


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_the_modules_that_are_imported_late_are_those_that_type_checkers_see(module: ModuleType) -> None:
    late = {name: value.name for name, value in vars(module).items() if isinstance(value, LazyModule)}
    assert late == seen_by_type_checkers(module)


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_only_functions_of_late_modules_are_named(module: ModuleType) -> None:
    named = {
        (node.value.id, node.attr)
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and isinstance(getattr(module, node.value.id, None), LazyModule)
    }
    assert named
    for late, name in named:
        assert callable(getattr(import_module(getattr(module, late).name), name)), f"{late}.{name}"


def test_each_command_calls_something() -> None:
    assert all(command.screen for command in COMMANDS)
    assert all(command.dialogue for command in SPOKEN)


def test_each_subcommand_has_a_parser_and_runs() -> None:
    for subcommand in (SCREEN, *SUBCOMMANDS.values()):
        module = import_module(subcommand.module)
        assert [*module.run.__annotations__.values()] == ["argparse.Namespace", "int"]
        assert module.parser.__annotations__ == {"return": "Parser"}
        assert len(subcommand.group) <= 8 and len(subcommand.does) <= 53

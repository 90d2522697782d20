"""Textual's private names: each one that bptui uses exists, and one module alone uses them."""

from __future__ import annotations

import ast
import dis
import functools
import importlib
import inspect
import io
import pkgutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest

import bptui
from bptui.screen.terminal import textual_internals
from bptui.screen.terminal.textual_internals import PRIVATE_NAMES, DeferrableScreen, queued_writes

OWN_FILE = Path(str(textual_internals.__file__))
NOT_TEXTUAL = {"os._exit", "loop._ready"}
"""Uses of a name that Textual has, too."""
PUBLIC = {"_replace"}
"""Names with an underscore that Python documents for every named tuple, which Textual has as well."""


@functools.cache
def attributes(cls: type) -> set[str]:
    """The names that a class defines, and those that its methods assign to."""
    found = set(vars(cls))
    for member in vars(cls).values():
        function = member.fget if isinstance(member, property) else inspect.unwrap(member)
        if isinstance(function, FunctionType):
            found |= {step.argval for step in dis.get_instructions(function) if step.opname == "STORE_ATTR"}
    return found


def private(names: set[str]) -> set[str]:
    return {name for name in names - PUBLIC if name.startswith("_") and not name.startswith("__")}


@pytest.mark.parametrize("name", PRIVATE_NAMES)
def test_the_installed_textual_has_each_listed_name(name: str) -> None:
    owner, _, attribute = name.rpartition(".")
    assert attribute in attributes(pkgutil.resolve_name(owner))


def test_a_missing_name_of_textual_would_be_noticed() -> None:
    owner = pkgutil.resolve_name("textual.screen:Screen")
    assert {"_compositor", "_on_timer_update", "_update_timer"} <= attributes(owner)
    assert "_no_such_name" not in attributes(owner)


def test_each_listed_name_of_textual_is_used() -> None:
    tree = ast.parse(OWN_FILE.read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {name.rpartition(".")[2] for name in PRIVATE_NAMES} <= used


def names_of_textual() -> set[str]:
    """The private names of all classes of Textual that are loaded."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "textual"]
    classes: set[Any] = {
        value for module in modules for value in vars(module).values() if inspect.isclass(value)
    }
    return private(set().union(*(attributes(cls) for cls in classes)))


def uses(tree: ast.AST) -> Iterator[str]:
    """The private names that are read from objects other than `self`, as they are written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private({node.attr}) and ast.unparse(node.value) != "self":
            yield ast.unparse(node)


def test_no_other_module_reaches_into_an_object_of_textual() -> None:
    names, found = names_of_textual(), {}
    for path in OWN_FILE.parents[2].rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "._" not in text.replace("self._", ""):
            continue
        bad = {use for use in uses(ast.parse(text)) if use.rpartition(".")[2] in names} - NOT_TEXTUAL
        if path != OWN_FILE and (bad or "import textual._" in text or "from textual._" in text):
            found[path.name] = bad
    assert found == {}


def own_classes() -> Iterator[type]:
    """Every class of bptui outside the module that has a base class in Textual."""
    for module in pkgutil.walk_packages(bptui.__path__, "bptui."):
        if not module.name.endswith("__main__"):
            for cls in vars(importlib.import_module(module.name)).values():
                if inspect.isclass(cls) and cls.__module__ == module.name and textual_bases(cls):
                    yield cls


def textual_bases(cls: type) -> list[type]:
    return [base for base in cls.__mro__ if base.__module__.partition(".")[0] == "textual"]


def shared_names(cls: type) -> set[str]:
    """The private names in the source of a class that a base class in Textual has, too."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return private(used) & set().union(*(attributes(base) for base in textual_bases(cls)))


def test_no_other_class_overrides_or_uses_a_private_name_of_its_base_class() -> None:
    assert shared_names(DeferrableScreen) == {"_on_timer_update"}
    classes = [cls for cls in own_classes() if cls.__module__ != textual_internals.__name__]
    assert len(classes) > 15
    assert {cls.__name__: shared_names(cls) for cls in classes if shared_names(cls)} == {}


def test_queued_writes_counts_what_the_writer_thread_has_not_written() -> None:
    thread = pkgutil.resolve_name("textual.drivers._writer_thread:WriterThread")(io.StringIO())
    app: Any = SimpleNamespace(_driver=SimpleNamespace(_writer_thread=thread))
    assert queued_writes(app) == 0
    thread.write("frame")  # the thread has not been started
    assert queued_writes(app) == 1
    app._driver = SimpleNamespace()
    assert queued_writes(app) == 0

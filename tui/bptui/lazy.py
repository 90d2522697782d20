"""Functions whose modules are imported when they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any


class LazyModule:
    """A module that is imported when one of its functions is called.

    Type checkers see the module itself: import it `if TYPE_CHECKING`, and else assign this.

    Args:
        name: its whole name.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            return getattr(import_module(self.name), function)(*args, **options)

        return call


def late(package: str, *names: str) -> Iterator[LazyModule]:
    """The modules of a package that have these names, such as "surface.dialog"."""
    return (LazyModule(f"{package}.{name}") for name in names)

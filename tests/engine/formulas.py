"""The formulas of the engine's descriptions, evaluated as they are written in the docs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

SIGNS = {"√(": "sqrt(", "²": "**2", "ᵗ": "**t", "^": "**", "⌊": "floor(", "⌋": ")"}
NAMES = {"max": np.maximum, "min": np.minimum, "π": np.pi}


class Names(dict[str, Any]):
    """The variables of a formula and, besides them, NumPy's functions."""

    def __missing__(self, name: str) -> Any:
        return NAMES[name] if name in NAMES else getattr(np, name)


def as_python(formula: str) -> str:
    """The formula as Python: a space between two factors becomes a product, and a condition is for arrays."""
    if (condition := re.fullmatch(r"(.+) if (.+) else (.+)", formula)) is not None:
        then, tested, otherwise = map(as_python, condition.groups())
        return f"where({tested}, {then}, {otherwise})"
    code = re.sub(r"√(\w)", r"sqrt(\1)", formula)
    for sign, replacement in SIGNS.items():
        code = code.replace(sign, replacement)
    return re.sub(r"(?<=[\w)]) (?=[\w(])", " * ", code)


def value(formula: str, **variables: Any) -> Any:
    """The value of an expression."""
    return eval(as_python(formula), {}, Names(variables))


def carried_out(formula: str, **variables: Any) -> dict[str, Any]:
    """The variables after the assignments of the formula."""
    names = Names(variables)
    exec(as_python(formula), {}, names)
    return names

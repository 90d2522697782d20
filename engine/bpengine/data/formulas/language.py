"""The vocabulary of formulas and its meaning. A formula can contain nothing else.

All arithmetic uses 64-bit floats, so that no power takes longer than others, and has the same bits on every
machine.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bpengine.arithmetic import functions
from bpengine.choices import Task

MAX_LENGTH = 200
"""The most characters of a formula."""
MAX_OPERATIONS = 60_000_000
"""The most operations of a function or of all features on all samples: half a second. A call, a remainder and
a power above 4 count as 50, since they take as long as so many additions."""
MAX_DEPTH = 100
"""The deepest nesting of operators and functions; a sum of 100 terms has this depth."""

VARIABLES: dict[Task, tuple[str, ...]] = {"regression": ("x",), "classification": ("x", "y")}
"""The inputs that a formula can use, in the order of a sample's coordinates."""
CONSTANTS: dict[str, float] = {"pi": math.pi, "e": math.e}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "sin": functions.sin,
    "cos": functions.cos,
    "tan": functions.tan,
    "arcsin": functions.arcsin,
    "arccos": functions.arccos,
    "arctan": functions.arctan,
    "sinh": functions.sinh,
    "cosh": functions.cosh,
    "tanh": functions.tanh,
    "exp": functions.exp,
    "log": functions.log,
    "log2": functions.log2,
    "log10": functions.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.round,
}
"""The functions of one number."""
EXTREMES: dict[str, Callable[[Any, Any], Any]] = {
    # Which of 0 and -0 NumPy takes depends on the processor; the sum with 0 is 0 for both.
    "min": lambda one, other: np.minimum(one, other) + 0.0,
    "max": lambda one, other: np.maximum(one, other) + 0.0,
}
"""The functions of two numbers or more."""
WORDS = ("and", "or", "not")
"""The words that join comparisons."""

OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Mod: np.mod,
    ast.Pow: functions.power,
    ast.UAdd: np.positive,
    ast.USub: np.negative,
}
COMPARISONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}

"""Formulas in other languages: the tree of a formula, with what each of its parts becomes there."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import TypeVar

from bpengine.data.formulas import Formula
from bpengine.data.formulas.formula import constant_part, identifiers
from bpengine.data.formulas.language import EXTREMES, FUNCTIONS

T = TypeVar("T")

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
}
NEGATIVE = "negative"


def translated(
    formula: Formula,
    variable: Callable[[int], T],
    number: Callable[[float], T],
    operations: Mapping[str, Callable[..., T]],
) -> T:
    """A formula in another language.

    Args:
        formula: the formula of a number.
        variable: writes the coordinate with a number.
        number: writes a constant. Parts without a variable are computed before.
        operations: write an operation on what is written: the signs of two operands, "negative", and the
            functions by name.
    """
    places = dict(zip(identifiers(formula.variables), range(len(formula.variables)), strict=True))

    def written(node: ast.expr) -> T:
        names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        if not names & places.keys():
            return number(constant_part(node))
        match node:
            case ast.Name(id=name):
                return variable(places[name])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return operations[NEGATIVE](written(operand))
            case ast.UnaryOp(operand=operand):
                return written(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return operations[_SIGNS[type(operator)]](written(left), written(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                function, operands = operations[name], map(written, arguments)
                return reduce(function, operands) if name in EXTREMES else function(*operands)
        raise AssertionError("a formula of a number has no other parts")

    return written(formula.tree)


def templates(texts: Mapping[str, str]) -> dict[str, Callable[..., str]]:
    """Operations that put their operands, as texts, into texts with {}."""
    return {name: text.format for name, text in texts.items()}


def definitions(functions: Mapping[str, str], calls: str) -> str:
    """The definitions of those functions that a text calls, and of those that these call in turn.

    Args:
        functions: the definitions by name, each after those that call it.
        calls: the text.
    """
    code = ""
    for name, text in functions.items():
        if re.search(rf"\b{name}\(", code + calls):
            code = f"{text}\n{code}"
    return code


def of_module(module: str) -> dict[str, Callable[..., str]]:
    """The operations in Python, by the functions of a module that has NumPy's names."""
    return templates(
        {sign: f"({{}} {sign} {{}})" for sign in ("+", "-", "*", "/", "**")}
        | {"%": f"{module}.remainder({{}}, {{}})", NEGATIVE: "(-{})"}
        | {name: f"{module}.{name}imum({{}}, {{}})" for name in EXTREMES}
        | {name: f"{module}.{name}({{}})" for name in FUNCTIONS}
    )


def python_number(value: float) -> str:
    """A constant in Python, in parentheses where a sign could bind less than the operator around it."""
    if not math.isfinite(value):
        return f'float("{value}")'
    return f"({value!r})" if math.copysign(1, value) < 0 else repr(value)

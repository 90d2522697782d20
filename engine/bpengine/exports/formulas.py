"""Formulas in other languages: the tree of a formula, with what each of its parts becomes there."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import reduce
from typing import TypeVar

from bpengine.data.formulas import Formula
from bpengine.data.formulas.formula import identifiers
from bpengine.data.formulas.language import CONSTANTS, EXTREMES

T = TypeVar("T")

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
}


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
        number: writes a constant.
        operations: write an operation on what is written: the signs of two operands, "negative", and the
            functions by name.
    """
    names = dict(zip(identifiers(formula.variables), range(len(formula.variables)), strict=True))

    def written(node: ast.expr) -> T:  # noqa: PLR0911  a case each
        match node:
            case ast.Constant(value=int() | float() as value):
                return number(float(value))
            case ast.Name(id=name) if name in names:
                return variable(names[name])
            case ast.Name(id=name):
                return number(CONSTANTS[name])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return operations["negative"](written(operand))
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

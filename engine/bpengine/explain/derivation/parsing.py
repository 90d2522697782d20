"""Parsing the formulas in the descriptions of activations and optimizers into expressions."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache

from bpengine.explain.derivation.expressions import (
    FUNCTIONS,
    Call,
    Expression,
    Negative,
    Number,
    Power,
    Quotient,
    Sum,
    Variable,
    Where,
    product,
)

_SIGNS = {"√(": "sqrt(", "²": "**2", "ᵗ": "**t", "^": "**", "⌊": "floor(", "⌋": ")"}
_CONDITION = re.compile(r"(?P<then>.+) if (?P<tested>.+) > (?P<limit>.+) else (?P<otherwise>.+)")
_PI = Number(3.141592653589793, "π")


def parse(formula: str, variables: Mapping[str, Variable]) -> Expression:
    """Return the expression of a formula; a space between two factors means their product.

    Args:
        formula: the formula.
        variables: the variable for each letter.

    Raises:
        KeyError: a letter has no variable.
        ValueError: the formula can't be parsed, or has an unknown operation.
    """
    condition = _CONDITION.fullmatch(formula)
    if condition is not None:
        return Where(**{name: parse(text, variables) for name, text in condition.groupdict().items()})
    return _expression(_tree(formula), variables)


@cache
def _tree(formula: str) -> ast.expr:
    """Python's syntax tree of a formula, cached so that it is not parsed again for every weight."""
    try:
        return ast.parse(_as_python(formula), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"a formula can't be read: {formula}") from error


@cache
def assignments(formula: str) -> tuple[tuple[str, str], ...]:
    """Return the letters that a formula such as v = ...; p -= ... assigns to, each with its new value."""
    pairs = []
    for statement in formula.split("; "):
        left, right = re.split(r" -?= ", statement, maxsplit=1)
        pairs.append((left, f"{left} - ({right})" if f"{left} -= " in statement else right))
    return tuple(pairs)


def _as_python(formula: str) -> str:
    code = re.sub(r"√(\w)", r"sqrt(\1)", formula)
    for sign, replacement in _SIGNS.items():
        code = code.replace(sign, replacement)
    return re.sub(r"(?<=[\w)]) (?=[\w(])", " * ", code)


def _expression(node: ast.expr, variables: Mapping[str, Variable]) -> Expression:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Number(float(number))
        case ast.Name(id="π"):
            return _PI
        case ast.Name(id=name):
            return variables[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negative(_expression(operand, variables))
        case ast.BinOp(left=left, op=operator, right=right):
            return _binary(operator, _expression(left, variables), _expression(right, variables))
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
            return Call(name, tuple(_expression(argument, variables) for argument in arguments))
        case ast.Call(func=ast.Name(id=name)):
            raise ValueError(f"a formula calls {name}, which is none of {', '.join(FUNCTIONS)}")
    raise ValueError(f"a formula has an unknown part: {ast.unparse(node)}")


def _binary(operator: ast.operator, left: Expression, right: Expression) -> Expression:
    match operator:
        case ast.Add() | ast.Sub():
            terms = left.terms if isinstance(left, Sum) else (left,)
            return Sum((*terms, right if isinstance(operator, ast.Add) else Negative(right)))
        case ast.Mult():
            return product(left, right)
        case ast.Div():
            return Quotient(left, right)
        case ast.Pow():
            return Power(left, right)
    raise ValueError(f"a formula has an unknown operation: {type(operator).__name__}")

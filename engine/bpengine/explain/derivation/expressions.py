"""Formulas as expression trees, which can be written with symbols or with numbers plugged in."""

from __future__ import annotations

import ast
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Symbol:
    """The name of a quantity in a formula, such as W1[2,3]: the weight of input 2 of unit 3."""

    name: str
    """A letter, or dL/d for a derivative."""
    layer: int | None = None
    """The layer, counted from 1; None for a quantity of the whole network."""
    indices: tuple[int, ...] = ()
    """The input or unit, or both, counted from 1."""
    of: Symbol | None = None
    """The symbol that a derivative or an optimizer's buffer belongs to."""
    is_new: bool = False
    """Whether the step has changed it."""


NumberOf = Callable[["Variable", int], float]
"""(variable, row): the number for a symbol, in the sample with this index in the batch."""


def own_number(variable: Variable, _row: int) -> float:
    """The number of a variable itself."""
    return variable.number


class Expression(ABC):
    """A node of a formula."""

    @abstractmethod
    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Compute the formula.

        Args:
            number_of: the numbers for its variables; by default their own.
            row: the sample of the batch that the formula is about. A mean is about each of them.
        """


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number that is part of the formula itself."""

    number: float
    text: str = ""
    """How it is written, such as 1/2; by default with its digits."""

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:  # noqa: ARG002  it has only one
        """Return the number."""
        return self.number


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A quantity with its number."""

    symbol: Symbol
    number: float

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Return the number."""
        return number_of(self, row)


@dataclass(frozen=True, slots=True)
class Sum(Expression):
    """A sum of any number of terms, created when they are needed; one that is subtracted is a `Negative`."""

    term: Callable[[int], Expression]
    """Returns the term of this number, counted from 0."""
    count: int

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Add up."""
        return math.fsum(self.term(index).value(number_of, row) for index in range(self.count))


@dataclass(frozen=True, slots=True)
class Mean(Expression):
    """The mean of one formula over the samples of a batch. With symbols, it is written as the formula."""

    total: Sum

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:  # noqa: ARG002  of every row
        """Add up and divide."""
        values = (self.total.term(at).value(number_of, at) for at in range(self.total.count))
        return math.fsum(values) / self.total.count


@dataclass(frozen=True, slots=True)
class Product(Expression):
    """a b ..."""

    factors: tuple[Expression, ...]

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Multiply."""
        return math.prod(factor.value(number_of, row) for factor in self.factors)


@dataclass(frozen=True, slots=True)
class Quotient(Expression):
    """a / b."""

    above: Expression
    below: Expression

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Divide."""
        return self.above.value(number_of, row) / self.below.value(number_of, row)


@dataclass(frozen=True, slots=True)
class Power(Expression):
    """a to the power of b."""

    base: Expression
    exponent: Expression

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Raise to the power."""
        return float(self.base.value(number_of, row) ** self.exponent.value(number_of, row))


@dataclass(frozen=True, slots=True)
class Negative(Expression):
    """-a."""

    operand: Expression

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Change the sign."""
        return -self.operand.value(number_of, row)


@dataclass(frozen=True, slots=True)
class Where(Expression):
    """`then` if `tested` is larger than `limit`, else `otherwise`."""

    then: Expression
    tested: Expression
    limit: Expression
    otherwise: Expression

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Compare and choose."""
        is_larger = self.tested.value(number_of, row) > self.limit.value(number_of, row)
        return (self.then if is_larger else self.otherwise).value(number_of, row)


def _sign(x: float) -> float:
    return math.copysign(1.0, x) if x else 0.0


FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sin": math.sin,
    "cos": math.cos,
    "max": max,
    "min": min,
    "sign": _sign,
    "floor": math.floor,
}
"""The functions that formulas may call."""


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """One of `FUNCTIONS` of its arguments."""

    function: str
    arguments: tuple[Expression, ...]

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Call the function."""
        return float(
            FUNCTIONS[self.function](*(argument.value(number_of, row) for argument in self.arguments))
        )


def product(*factors: Expression) -> Expression:
    """A product, without parentheses around products in it."""
    flat = tuple(
        part for factor in factors for part in (factor.factors if isinstance(factor, Product) else (factor,))
    )
    return flat[0] if len(flat) == 1 else Product(flat)


def total(terms: tuple[Expression, ...]) -> Expression:
    """A sum; a single term is returned as it is."""
    return series(terms.__getitem__, len(terms))


def series(term: Callable[[int], Expression], count: int) -> Expression:
    """A sum of terms that are created when they are needed; a single term is returned as it is."""
    return term(0) if count == 1 else Sum(term, count)


_SIGNS = {"√(": "sqrt(", "²": "**2", "ᵗ": "**t", "^": "**", "⌊": "floor(", "⌋": ")"}
_CONDITION = re.compile(r"(?P<then>.+) if (?P<tested>.+) > (?P<limit>.+) else (?P<otherwise>.+)")
_PI = Constant(3.141592653589793, "π")


def parse_expression(formula: str, variables: Mapping[str, Variable]) -> Expression:
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
        return Where(
            **{name: parse_expression(text, variables) for name, text in condition.groupdict().items()}
        )
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
            return Constant(float(number))
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
            terms = map(left.term, range(left.count)) if isinstance(left, Sum) else (left,)
            return total((*terms, right if isinstance(operator, ast.Add) else Negative(right)))
        case ast.Mult():
            return product(left, right)
        case ast.Div():
            return Quotient(left, right)
        case ast.Pow():
            return Power(left, right)
    raise ValueError(f"a formula has an unknown operation: {type(operator).__name__}")

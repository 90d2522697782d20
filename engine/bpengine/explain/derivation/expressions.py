"""Formulas as expression trees, which can be written with symbols or with numbers plugged in."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass


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
class Number(Expression):
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
    """a + b + ...; a term that is subtracted is a `Negative`."""

    terms: tuple[Expression, ...]

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Add up."""
        return math.fsum(term.value(number_of, row) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Series(Expression):
    """A sum of any number of terms, which are created when they are needed."""

    term: Callable[[int], Expression]
    """Returns the term of this number, counted from 0."""
    count: int

    def value(self, number_of: NumberOf = own_number, row: int = 0) -> float:
        """Add up."""
        return math.fsum(self.term(index).value(number_of, row) for index in range(self.count))


@dataclass(frozen=True, slots=True)
class Mean(Expression):
    """The mean of one formula over the samples of a batch. With symbols, it is written as the formula."""

    total: Series

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
    return terms[0] if len(terms) == 1 else Sum(terms)


def series(term: Callable[[int], Expression], count: int) -> Expression:
    """A sum of terms that are created when they are needed; a single term is returned as it is."""
    return term(0) if count == 1 else Series(term, count)

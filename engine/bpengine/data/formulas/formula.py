"""`parse` turns a text into a `Formula`, with Python's parser and a list of what is allowed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.data.formulas.language import (
    COMPARISONS,
    CONSTANTS,
    EXTREMES,
    FUNCTIONS,
    MAX_DEPTH,
    OPERATORS,
    VARIABLES,
)
from bpengine.data.formulas.tokens import check_tokens
from bpengine.errors import FormulaError

Kind = Literal["number", "comparison"]
_NEEDED: dict[Task, Kind] = {"regression": "number", "classification": "comparison"}
_EXAMPLES: dict[Kind, str] = {"number": "a number such as sin(x)", "comparison": "a comparison such as y > x"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula, created by `parse`. It can be pickled.

    Calling it with coordinates, shape (n, d), gives its value at each of them, shape (n,): numbers for
    regression, and booleans for classification. Values need not be finite.
    """

    text: str
    task: Task
    tree: ast.expr = field(compare=False, repr=False)

    def __call__(self, coordinates: Array) -> Any:
        """Return the values at these coordinates, shape (n, d); shape (n,)."""
        return self.evaluate(coordinates)[0]

    def evaluate(self, coordinates: Array) -> tuple[Any, NDArray[np.bool_]]:
        """Return the values, and where they and all compared numbers are finite; shape (n,) each.

        Args:
            coordinates: shape (n, d), with d = 1 for regression and d = 2 for classification.
        """
        inputs = dict(zip(VARIABLES[self.task], coordinates.T, strict=True))
        evaluation = _Evaluation(inputs, len(coordinates))
        with np.errstate(all="ignore"):
            values = evaluation.of(self.tree)
            if self.task == "regression":
                evaluation.note(values)
        return np.broadcast_to(values, len(coordinates)).copy(), evaluation.finite

    @property
    def names(self) -> frozenset[str]:
        """The inputs, constants and functions that it uses."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    def __reduce__(self) -> tuple[Callable[..., Formula], tuple[str, Task]]:
        return parse, (self.text, self.task)


@lru_cache(maxsize=64)
def parse(text: str, task: Task) -> Formula:
    """Return the formula.

    Args:
        text: a number of x for regression, a comparison of x and y for classification.
        task: regression or classification.

    Raises:
        FormulaError: the text is not a formula, or is one for the other task.
    """
    meant = task_of(text)
    if meant != task:
        raise FormulaError(1, f"this formula is for {meant}; {task} needs {_EXAMPLES[_NEEDED[task]]}")
    return Formula(text, task, _tree(text, VARIABLES[task], _NEEDED[task]))


def constant(text: str) -> float:
    """Return the value of a formula without inputs, such as 2*pi; it need not be finite.

    Raises:
        FormulaError: the text is not such a formula.
    """
    with np.errstate(all="ignore"):
        return float(_Evaluation({}, 1).of(_tree(text, (), "number")))


def task_of(text: str) -> Task:
    """Return the task that a formula is for: classification if it compares."""
    return "classification" if re.search(r"[<>=!]", text) else "regression"


def _tree(text: str, variables: tuple[str, ...], needed: Kind) -> ast.expr:
    check_tokens(text, variables)
    begin = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:  # for example 007, or "not" in place of a number
        raise FormulaError(begin + (error.offset or 1), "is not understood here") from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError(begin + 1, "has too many parts") from None
    check = _Check(begin, variables)
    check.needs(tree, needed, 0)
    return tree


@dataclass(frozen=True, slots=True)
class _Check:
    """Refuses every part of a syntax tree that is not in the lists of the language."""

    begin: int
    variables: tuple[str, ...]

    def needs(self, node: ast.expr, needed: Kind, depth: int) -> None:
        """Check that a part of the tree has the kind that is needed there."""
        if depth > MAX_DEPTH:
            raise self._error(node, "has too many parts within one another")
        kind, parts = self._parts(node)
        if kind != needed:
            got = "a comparison" if kind == "comparison" else "a number"
            raise self._error(node, f"expected {_EXAMPLES[needed]}, got {got}")
        for part, part_kind in parts:
            self.needs(part, part_kind, depth + 1)

    def _parts(self, node: ast.expr) -> tuple[Kind, list[tuple[ast.expr, Kind]]]:  # noqa: PLR0911  a case each
        """The kind of a node, and its child nodes with the kinds that they must have."""
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if not np.isfinite(_number(value)):
                    raise self._error(node, "is too large a number")
                return "number", []
            case ast.Name(id=name) if name in (*self.variables, *CONSTANTS):
                return "number", []
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return "comparison", [(operand, "comparison")]
            case ast.UnaryOp(op=operator, operand=operand) if type(operator) in OPERATORS:
                return "number", [(operand, "number")]
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
                return "number", [(left, "number"), (right, "number")]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self._check_call(node, name, len(arguments))
                return "number", [(argument, "number") for argument in arguments]
            case ast.Compare(left=left, ops=operators, comparators=others) if all(
                type(operator) in COMPARISONS for operator in operators
            ):
                return "comparison", [(part, "number") for part in (left, *others)]
            case ast.BoolOp(values=values):
                return "comparison", [(value, "comparison") for value in values]
        raise self._error(node, "is not allowed")

    def _check_call(self, node: ast.expr, name: str, arguments: int) -> None:
        if name not in FUNCTIONS and name not in EXTREMES:
            raise self._error(node, "is not allowed")
        if name in EXTREMES and arguments < 2:
            raise self._error(node, f"write {name}(a, b), with two numbers or more")
        if name in FUNCTIONS and arguments != 1:
            raise self._error(node, f"{name} takes one number")

    def _error(self, node: ast.expr, reason: str) -> FormulaError:
        return FormulaError(self.begin + node.col_offset + 1, reason)


def _number(value: float) -> Any:
    """The float of a literal; a whole number that is too large becomes infinite."""
    try:
        return np.float64(value)
    except OverflowError:
        return np.float64(np.inf)


class _Evaluation:
    """The values of a checked tree at some coordinates.

    Attributes:
        finite: where all noted values are finite; shape (n,).
    """

    def __init__(self, inputs: dict[str, Array], count: int) -> None:
        self._inputs = inputs
        self.finite: NDArray[np.bool_] = np.ones(count, dtype=np.bool)

    def note(self, values: Any) -> None:
        """Note where these values are finite."""
        self.finite &= np.isfinite(values)

    def of(self, node: ast.AST) -> Any:  # noqa: PLR0911  a case each
        """The values of a part of the tree: numbers or booleans, shape (n,) or a scalar."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return _number(value)
            case ast.Name(id=name):
                return self._inputs[name] if name in self._inputs else np.float64(CONSTANTS[name])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return np.logical_not(self.of(operand))
            case ast.UnaryOp(op=operator, operand=operand):
                return OPERATORS[type(operator)](self.of(operand))
            case ast.BinOp(left=left, op=operator, right=right):
                return OPERATORS[type(operator)](self.of(left), self.of(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                values = [self.of(argument) for argument in arguments]
                return reduce(EXTREMES[name], values) if name in EXTREMES else FUNCTIONS[name](values[0])
            case ast.Compare(left=left, ops=operators, comparators=others):
                compared = [self.of(part) for part in (left, *others)]
                for values in compared:
                    self.note(values)
                pairs = zip(operators, compared[:-1], compared[1:], strict=True)
                return reduce(
                    np.logical_and, (COMPARISONS[type(operator)](one, two) for operator, one, two in pairs)
                )
            case ast.BoolOp(op=operator, values=values):
                join = np.logical_and if isinstance(operator, ast.And) else np.logical_or
                return reduce(join, map(self.of, values))
        raise AssertionError("only checked trees are evaluated")

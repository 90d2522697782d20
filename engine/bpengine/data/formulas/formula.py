"""`parse` turns a text into a `Formula`, with Python's parser and a list of what is allowed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial, reduce
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bpengine.arithmetic.arrays import Array
from bpengine.choices import Task
from bpengine.data.formulas import language
from bpengine.errors import FormulaError
from bpwords import Sentence, name_list, printable, shown, word

_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%<>(),]))"
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_CALLED = (*language.FUNCTIONS, *language.EXTREMES)
_HINTS = {
    "^": "write ** for a power",
    "=": "write only what stands to the right of y =, or == to compare",
    "|": "write abs(x)",
    "&": "write and",
    "[": "write ( )",
    "{": "write ( )",
    "×": "write *",
    "·": "write *",
    "÷": "write /",
    "−": "write -",
    "π": "write pi",
    "√": "write sqrt(x)",
    "≤": "write <=",
    "≥": "write >=",
}
_OPERAND = "a number, a name or ("
_SPACE = " \t"


class Token(NamedTuple):
    """A number, a name or a sign."""

    kind: str
    """number, name or sign."""
    text: str
    column: int
    """The column where it begins, counted from 1."""


def checked_tokens(text: str, variables: tuple[str, ...]) -> list[Token]:
    """Return the parts of a text, after checking that their order can be that of a formula.

    Args:
        text: the formula.
        variables: the names of the inputs; see `number_of`.

    Raises:
        FormulaError: the text is not.
    """
    if len(text) > language.MAX_LENGTH:
        limit = Sentence("a formula has at most {most} characters")
        raise FormulaError(language.MAX_LENGTH + 1, limit(most=language.MAX_LENGTH))
    tokens: list[Token] = []
    before: Token | None = None
    brackets: list[tuple[Token, str]] = []  # each with the function before it
    for token in _tokens(text, _beginning_with(variables)):
        if token.kind == "name":
            _check_name(token, variables)
        if before is not None and before.text in _CALLED:
            if token.text != "(":
                raise _without_brackets(before)
        elif before is not None and _ends_operand(before):
            _check_after_operand(token, before, brackets)
        elif not _begins_operand(token):
            expected = Sentence("expected {what}, got {given}")
            raise FormulaError(token.column, expected(what=word(_OPERAND), given=shown(token.text)))
        if token.text == "(":
            brackets.append((token, "" if before is None else before.text))
        elif token.text == ")":
            brackets.pop()
        before = token
        tokens.append(token)
    if before is not None and before.text in _CALLED:
        raise _without_brackets(before)
    if before is None or not _ends_operand(before):
        ends = Sentence("the formula ends where {what} should follow")(what=word(_OPERAND))
        raise FormulaError(len(text) + 1, ends)
    if brackets:
        raise FormulaError(brackets[-1][0].column, word("this ( has no )"))
    return tokens


@lru_cache(maxsize=64)
def _beginning_with(variables: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return a pattern for the names of inputs that are not simple words; None if there are none."""
    names = [name for name in variables if name[:1].isalpha() and not _WORD.fullmatch(name)]
    if not names:
        return None
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"[ \t]*(?P<name>{'|'.join(longest_first)})(?![A-Za-z_0-9])")


def _tokens(text: str, names: re.Pattern[str] | None) -> Iterator[Token]:
    place, end = 0, len(text.rstrip(_SPACE))
    while place < end:
        token = (names and names.match(text, place)) or _TOKEN.match(text, place)
        if token is None:
            place += len(text[place:]) - len(text[place:].lstrip(_SPACE))
            reason = Sentence("'{sign}' is not allowed")(sign=printable(text[place]))
            hint = word(_HINTS[text[place]]) if text[place] in _HINTS else ""
            raise FormulaError(place + 1, word("; ", "list").join(filter(None, (reason, hint))))
        kind = str(token.lastgroup)
        yield Token(kind, token[kind], token.start(kind) + 1)
        place = token.end()


def _check_name(token: Token, variables: Sequence[str]) -> None:
    if token.text not in (*variables, *language.CONSTANTS, *_CALLED, *language.WORDS):
        allowed = (*filter(None, [name_list([*filter(None, variables)])]), *language.CONSTANTS, *_CALLED)
        unknown = Sentence("unknown name {name}; allowed: {names}")
        raise FormulaError(token.column, unknown(name=shown(token.text), names=", ".join(allowed)))


def _without_brackets(function: Token) -> FormulaError:
    return FormulaError(
        function.column, Sentence("write {call}, with brackets")(call=f"{function.text}(...)")
    )


def _is_noun(token: Token) -> bool:
    return token.kind == "name" and token.text not in language.WORDS


def _begins_operand(token: Token) -> bool:
    return token.kind == "number" or token.text in ("(", "+", "-", "not") or _is_noun(token)


def _ends_operand(token: Token) -> bool:
    return token.kind == "number" or token.text == ")" or _is_noun(token)


def _check_after_operand(token: Token, before: Token, brackets: Sequence[tuple[Token, str]]) -> None:
    """Check that a token can follow a number, an input, a constant or a closing bracket."""
    column = token.column
    if token.text in ("(", "not") or token.kind == "number" or _is_noun(token):
        reason = Sentence("expected an operator such as * before {part}")(part=shown(token.text))
        if token.kind != "sign" and token.text != "not" and before.text != ")":
            example = Sentence("write {example}")(example=f"{before.text}*{token.text}")
            reason = word("; ", "list").join((reason, example))
        raise FormulaError(column, reason)
    if token.kind == "name" and before.kind == "number" and column == before.column + len(before.text):
        raise FormulaError(column, Sentence("expected a blank before {part}")(part=shown(token.text)))
    if token.text == ")" and not brackets:
        raise FormulaError(column, word("this ) has no ("))
    if token.text == "," and (not brackets or brackets[-1][1] not in language.EXTREMES):
        raise FormulaError(column, word("a comma only stands in min(a, b) and max(a, b)"))


FormulaKind = Literal["number", "comparison"]
_NEEDED: dict[Task, FormulaKind] = {"regression": "number", "classification": "comparison"}
_EXAMPLES: dict[FormulaKind, str] = {
    "number": "a number such as sin(x)",
    "comparison": "a comparison such as y > x",
}


class At:
    """The coordinates at which a formula is evaluated.

    Args:
        inputs: the values of each variable; shape (n,).
        count: n.

    Attributes:
        finite: where all noted values are finite; shape (n,).
    """

    def __init__(self, inputs: dict[str, Array], count: int) -> None:
        self.inputs = inputs
        self.finite: NDArray[np.bool_] = np.ones(count, dtype=np.bool)

    def note(self, values: Any) -> None:
        """Note where these values are finite."""
        self.finite &= np.isfinite(values)


FormulaPart = Callable[[At], Any]
"""Computes a part of a formula: numbers or booleans, shape (n,) or a scalar."""


class Vocabulary(NamedTuple):
    """The names in formulas that are not about x and y."""

    numbers: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    """Names whose values are booleans."""
    examples: Mapping[FormulaKind, str] = _EXAMPLES
    """What a number and what a condition look like, for messages."""

    def read(self, text: str, kind: FormulaKind) -> Callable[[Mapping[str, Any]], Any]:
        """Return a function that computes the value of a formula from the values of the names.

        Args:
            text: the formula.
            kind: what the formula must be.

        Raises:
            FormulaError: it is not such a formula.
        """
        names = (*self.numbers, *self.conditions)
        words = identifiers(names)
        part = _read(text, names, kind, self)[1]

        def value(values: Mapping[str, Any]) -> Any:
            inputs = {own: np.asarray(values[name]) for name, own in zip(names, words, strict=True)}
            with np.errstate(all="ignore"):
                return np.asarray(part(At(inputs, 1))).item()

        return value


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula, created by `parse`. It can be pickled.

    Calling it with coordinates, shape (n, d), gives its value at each of them, shape (n,): numbers for
    regression, and booleans for classification. Values need not be finite.
    """

    text: str
    task: Task
    """The task that such values suit."""
    variables: tuple[str, ...]
    """The names of the coordinates; d of them."""
    tree: ast.expr = field(compare=False, repr=False)
    _values: FormulaPart = field(compare=False, repr=False)

    def __call__(self, coordinates: Array) -> Any:
        """Return the values at these coordinates, shape (n, d); shape (n,)."""
        return self.evaluate(coordinates)[0]

    def evaluate(self, coordinates: Array) -> tuple[Any, NDArray[np.bool_]]:
        """Return the values, and where they and all compared numbers are finite; shape (n,) each.

        Args:
            coordinates: a column for each variable; shape (n, d).
        """
        at = At(dict(zip(identifiers(self.variables), coordinates.T, strict=True)), len(coordinates))
        with np.errstate(all="ignore"):
            values = self._values(at)
            if self.task == "regression":
                at.note(values)
        return np.broadcast_to(values, len(coordinates)).copy(), at.finite

    @property
    def operations(self) -> int:
        """How many additions take about as long as its value for one sample, at most."""
        return sum(map(_additions, ast.walk(self.tree)))

    @property
    def used(self) -> tuple[str, ...]:
        """The variables that it uses."""
        names = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        both = zip(self.variables, identifiers(self.variables), strict=True)
        return tuple(variable for variable, identifier in both if identifier in names)

    def __reduce__(self) -> tuple[Callable[..., Formula], tuple[str, Task, tuple[str, ...]]]:
        return _formula, (self.text, self.task, self.variables)


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
        other = Sentence("this formula is for {meant}; {task} needs {example}")
        example = word(_EXAMPLES[_NEEDED[task]])
        raise FormulaError(1, other(meant=word(meant, "tab"), task=word(task, "tab"), example=example))
    return _formula(text, task, language.VARIABLES[task])


def number_of(text: str, variables: tuple[str, ...]) -> Formula:
    """Return the formula of a number.

    Args:
        text: the formula.
        variables: the names that it may use. Those that begin with a letter may have spaces and other signs
            in them. Of two names that begin alike, the longer one is meant.

    Raises:
        FormulaError: the text is not such a formula.
    """
    return _formula(text, "regression", variables)


def _additions(node: ast.AST) -> int:
    """How many additions take about as long as this part of a formula without its operands, at most."""
    match node:
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=1 | 2 | 3 | 4)):
            return 1
        case ast.Call() | ast.BinOp(op=ast.Pow() | ast.Mod()):
            return 50
    return int(isinstance(node, ast.BinOp | ast.UnaryOp | ast.cmpop | ast.Name))


@lru_cache(maxsize=64)
def _formula(text: str, task: Task, variables: tuple[str, ...]) -> Formula:
    return Formula(text, task, variables, *_read(text, variables, _NEEDED[task]))


def constant(text: str) -> float:
    """Return the value of a formula without inputs, such as 2*pi; it need not be finite.

    Raises:
        FormulaError: the text is not such a formula.
    """
    return constant_part(_read(text, (), "number")[0])


def constant_part(node: ast.expr) -> float:
    """Return the value of a part of a checked formula in which there is no input."""
    with np.errstate(all="ignore"):
        return float(_Reader((), frozenset()).read(node, "number", 0)(At({}, 1)))


def task_of(text: str) -> Task:
    """Return the task that a formula is for: classification if it compares."""
    return "classification" if re.search(r"[<>=!]", text) else "regression"


def _read(
    text: str, variables: tuple[str, ...], needed: FormulaKind, vocabulary: Vocabulary | None = None
) -> tuple[ast.expr, FormulaPart]:
    """Return the syntax tree of a formula, and what computes its values."""
    known = dict(zip(variables, identifiers(variables), strict=True))
    vocabulary = vocabulary or Vocabulary(variables)
    conditions = frozenset(known[name] for name in vocabulary.conditions)
    words, columns = [], []
    for token in checked_tokens(text, variables):
        name = known.get(token.text, token.text) if token.kind == "name" else token.text
        words.append(name)
        columns += [token.column] * (len(name) + 1)  # with the space after it
    try:
        tree = ast.parse(" ".join(words), mode="eval").body
    except SyntaxError as error:  # for example 007, or "not" in place of a number
        raise FormulaError(columns[(error.offset or 1) - 1], word("is not understood here")) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError(columns[0], word("has too many parts")) from None
    reader = _Reader(columns, frozenset(known.values()) - conditions, conditions, vocabulary)
    return tree, reader.read(tree, needed, 0)


@lru_cache(maxsize=64)
def identifiers(variables: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name in syntax trees for each variable: those with other names than x and y are numbered."""
    plain = language.VARIABLES["classification"]
    return tuple(name if name in plain else f"_{number}" for number, name in enumerate(variables))


class _Reader(NamedTuple):
    """Turns a syntax tree into functions, and refuses every part that is not in the lists of the language."""

    columns: Sequence[int]
    """The column in the formula of each character of the text that was parsed."""
    variables: frozenset[str]
    """The names of the inputs in the tree."""
    conditions: frozenset[str] = frozenset()
    """The names of booleans in the tree."""
    vocabulary: Vocabulary = Vocabulary(())

    def read(self, node: ast.expr, needed: FormulaKind, depth: int) -> FormulaPart:
        """Return what computes a part of the tree, which must have the kind that is needed there."""
        if depth > language.MAX_DEPTH:
            raise self._error(node, word("has too many parts within one another"))
        kind, function, operands, kind_of_operands = self._parts(node)
        if kind != needed:
            got = word("a comparison" if kind == "comparison" else "a number")
            expected = Sentence("expected {what}, got {given}")
            raise self._error(node, expected(what=word(self.vocabulary.examples[needed]), given=got))
        parts = [self.read(operand, kind_of_operands, depth + 1) for operand in operands]
        return lambda at: function(at, *(part(at) for part in parts))

    def _parts(self, node: ast.expr) -> tuple[FormulaKind, Callable[..., Any], list[ast.expr], FormulaKind]:  # noqa: PLR0911  a case each
        """The kind of a node, the function of `At` and of its operands, the operands, and their kind."""
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                number = _number(value)
                if not np.isfinite(number):
                    raise self._error(node, word("is too large a number"))
                return "number", lambda _at: number, [], "number"
            case ast.Name(id=name) if name in self.variables:
                return "number", lambda at: at.inputs[name], [], "number"
            case ast.Name(id=name) if name in self.conditions:
                return "comparison", lambda at: at.inputs[name], [], "number"
            case ast.Name(id=name) if name in language.CONSTANTS:
                return "number", lambda _at: np.float64(language.CONSTANTS[name]), [], "number"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return "comparison", _of_values(np.logical_not), [operand], "comparison"
            case ast.UnaryOp(op=operator, operand=operand) if type(operator) in language.OPERATORS:
                return "number", _of_values(language.OPERATORS[type(operator)]), [operand], "number"
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in language.OPERATORS:
                return "number", _of_values(language.OPERATORS[type(operator)]), [left, right], "number"
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return "number", _of_values(self._called(node, name, len(arguments))), arguments, "number"
            case ast.Compare(left=left, ops=operators, comparators=others) if all(
                type(operator) in language.COMPARISONS for operator in operators
            ):
                comparisons = [language.COMPARISONS[type(operator)] for operator in operators]
                return "comparison", partial(_compared, comparisons), [left, *others], "number"
            case ast.BoolOp(op=operator, values=values):
                join = np.logical_and if isinstance(operator, ast.And) else np.logical_or
                return "comparison", _of_values(_joining(join)), values, "comparison"
        raise self._error(node, word("is not allowed"))

    def _called(self, node: ast.expr, name: str, arguments: int) -> Callable[..., Any]:
        """The function that a call names."""
        if name not in language.FUNCTIONS and name not in language.EXTREMES:
            raise self._error(node, word("is not allowed"))
        if name in language.EXTREMES and arguments < 2:
            raise self._error(node, Sentence("write {name}(a, b), with two numbers or more")(name=name))
        if name in language.FUNCTIONS and arguments != 1:
            raise self._error(node, Sentence("{name} takes one number")(name=name))
        return _joining(language.EXTREMES[name]) if name in language.EXTREMES else language.FUNCTIONS[name]

    def _error(self, node: ast.expr, reason: str) -> FormulaError:
        return FormulaError(self.columns[node.col_offset], reason)


def _number(value: float) -> Any:
    """The float of a literal; a whole number that is too large becomes infinite."""
    try:
        return np.float64(value)
    except OverflowError:
        return np.float64(np.inf)


def _of_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the values of operands alone, for `_Reader`."""
    return lambda _at, *values: function(*values)


def _joining(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A function of two values, applied to any number of them from left to right."""
    return lambda *values: reduce(function, values)


def _compared(comparisons: Sequence[Callable[..., Any]], at: At, *values: Any) -> Any:
    """Whether each value compares with the next one; where all are finite is noted."""
    for value in values:
        at.note(value)
    pairs = zip(comparisons, values[:-1], values[1:], strict=True)
    return reduce(np.logical_and, (compare(one, two) for compare, one, two in pairs))

"""The first check of a formula: its numbers, names and signs, and whether each may follow the one before.

Only a text that passes is given to Python's parser, whose messages differ between versions of Python and name
things that this language does not have. The messages of this check say what to type instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bpengine.data.formulas.language import CONSTANTS, EXTREMES, FUNCTIONS, MAX_LENGTH, WORDS
from bpengine.errors import FormulaError
from bpengine.wording import name_list, printable, shown

_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%<>(),]))"
)
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_CALLED = (*FUNCTIONS, *EXTREMES)
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
    if len(text) > MAX_LENGTH:
        raise FormulaError(MAX_LENGTH + 1, f"a formula has at most {MAX_LENGTH} characters")
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
            raise FormulaError(token.column, f"expected {_OPERAND}, got {shown(token.text)}")
        if token.text == "(":
            brackets.append((token, "" if before is None else before.text))
        elif token.text == ")":
            brackets.pop()
        before = token
        tokens.append(token)
    if before is not None and before.text in _CALLED:
        raise _without_brackets(before)
    if before is None or not _ends_operand(before):
        raise FormulaError(len(text) + 1, f"the formula ends where {_OPERAND} should follow")
    if brackets:
        raise FormulaError(brackets[-1][0].column, "this ( has no )")
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
        found = (names and names.match(text, place)) or _TOKEN.match(text, place)
        if found is None:
            place += len(text[place:]) - len(text[place:].lstrip(_SPACE))
            reason = f"'{printable(text[place])}' is not allowed"
            hint = _HINTS.get(text[place], "")
            raise FormulaError(place + 1, f"{reason}; {hint}" if hint else reason)
        kind = str(found.lastgroup)
        yield Token(kind, found[kind], found.start(kind) + 1)
        place = found.end()


def _check_name(token: Token, variables: Sequence[str]) -> None:
    if token.text not in (*variables, *CONSTANTS, *_CALLED, *WORDS):
        allowed = (*filter(None, [name_list([*filter(None, variables)])]), *CONSTANTS, *_CALLED)
        raise FormulaError(token.column, f"unknown name {shown(token.text)}; allowed: {', '.join(allowed)}")


def _without_brackets(function: Token) -> FormulaError:
    return FormulaError(function.column, f"write {function.text}(...), with brackets")


def _is_noun(token: Token) -> bool:
    return token.kind == "name" and token.text not in WORDS


def _begins_operand(token: Token) -> bool:
    return token.kind == "number" or token.text in ("(", "+", "-", "not") or _is_noun(token)


def _ends_operand(token: Token) -> bool:
    return token.kind == "number" or token.text == ")" or _is_noun(token)


def _check_after_operand(token: Token, before: Token, brackets: Sequence[tuple[Token, str]]) -> None:
    """Check that a token can follow a number, an input, a constant or a closing bracket."""
    column = token.column
    if token.text in ("(", "not") or token.kind == "number" or _is_noun(token):
        example = (
            f"; write {before.text}*{token.text}"
            if token.kind != "sign" and token.text != "not" and before.text != ")"
            else ""
        )
        raise FormulaError(column, f"expected an operator such as * before {shown(token.text)}{example}")
    if token.kind == "name" and before.kind == "number" and column == before.column + len(before.text):
        raise FormulaError(column, f"expected a space before {shown(token.text)}")
    if token.text == ")" and not brackets:
        raise FormulaError(column, "this ) has no (")
    if token.text == "," and (not brackets or brackets[-1][1] not in EXTREMES):
        raise FormulaError(column, "a comma only stands in min(a, b) and max(a, b)")

"""ASCII for terminals that can show nothing else: every other character is replaced by one of its width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

UNKNOWN = "?"
"""Replaces a character that has no replacement of its own."""

_REPLACEMENTS = {
    **dict(zip("←→↑↓↔↕⇧↵⏎⌫", "<>^v-|^<<<", strict=True)),
    # Not < and >, which are keys.
    **dict(zip("‹›«»◂◀◄▸▶►△▴▲▾", '[]""******^^^v', strict=True)),
    **dict(zip("⊕⊗◎▼■", "@XOV$", strict=True)),
    **dict(zip("━═▁▂▃▄▅▆▇█", "==_.-=+*%#", strict=True)),
    # A shade is no = of a line.
    **dict(zip("░▒▓▀▌▐▔▕", ".:%'||-|", strict=True)),
    **dict(zip("·•●○◉◦▪▫◆◇★✓✔✗✘", ",**o@o*o*o*vvxx", strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", "abgdezntiklmvxoprsstufxyw", strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ∂∇∑√", "ABGDEZNTIKLMVXOPRSTUFXYWdVSV", strict=True)),
    **dict(zip("‐‑‒–—−×÷⋅±≈≤≥≠∞°…", "------x/.~~<>!8o.", strict=True)),
    **dict(zip("‘’‚“”„ß⋮⋯⌊⌋⌈⌉¬¦§¶©®™¡¿", '\'\',"""s:.[][]!|SPcRT!?', strict=True)),
}
"""Replacements that look like the character, or mean the same."""

_LONGER = (
    ("→", re.compile(r"(?<=\S) → (?=\S)"), "-> "),  # between two values, where > alone would compare them
    ("π", re.compile(r"(\S*)π(\S*) (?= )"), r"\1pi\2"),
    ("π", re.compile(r"(?<= ) (\S*)π(\S*)"), r"\1pi\2"),
)
"""Replacements that are longer than the character, and also replace a space next to it."""


class _Table(dict[int, str]):
    """A table for `str.translate`, in which a missing character is replaced by `UNKNOWN`."""

    def __missing__(self, code: int) -> str:
        return chr(code) if code < 0x80 else UNKNOWN * cell_len(chr(code))


@cache
def _table() -> _Table:
    """The replacement of each known character, all of them one cell wide."""
    table = _Table((code, plain) for code, plain in _unicode_replacements() if cell_len(chr(code)) == 1)
    table |= {ord(character): plain for character, plain in _REPLACEMENTS.items()}
    return table


def _unicode_replacements() -> Iterator[tuple[int, str]]:
    """Replacements of accented letters, box drawing, blocks and braille, from their Unicode data."""
    for code in range(0x80, 0x10000):
        plain = unicodedata.normalize("NFKD", chr(code))[:1]
        if plain.isascii() and plain.isprintable() and plain:
            yield code, plain
    for code in range(0x2500, 0x2580):
        yield code, _box_drawing(unicodedata.name(chr(code)).split())
    for code in range(0x2580, 0x25A0):
        yield code, _block(unicodedata.name(chr(code)).split())
    for code in range(0x2800, 0x2900):
        yield code, _braille(code - 0x2800)


def _box_drawing(words: list[str]) -> str:
    if "DIAGONAL" in words:
        return "X" if "CROSS" in words else "/" if words[-1] == "LEFT" else "\\"
    upright = not {"VERTICAL", "UP", "DOWN"}.isdisjoint(words)
    level = not {"HORIZONTAL", "LEFT", "RIGHT"}.isdisjoint(words)
    return "+" if upright and level else "|" if upright else "-"


def _block(words: list[str]) -> str:
    if {"LEFT", "RIGHT"}.isdisjoint(words):
        return ":"
    return "|" if "QUADRANT" not in words else "'" if "UPPER" in words else "."


def _braille(dots: int) -> str:
    """The replacement of a braille character, by whether its upper and its lower half have any dots."""
    upper, lower = bool(dots & 0b0001_1011), bool(dots & 0b1110_0100)
    return ":" if upper and lower else "'" if upper else "." if lower else " "


def ascii_only(text: str) -> str:
    """Return the text in ASCII, with its width unchanged."""
    if text.isascii():
        return text
    for sign, pattern, longer in _LONGER:
        if sign in text:
            text = pattern.sub(longer, text)
    plain = text.translate(_table())
    return plain if len(plain) == cell_len(text) else _by_width(text)


def _by_width(text: str) -> str:
    """Do the same for text in which several characters form one glyph that is narrower than their sum."""
    plain = ""
    for end, character in enumerate(text, 1):
        width = cell_len(text[:end])
        plain = (plain + character.translate(_table())).ljust(width)[:width]
    return plain


class AsciiFilter(LineFilter):
    """Replaces everything that is drawn with ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's
        """Return ASCII text in the same styles."""
        return [Segment(ascii_only(text), style, control) for text, style, control in segments]

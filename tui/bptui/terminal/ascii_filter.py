"""ASCII for terminals that have no more: every other character becomes one that a typewriter had."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

UNKNOWN = "?"
"""What stands for a character of which nothing is known."""

_LIKE = {
    **dict(zip("←→↑↓↔↕⇧↵⏎⌫", "<>^v-|^<<<", strict=True)),
    **dict(zip("‹›«»◂◀◄▸▶►△▴▲▽▾", "<><><<<>>>^^^vv", strict=True)),
    **dict(zip("⊕⊗◎▼■", "@%&V$", strict=True)),  # what is wrong, unlike the + x o v s that is right
    **dict(zip("━▁▂▃▄▅▆▇█", "=_.-=+*%#", strict=True)),
    **dict(zip("░▒▓▀▌▐▔▕", ".:='||-|", strict=True)),
    **dict(zip("·•●○◉◦□▪▫◆◇★✓✔✗✘", ",**o@o$*o*o*vvxx", strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρςστυφχψω", "abgdezntiklmvxoprsstufxyw", strict=True)),
    **dict(zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ∂∇∑√", "ABGDEZNTIKLMVXOPRSTUFXYWdVSV", strict=True)),
    **dict(zip("‐‑‒–—−×÷⋅±≈≤≥≠∞°…", "------x/.~~<>!8o.", strict=True)),
    **dict(zip("‘’‚“”„ß⋮⋯⌊⌋⌈⌉¬¦§¶©®™¡¿", '\'\',"""s:.[][]!|SPcRT!?', strict=True)),
}
"""By what they look like or stand for."""


class _Table(dict[int, str]):
    """For `str.translate`: what is not in it is unknown."""

    def __missing__(self, code: int) -> str:
        return chr(code) if code < 0x80 else UNKNOWN * cell_len(chr(code))


@cache
def _table() -> _Table:
    """What stands for each character of which something is known; every value has its key's width."""
    table = _Table((code, like) for code, like in _described() if cell_len(chr(code)) == 1)
    table |= {ord(glyph): like for glyph, like in _LIKE.items()}
    return table


def _described() -> Iterator[tuple[int, str]]:
    """Letters with accents, box drawing, blocks and braille, by what Unicode says of them."""
    for code in range(0x80, 0x10000):
        plain = unicodedata.normalize("NFKD", chr(code))[:1]
        if plain.isascii() and plain.isprintable() and plain:
            yield code, plain
    for code in range(0x2500, 0x2580):
        yield code, _of_lines(unicodedata.name(chr(code)).split())
    for code in range(0x2580, 0x25A0):
        yield code, _of_blocks(unicodedata.name(chr(code)).split())
    for code in range(0x2800, 0x2900):
        yield code, _of_dots(code - 0x2800)


def _of_lines(words: list[str]) -> str:
    if "DIAGONAL" in words:
        return "X" if "CROSS" in words else "/" if words[-1] == "LEFT" else "\\"
    upright = not {"VERTICAL", "UP", "DOWN"}.isdisjoint(words)
    level = not {"HORIZONTAL", "LEFT", "RIGHT"}.isdisjoint(words)
    return "+" if upright and level else "|" if upright else "-"


def _of_blocks(words: list[str]) -> str:
    if {"LEFT", "RIGHT"}.isdisjoint(words):
        return ":"
    return "|" if "QUADRANT" not in words else "'" if "UPPER" in words else "."


def _of_dots(dots: int) -> str:
    """By the halves in which there are any: a braille character has two columns of four dots."""
    upper, lower = bool(dots & 0b0001_1011), bool(dots & 0b1110_0100)
    return ":" if upper and lower else "'" if upper else "." if lower else " "


def ascii_only(text: str) -> str:
    """The text in ASCII, as wide as before."""
    if text.isascii():
        return text
    plain = text.translate(_table())
    return plain if len(plain) == cell_len(text) else _glyph_by_glyph(text)


def _glyph_by_glyph(text: str) -> str:
    """The same where several characters are one glyph, which is narrower than all of them together."""
    plain = ""
    for end, letter in enumerate(text, 1):
        width = cell_len(text[:end])
        plain = (plain + letter.translate(_table())).ljust(width)[:width]
    return plain


class AsciiFilter(LineFilter):
    """Makes all that is drawn ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's
        """The same looks, other characters."""
        return [Segment(ascii_only(text), style, control) for text, style, control in segments]

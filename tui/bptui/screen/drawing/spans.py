"""Spans: rows of characters with roles, the form in which drawings are handed to widgets; and legends."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, Self

from rich.cells import cell_len


class Span(NamedTuple):
    """Characters that share a role and a background."""

    text: str
    role: str | None = None
    """What the characters stand for; the widget gives each role a style. None for plain text."""
    ground: str | None = None
    """The role that colors the background; None for the background of the widget."""

    def with_text(self, text: str) -> Span:
        """Other characters with the same role and background."""
        return Span(text, self.role, self.ground)


def cut(text: str, width: int) -> str:
    """The beginning of a text that takes at most this many columns."""
    text = text[:width]
    while cell_len(text) > width:
        text = text[:-1]
    return text


def padded(line: list[Span], width: int) -> list[Span]:
    """The line cut or padded to the width; the blanks have the last span's role, which saves codes."""
    row: list[Span] = []
    room = max(width, 0)
    for span in line:
        if room and span.text:
            row.append(span.with_text(cut(span.text, room)))
            room -= cell_len(row[-1].text)
    if room and row and row[-1].ground is None:
        row[-1] = row[-1].with_text(row[-1].text + " " * room)
    elif room:
        row.append(Span(" " * room, row[-1].role if row else None))
    return row


@dataclass(frozen=True, slots=True)
class Legend:
    """What the signs of a picture mean: a line of spans; `str` is its text."""

    spans: tuple[Span, ...] = ()
    shorter: tuple[Legend, ...] = ()
    """What to show in its place where there is less room, the longest first."""

    @classmethod
    def of(cls, *parts: str | Span | Legend, between: str = " ") -> Self:
        """Join the parts that are not empty."""
        spans: list[Span] = []
        for part in parts:
            more = (
                part.spans if isinstance(part, Legend) else (Span(part) if isinstance(part, str) else part,)
            )
            if any(map(attrgetter("text"), more)):
                spans += [Span(between), *more] if spans else more
        return cls(tuple(spans))

    @classmethod
    def of_variants(cls, longest: Legend, *shorter: Legend) -> Self:
        """The longest variant, and those that may take its place."""
        return cls(longest.spans, shorter)

    def within(self, width: int) -> Legend:
        """The first variant that fits into so many columns, or the last one."""
        variants = (self, *self.shorter)
        return next((variant for variant in variants if cell_len(str(variant)) <= width), variants[-1])

    def __str__(self) -> str:
        return "".join(map(attrgetter("text"), self.spans))

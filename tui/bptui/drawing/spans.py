"""Spans: rows of characters with roles, the form in which drawings are handed to widgets."""

from __future__ import annotations

from typing import NamedTuple


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


def padded(line: list[Span], width: int) -> list[Span]:
    """The line cut or padded to the width; the blanks have the last span's role, which saves codes."""
    row: list[Span] = []
    room = max(width, 0)
    for span in line:
        if room and span.text:
            row.append(span.with_text(span.text[:room]))
            room -= len(row[-1].text)
    if room and row and row[-1].ground is None:
        row[-1] = row[-1].with_text(row[-1].text + " " * room)
    elif room:
        row.append(Span(" " * room, row[-1].role if row else None))
    return row

"""The screen as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from textual.strip import Strip


def text_of(rows: Iterable[Strip]) -> str:
    """Return the rows as lines, each without the blanks at its end."""
    return "".join(f"{row.text.rstrip()}\n" for row in rows)

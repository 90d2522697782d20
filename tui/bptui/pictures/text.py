"""The screen as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from textual.strip import Strip


def text_of(rows: Iterable[Strip]) -> str:
    """The rows as lines, without their blanks at the end."""
    return "".join(f"{row.text.rstrip()}\n" for row in rows)

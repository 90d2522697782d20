"""The formats of a picture, by the ending of its file name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.strip import Strip


SUFFIXES = (".svg", ".txt", ".png")


def picture_of(rows: Iterable[Strip], suffix: str) -> str | bytes:
    """Return the rows of a screen as the content of a file whose name ends with the suffix."""
    from bptui.pictures.png import png_of
    from bptui.pictures.svg import svg_of

    if suffix == ".txt":
        return text_of(rows)
    svg = svg_of(rows, title="bptui")
    return png_of(svg) if suffix == ".png" else svg


def text_of(rows: Iterable[Strip]) -> str:
    """Return the rows as lines, each without the blanks at its end."""
    return "".join(f"{row.text.rstrip()}\n" for row in rows)

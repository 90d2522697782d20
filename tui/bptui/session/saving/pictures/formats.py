"""The formats of a picture, by the ending of its file name. PNG needs the extra `png`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.strip import Strip

SUFFIXES = (".svg", ".txt", ".png")
ZOOM = 2
"""Pixels for each unit of the SVG, so that letters stay sharp on dense displays and on paper."""
NO_CHARACTER = chr(0x10FFFF)
"""A code point without a character, drawn like every character that no font has."""


class PngError(RuntimeError):
    """PNG files cannot be made here; the message says why, in one line."""


def picture_of(rows: Iterable[Strip], suffix: str) -> str | bytes:
    """Return the rows of a screen as the content of a file whose name ends with the suffix."""
    from bptui.session.saving.pictures.svg import svg_of

    if suffix == ".txt":
        return text_of(rows)
    svg = svg_of(rows, title="bptui")
    return png_of(svg) if suffix == ".png" else svg


def text_of(rows: Iterable[Strip]) -> str:
    """Return the rows as lines, each without the blanks at its end."""
    return "".join(f"{row.text.rstrip()}\n" for row in rows)


def check_png() -> None:
    """Check that PNG files can be made.

    Raises:
        PngError: the extra is not installed, or no font has letters; lines and dots need none.
    """
    try:
        import resvg_py  # noqa: F401  only whether it is there
    except ImportError:
        raise PngError("PNG files need an extra: pip install 'bptui[png]'") from None
    if _drawn("M") == _drawn(NO_CHARACTER):
        raise PngError("no font on this machine has 'M': install one such as DejaVu, or take .svg")


def png_of(svg: str) -> bytes:
    """Return an SVG document as the content of a PNG file, drawn with the fonts of this machine."""
    import resvg_py

    return resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM)


def _drawn(character: str) -> bytes:
    """Return a picture of the character alone, in the fonts of the screen's pictures."""
    from bptui.session.saving.pictures.svg import FONTS  # which needs Textual

    return png_of(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        f'<text x="10" y="30" font-family="{FONTS}" font-size="20">{character}</text></svg>'
    )

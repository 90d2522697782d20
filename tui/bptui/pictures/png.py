"""The screen as PNG, drawn with the fonts of this machine. This needs the extra `png`."""

from __future__ import annotations

ZOOM = 2
"""Pixels for each unit of the SVG, so that letters stay sharp on dense displays and on paper."""
NO_CHARACTER = chr(0x10FFFF)
"""A code point without a character, drawn like every character that no font has."""


class PngError(RuntimeError):
    """PNG files cannot be made here; the message says why, in one line."""


def check_png(characters: str) -> None:
    """Check that PNG files can be made.

    Args:
        characters: characters that the fonts must have.

    Raises:
        PngError: the extra is not installed, or no font has one of the characters.
    """
    try:
        import resvg_py  # noqa: F401
    except ImportError:
        raise PngError("PNG files need an extra: pip install 'bptui[png]'") from None
    unknown = _drawn(NO_CHARACTER)
    for character in characters:
        if _drawn(character) == unknown:
            raise PngError(
                f"no font on this machine has {character!r}: install one such as DejaVu, or take .svg"
            )


def png_of(svg: str) -> bytes:
    """Return an SVG document as the content of a PNG file."""
    import resvg_py

    return resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM)


def _drawn(character: str) -> bytes:
    """Return a picture of the character alone, in the fonts of the screen's pictures."""
    from bptui.pictures.svg import FONTS  # which needs Textual

    return png_of(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        f'<text x="10" y="30" font-family="{FONTS}" font-size="20">{character}</text></svg>'
    )

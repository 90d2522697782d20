"""The screen as PNG, with the fonts of this machine. It needs the extra `png`."""

from __future__ import annotations

ZOOM = 2
"""Pixels for each unit of the SVG, so that letters stay sharp on dense displays and on paper."""
NO_CHARACTER = "\U0010ffff"
"""No font has it, and it is drawn as any missing one."""


class PngError(RuntimeError):
    """This machine can't make PNG files; the message says why, in one line."""


def check_png(characters: str) -> None:
    """See early, before any work, whether PNG files can be made.

    Args:
        characters: what the picture needs, one character of each kind.

    Raises:
        PngError: the library is missing, or a font.
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
    """The SVG document as a PNG file."""
    import resvg_py

    return resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM)


def _drawn(character: str) -> bytes:
    """The character alone."""
    return png_of(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
        f'<text x="10" y="30" font-family="monospace" font-size="20">{character}</text></svg>'
    )

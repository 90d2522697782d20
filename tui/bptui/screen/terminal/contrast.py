"""The contrast between two colors, as the Web Content Accessibility Guidelines 2 define it."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.style import Style

READABLE = 4.5
"""The least contrast of text that is easy to read."""
_BLACK, _WHITE = Color.from_rgb(0, 0, 0), Color.from_rgb(255, 255, 255)


def contrast(color: Color, ground: Color) -> float:
    """The ratio of the luminances of two colors, from 1 to 21."""
    darker, lighter = sorted(map(_luminance, (color, ground)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)
def legible(style: Style, least: float = READABLE) -> Style:
    """The style, in black or white if its own color has less than this contrast to its background."""
    color, ground = style.color, style.bgcolor
    if color is None or ground is None or contrast(color, ground) >= least:
        return style
    return style + Style(color=max(_BLACK, _WHITE, key=lambda each: contrast(each, ground)))


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (byte / 255 for byte in color.get_truecolor())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

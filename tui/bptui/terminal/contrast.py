"""The contrast between two colors, as the Web Content Accessibility Guidelines 2 define it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rich.color import Color
from rich.style import Style
from textual.color import Color as ThemeColor

READABLE = 4.5
"""The least contrast of text that is easy to read."""
_GROUNDS = ("background", "surface", "panel")
_TEXTS = (
    "foreground",
    "text-muted",
    "text-primary",
    "text-secondary",
    "text-warning",
    "text-error",
    "text-success",
    "text-accent",
    "footer-key-foreground",
    "footer-description-foreground",
)
"""The colors of a theme in which text is written on its backgrounds. `text` suits any background as it is."""
_DIMMED = 0.66
"""How much of its color Textual leaves to dim text, which is in the color of the foreground."""
_STEP = 0.05
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


def readable(variables: Mapping[str, str], *, ansi: bool) -> dict[str, str]:
    """The variables of a theme, with each color of text as far toward black or white as it takes to read it.

    Many of Textual's themes have text that can hardly be read, such as the footer of `solarized-light`. In a
    theme of 16 colors, the terminal chooses them. `text-on-primary` is added.
    """
    if ansi:
        return {**variables, "text-on-primary": variables["text"]}
    colors = {name: ThemeColor.parse(variables[name]) for name in (*_GROUNDS, "footer-background", "primary")}
    background, primary = colors["background"], colors["primary"]
    footer = background.blend(colors["footer-background"], colors["footer-background"].a, 1.0)
    changed = {}
    for name in _TEXTS:
        grounds = [footer] if name.startswith("footer") else [colors[ground] for ground in _GROUNDS]
        shown = _DIMMED if name == "foreground" else 1.0
        color = _moved(_color_of(variables[name], background), grounds, shown)
        changed[name] = color.hex
    usual = _color_of(variables["text"], primary)
    is_readable = contrast(usual.rich_color, primary.rich_color) >= READABLE
    changed["text-on-primary"] = variables["text"] if is_readable else _end(primary).hex
    return {**variables, **changed}


def _color_of(variable: str, ground: ThemeColor) -> ThemeColor:
    """The color of a text on a background; `auto 60%` is black or white."""
    word, _, percent = variable.partition(" ")
    if word == "auto":
        return ground.blend(ground.get_contrast_text(1.0), int(percent.rstrip("%") or "100") / 100, 1.0)
    color = ThemeColor.parse(variable)
    return ground.blend(color, color.a, 1.0)


def _moved(color: ThemeColor, grounds: Sequence[ThemeColor], shown: float) -> ThemeColor:
    """The color nearest to this one, toward black or white, that can be read on all of these backgrounds.

    Args:
        color: the color.
        grounds: the backgrounds, of which the first one is the most frequent.
        shown: how much of the color is left when it is dim.
    """
    for part in range(round(1 / _STEP) + 1):
        moved = color.blend(_end(grounds[0]), part * _STEP, 1.0)
        if all(
            contrast(ground.blend(moved, shown).rich_color, ground.rich_color) >= READABLE
            for ground in grounds
        ):
            return moved
    return _end(grounds[0])


def _end(ground: ThemeColor) -> ThemeColor:
    """Black or white, whichever is easier to read on a background."""
    best = max(_BLACK, _WHITE, key=lambda each: contrast(each, ground.rich_color))
    return ThemeColor.from_rich_color(best)

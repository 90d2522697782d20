"""The contrast between two colors, as the Web Content Accessibility Guidelines 2 define it."""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import Color
from rich.style import Style
from textual.color import Color as ThemeColor

READABLE = 4.5
"""The least contrast of text that is easy to read."""
_GROUNDS = ("background", "surface", "panel")
_TEXTS = (
    *("foreground", "text-muted", "text-primary", "text-secondary", "text-warning", "text-error"),
    *("text-success", "text-accent", "footer-key-foreground", "footer-description-foreground"),
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


def legible(style: Style) -> Style:
    """The style, in black or white if its own color could not be read on its background."""
    color, ground = style.color, style.bgcolor
    if color is None or ground is None or contrast(color, ground) >= READABLE:
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
    grounds = [ThemeColor.parse(variables[name]) for name in _GROUNDS]
    end = grounds[0].get_contrast_text(1.0)
    changed = {}
    for name in _TEXTS:
        word, _, percent = variables[name].partition(" ")
        if word == "auto":
            color = grounds[0].blend(end, int(percent.rstrip("%") or "100") / 100, 1.0)
        else:
            color = ThemeColor.parse(variables[name])
            color = grounds[0].blend(color, color.a, 1.0)
        original, part = color, 0.0
        shown = _DIMMED if name == "foreground" else 1.0
        while part < 1 and any(
            contrast(each.blend(color, shown).rich_color, each.rich_color) < READABLE for each in grounds
        ):
            part += _STEP
            color = original.blend(end, part, 1.0)
        if part or word == "auto":
            changed[name] = color.hex
    primary = ThemeColor.parse(variables["primary"])
    usual = primary.blend(primary.get_contrast_text(1.0), 0.87, 1.0).rich_color
    best = max(_BLACK, _WHITE, key=lambda each: contrast(each, primary.rich_color))
    is_readable = contrast(usual, primary.rich_color) >= READABLE
    changed["text-on-primary"] = variables["text"] if is_readable else best.get_truecolor().hex
    return {**variables, **changed}

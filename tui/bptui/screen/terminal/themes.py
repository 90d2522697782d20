"""Colors: the app's own themes, the scales of maps, and a filter that removes all colors.

The themes use the palette of Okabe and Ito ("Color Universal Design", 2008). People with any kind of color
vision can tell its colors apart: blue and orange mark opposites, and vermillion marks errors.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme

BLUE, SKY, GREEN, ORANGE, VERMILLION = "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00"
YELLOW, PURPLE = "#F0E442", "#CC79A7"

DARK = Theme(
    name="dark",
    primary=BLUE,
    secondary=SKY,
    warning=ORANGE,
    error=VERMILLION,
    success=GREEN,
    accent=YELLOW,
    foreground="#E6E6E6",
    background="#101418",
    surface="#171C22",
    panel="#1E252D",
    variables={
        "text": "auto 95%",
        "text-muted": "#A8ADB3",
        "text-disabled": "#8C9299",
        "text-primary": SKY,
        "text-secondary": "#D68FB6",  # purple, lightened to be readable
        "text-warning": ORANGE,
        "text-error": "#F0803C",  # vermillion, lightened
        "text-success": "#1FB88C",  # green, lightened
        "text-accent": YELLOW,
        "primary-muted": "#2C4A61",
    },
)
LIGHT = Theme(
    name="light",
    primary=BLUE,
    secondary=BLUE,
    warning=ORANGE,
    error=VERMILLION,
    success=GREEN,
    accent=PURPLE,
    foreground="#16191D",
    background="#F7F7F5",
    surface="#EEEEEC",
    panel="#E2E5E8",
    dark=False,
    variables={
        "text": "auto 95%",
        "text-muted": "#454A50",
        "text-disabled": "#5C6168",
        "text-primary": "#005F94",  # this color and those below are darkened to be readable
        "text-secondary": "#8F3F6B",
        "text-warning": "#855C00",
        "text-error": "#933F00",
        "text-success": "#006B4E",
        "text-accent": "#8F3F6B",
        "footer-key-foreground": "#005F94",
        "primary-muted": "#9DBED3",
    },
)
HIGH_CONTRAST = replace(
    DARK,
    name="high-contrast",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#202020",
    variables={**DARK.variables, "text-muted": "#E0E0E0", "text-disabled": "#C8C8C8", "primary-muted": SKY},
)
PROJECTOR = replace(
    LIGHT,
    name="projector",
    foreground="#000000",
    background="#FFFFFF",
    surface="#FFFFFF",
    panel="#EEEEEE",
    variables={**LIGHT.variables, "text-muted": "#202020", "text-disabled": "#383838", "primary-muted": BLUE},
)
"""For projectors, which show little contrast: on it, lines are thick, and the panels few."""

ANSI = Theme(
    name="ansi",
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_bright_yellow",
    error="ansi_bright_red",
    success="ansi_bright_green",
    accent="ansi_bright_yellow",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    ansi=True,
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "text-primary": "ansi_bright_cyan",  # the blue of many terminals is hard to read on black
        "text-secondary": "ansi_bright_magenta",
        "primary-muted": "ansi_cyan",
        "footer-key-foreground": "ansi_bright_yellow",
    },
)

THEMES: tuple[Theme, ...] = (DARK, LIGHT, HIGH_CONTRAST, PROJECTOR, ANSI)
"""The app's own themes. The last one uses only the 16 colors of the terminal."""
THEME_NAMES: tuple[str, ...] = (*(theme.name for theme in THEMES), *sorted(BUILTIN_THEMES))
"""The names of all themes, the app's own first."""
THEME_CSS = """
Tabs Tab { color: $text-muted; }
ModalScreen > * { border-title-color: $text; border-subtitle-color: $text-muted; }
Tab.-active:nocolor { text-style: bold reverse; }
LessonPanel:nocolor .lesson--head { text-style: bold reverse; }
HyperparameterPanel:nocolor .hyperparameters--chosen { text-style: bold reverse; }
Input:nocolor > .input--cursor, Input:nocolor > .input--selection { text-style: reverse; }
"""
"""Styles that keep text readable in every theme; without colors, bold and reverse replace backgrounds."""


# The colors of scales, from low to high numbers. They are sixteen even steps of scientific color maps by
# Fabio Crameri (version 8.0, MIT license, doi:10.5281/zenodo.8035877), whose lightness changes evenly, and
# which suit color-blind people: `managua` with a dark middle and `vik`, reversed, with a light one, both
# without the last tenths, which would glare; and `oslo`. A terminal with 256 colors would show several
# neighbors in the same color; there, each step is a color of the terminal, chosen by lightness.
_MANAGUA = """
E09E57 CF874F BF7248 AD5E42 9A4C3D 853B39 702F3A 5E2941
522C52 4D3769 4C4984 505D9C 5672B0 5E87C1 669DD1 6FB6E1
"""
_VIK = """
862306 A33E0D B95D2A C57648 CF8E68 DAA78A E5C2AD EEDCD2
DFE6E9 B7D3E1 8CB9CF 609EBD 3782AA 156798 044F88 023A7A
"""
_OSLO = """
010101 0B131C 0E1F31 122D48 173C61 1F4C7B 2C5D96 4170B1
5C84C3 7494C9 89A0CA 9DADC9 B2BCCC CACED5 E5E6E7 FFFFFF
"""
_DARK_256 = """
FFD787 FFAF5F D7875F D75F00 AF5F00 875F00 870000 5F0000
00005F 000087 0000AF 005F87 0087AF 00AFD7 5FAFFF 5FD7FF
"""
_LIGHT_256 = """
5F0000 870000 875F00 AF5F00 D75F00 D7875F FFAF87 FFD7AF
D7FFFF AFD7FF 87AFD7 5F87AF 005FAF 0000AF 000087 00005F
"""
_BLUE_256 = """
000000 00005F 000087 0000AF 0000D7 005FAF 005FD7 0087AF
5F87D7 5F87FF 00AFD7 5FAFFF 87AFFF 87D7FF AFFFFF FFFFFF
"""


@cache
def scale_variables(*, dark: bool, few: bool) -> dict[str, str]:
    """The color of each level of the two scales, by the name of its role.

    Args:
        dark: whether the theme is dark.
        few: whether the terminal has only 256 colors.
    """
    middle_0 = (_DARK_256 if few else _MANAGUA) if dark else (_LIGHT_256 if few else _VIK)
    rising = (_BLUE_256 if few else _OSLO).split()
    scales = {"diverging": middle_0.split(), "sequential": rising if dark else rising[::-1]}
    return {f"{name}-{n}": f"#{color}" for name, colors in scales.items() for n, color in enumerate(colors)}


class NoColors(LineFilter):
    """Removes all colors and keeps bold, reverse and the like; Textual's own filter leaves shades of gray."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  Textual's
        """Return the same text in the terminal's default colors."""
        return [
            Segment(text, None if style is None else _without_colors(style), control)
            for text, style, control in segments
        ]


@lru_cache(1024)
def _without_colors(style: Style) -> Style:
    plain = style.without_color
    return plain + Style.from_meta(style.meta) if style.meta else plain  # meta: what a click on the text does

"""Colors: text is readable in the app's own themes, and there are no colors where none are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.geometry import Region
from textual.theme import Theme

import bptui
from bptui.screen.app import BptuiApp
from bptui.screen.terminal.capabilities import use_themes
from bptui.screen.terminal.driver import TerminalDriver
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.terminal.themes import ANSI, DARK, LIGHT, THEME_NAMES, NoColors
from tests.tui.support.apps import make_app, make_trained_app
from tests.tui.support.driving import press, resize

MIN_CONTRAST = 4.5
"""The least contrast of text, by WCAG 2.1, level AA."""
OWN = [DARK, LIGHT]
FRAMES = re.compile("[\u2500-\u259f\u2800-\u28ff]")
"""Lines, blocks and braille, which are not text."""


def luminance(color: Color) -> float:
    """The relative luminance, as WCAG 2.1 defines it."""
    parts = [part / 255 for part in color.rgb]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colors, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def texts(app: BptuiApp, region: Region | None = None) -> Iterator[tuple[str, float]]:
    """Each text on the screen, or in a region of it, with its contrast."""
    area = region or app.screen.region
    for y, strip in enumerate(screen_strips(app)):
        if not area.y <= y < area.bottom:
            continue
        for segment in strip.crop(area.x, area.right):
            text, style = FRAMES.sub("", segment.text).strip(), segment.style
            if text and style is not None and style.color is not None and style.bgcolor is not None:
                pair = [Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)]
                yield text, contrast(*pair)


def test_contrast_is_computed_as_in_wcag() -> None:
    assert contrast(Color(0, 0, 0), Color(255, 255, 255)) == pytest.approx(21)
    assert contrast(Color.parse("#777777"), Color(255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
def test_all_text_colors_have_enough_contrast_on_all_backgrounds(theme: Theme) -> None:
    colors = theme.to_color_system().generate() | theme.variables
    roles = ("muted", "disabled", "primary", "secondary", "warning", "error", "success", "accent")
    for name in ("foreground", *(f"text-{role}" for role in roles)):
        for ground in ("background", "surface", "panel"):
            found = contrast(Color.parse(colors[name]), Color.parse(colors[ground]))
            assert found >= MIN_CONTRAST, (name, ground, found)


async def test_all_text_on_the_screen_can_be_read() -> None:
    app = make_trained_app("classification", 20)
    steps = (((), 80, 24), (("down", "down"), 80, 24), (("m",), 80, 24), ((), 160, 48))
    async with app.run_test(size=(80, 24)) as pilot:
        for theme, (keys, columns, rows) in product(OWN, steps):
            app.theme = theme.name
            await press(pilot, *keys)
            await resize(pilot, columns, rows)
            found = dict(texts(app))
            assert any("hidden units" in text for text in found)
            assert {text: value for text, value in found.items() if value < MIN_CONTRAST} == {}


async def test_all_text_in_a_dialog_can_be_read() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        for theme, (key, box) in product(OWN, (("question_mark", "#help"), ("enter", "#asked"))):
            app.theme = theme.name
            await press(pilot, key)
            found = dict(texts(app, app.screen.query_one(box).region))
            assert found
            assert {text: value for text, value in found.items() if value < MIN_CONTRAST} == {}
            await press(pilot, "escape")


def test_widgets_take_their_colors_from_the_theme() -> None:
    folder = Path(str(bptui.__file__)).parent
    rule = re.compile(r"\b(?:color|background|border[\w-]*|tint)\s*:\s*([^;{}]+);")
    for path in (*folder.rglob("widgets/*.py"), *folder.rglob("overlays/*.py"), *folder.rglob("*.tcss")):
        for value in rule.findall(path.read_text(encoding="utf-8")):
            for word in value.split():
                named = word.startswith("$") or word.endswith("%")
                assert named or word in ("solid", "round", "heavy", "none", "bold", "transparent"), (
                    path.name,
                    value,
                )


@pytest.mark.parametrize(
    ("variables", "theme"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, DARK.name),
        ({"TERM": "xterm-256color"}, DARK.name),
        ({"TERM": "xterm"}, ANSI.name),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, ANSI.name),
    ],
)
def test_the_default_theme_suits_the_colors_of_the_terminal(
    variables: dict[str, str], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for driver, expected in ((TerminalDriver, theme), (None, DARK.name)):
        app = App[None](driver_class=driver)
        use_themes(app)
        assert app.theme == expected


def test_the_names_of_all_themes_are_known() -> None:
    assert set(THEME_NAMES) == set(make_app().available_themes)
    assert THEME_NAMES[0] == DARK.name


def test_without_colors_the_rest_of_a_style_is_kept() -> None:
    style = Style(color="red", bgcolor="blue", bold=True, reverse=True, meta={"@click": "app.quit"})
    (segment,) = NoColors().apply([Segment("x", style)], Color(0, 0, 0))
    assert segment.style is not None
    assert (segment.style.color, segment.style.bgcolor) == (None, None)
    assert segment.style.bold
    assert segment.style.reverse
    assert segment.style.meta == {"@click": "app.quit"}

"""librsvg and resvg, which know nothing of terminals, draw each character in its cell."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from bptui.session.saving.pictures.formats import ZOOM, PngError, check_png, png_of
from bptui.session.saving.pictures.svg import FONTS, svg_of
from tests.tui.support.pixels import Pixels, decoded, librsvg
from tests.tui.support.running import Done, call

SCALE = 4
EDGE = 0.2
"""The share of a cell, on either side, into which the glyphs of its neighbors may reach."""
Render = Callable[[str], Pixels]


def resvg(svg: str) -> Pixels:
    pytest.importorskip("resvg_py", reason="the extra png is not installed")
    try:
        check_png()
    except PngError as error:
        pytest.skip(str(error))
    return decoded(png_of(svg), ZOOM)


def librsvg_enlarged(svg: str) -> Pixels:
    return librsvg(svg, SCALE)


@pytest.fixture(params=[librsvg_enlarged, resvg], ids=["librsvg", "resvg"])
def render(request: pytest.FixtureRequest) -> Render:
    chosen: Render = request.param
    return chosen


def svg(*lines: str) -> str:
    style = Style.parse("#000000 on #ffffff")
    width = max(map(len, lines))
    return svg_of([Strip([Segment(line.ljust(width), style)]) for line in lines], title="a test")


def apart(lines: Sequence[str]) -> list[str]:
    """The lines with an empty one behind each, which keeps the ink of one off the next."""
    return [each for line in lines for each in (line, "")]


def middle(pixels: Pixels, column: int, row: int) -> float:
    """Where the ink of a cell is, from 0 at the left to 1 at the right."""
    ink = pixels.ink(column, row)
    assert ink.any(), (column, row)
    return float((np.nonzero(ink)[1].mean() + 0.5) / ink.shape[1])


def test_each_glyph_is_in_its_cell(render: Render) -> None:
    lines = (
        "| " * 12,
        "|" * 20,
        "     |          |",
        "│ " * 12,
        "│" * 30,
        "⡇⢸" * 12,
        "⠶ " * 12,
        "|│|⣿|      │⣿|",
        "█ " * 9,
    )
    pixels = render(svg(*apart(lines)))
    for row, line in enumerate(apart(lines)):
        for column, character in enumerate(line):
            if character == " ":
                ink = pixels.ink(column, row)
                edge = int(EDGE * ink.shape[1])
                assert not ink[:, edge:-edge].any(), (column, line)
            elif character != "█":  # which leaves no background
                expected = {"⡇": 0.3, "⢸": 0.7}.get(character, 0.5)
                assert middle(pixels, column, row) == pytest.approx(expected, abs=0.2), (column, line)


def test_the_points_of_a_plot_stay_in_place_with_any_font(render: Render) -> None:
    lines = ("+" * 30, "xxxx  x xxx", "●" * 9, "⡇⢸" * 12)
    # By name, too: resvg takes "serif" for a font that not every machine has.
    pixels = render(svg(*apart(lines)).replace(FONTS, "'DejaVu Serif', serif"))
    for row, line in enumerate(apart(lines)):
        for column, character in enumerate(line):
            if character != " ":
                expected = {"⡇": 0.3, "⢸": 0.7}.get(character, 0.5)
                assert middle(pixels, column, row) == pytest.approx(expected, abs=0.2), (column, line)


def test_lines_of_a_frame_join_in_the_picture(render: Render) -> None:
    pixels = render(svg("────┐", "    │", "    │"))
    for column in range(4):
        assert pixels.ink(column, 0).any(axis=0).all()
    for row in (1, 2):
        assert pixels.ink(4, row).any(axis=1).all()


def test_every_letter_is_drawn(render: Render) -> None:
    text = "The quick brown fox; 0123456789 <&> η→²"
    pixels = render(svg(text))
    for column, character in enumerate(text):
        assert pixels.ink(column, 0).any() == (character != " "), (column, character)


def test_a_screen_has_ink_where_it_has_text(tmp_path: Path) -> None:
    common = ("snapshot", "classification", "--at", "30", "--size", "60x18", "--output")
    for name in ("screen.svg", "screen.txt"):
        assert call(*common, os.fspath(tmp_path / name)) == Done(0, "", "")
    pixels = librsvg((tmp_path / "screen.svg").read_text(encoding="utf-8"))
    lines = (tmp_path / "screen.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 18
    for row, line in enumerate(lines):
        for column, character in enumerate(line.ljust(60)):
            inner = pixels.ink(column, row)[2:-2, 2:-2]
            assert inner.any() == (character != " "), (column, row, character)

"""ASCII: every character has a replacement of its width, and characters that must differ still differ."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

import bpengine
import bpsteer
import bptui
from bptui.screen.tabs.classification import TEST, TRAIN
from bptui.screen.terminal.ascii_filter import UNKNOWN, AsciiFilter, ascii_only
from tests.tui.support.running import Done, call

FAMILY = "👩‍👩‍👧"
"""A sequence of characters that is one glyph. Releases of rich disagree on its width."""
FOLDERS = [Path(str(package.__file__)).parent for package in (bpengine, bpsteer, bptui)]


def characters_of_the_program() -> set[str]:
    """The characters of all strings in the program."""
    found: set[str] = set()
    for path in (
        path for folder in FOLDERS for path in folder.rglob("*.py") if path.name != "ascii_filter.py"
    ):
        text = path.read_text(encoding="utf-8")
        if text.isascii() and "\\" not in text:  # and so are its strings
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(node.value)
    return found


def test_every_character_has_a_replacement_of_its_width() -> None:
    # All characters of the planes in use, and some of the others.
    for code in (*range(0x80, 0xD800), *range(0xF900, 0x20000), *range(0x20000, 0x110000, 251)):
        glyph = chr(code)
        plain = ascii_only(glyph)
        assert plain.isascii(), hex(code)
        assert len(plain) == cell_len(glyph), hex(code)
        assert plain.isprintable(), hex(code)


@given(st.text(alphabet=st.characters(min_codepoint=32, blacklist_categories=["Cs", "Cc"])))
def test_every_text_keeps_its_width(text: str) -> None:
    plain = ascii_only(text)
    assert plain.isascii()
    assert len(plain) == cell_len(text)


def test_every_character_that_the_program_draws_has_a_replacement_of_its_own() -> None:
    assert [
        glyph
        for glyph in sorted(characters_of_the_program())
        if cell_len(glyph) == 1 and UNKNOWN in ascii_only(glyph)
    ] == [UNKNOWN], "wide ones are Chinese, in place of which lessons are in English"


def test_markers_and_shades_have_different_replacements() -> None:
    signs = TRAIN + TEST
    assert ascii_only(signs) == signs
    shades = ascii_only("░▒▓█")
    assert len(set(shades)) == 4
    assert ascii_only("━") not in shades
    assert not set(shades) & set(signs)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("╭─ η ‹0.1› ─╮", "+- n [0.1] -+"),
        ("│┤┼╴╵╲╱╳", "|++-|\\/X"),
        ("▸↑↓←→ · – × W₀ R²", "*^v<> , - x W0 R2"),
        ("0.1 → ‹0.2›  shift+→ >", "0.1-> [0.2]  shift+> >"),
        ("0   π/2   π   3π/2   2π", "0   pi/2  pi  3pi/2 2pi"),
        ("⠁⠒⡀⣀⢸⣿⠀", "''..:: "),
        ("▁▂▃▄▅▆▇█", "_.-=+*%#"),
        (f"naïve 漢字 {FAMILY} end", f"naive ???? {'?' * cell_len(FAMILY)} end"),
    ],
)
def test_replacements_look_like_the_text(text: str, plain: str) -> None:
    assert ascii_only(text) == plain


def test_the_ascii_filter_keeps_styles() -> None:
    style = Style(bold=True)
    segments = AsciiFilter().apply([Segment("η", style), Segment("x")], Color(0, 0, 0))
    assert segments == [Segment("n", style), Segment("x")]


@pytest.mark.parametrize(
    ("task", "suffix", "by"), [("regression", ".txt", "flag"), ("classification", ".svg", "file")]
)
def test_a_snapshot_in_ascii_has_ascii_only(task: str, suffix: str, by: str, tmp_path: Path) -> None:
    path, settings = tmp_path / f"picture{suffix}", tmp_path / "settings.toml"
    settings.write_text("ascii = true\n")
    flags = ("--ascii",) if by == "flag" else ("--config", str(settings))
    done = call("snapshot", task, "--at", "9", "--size", "80x24", *flags, "--output", str(path))
    assert done == Done(0, "", "")
    text = path.read_text(encoding="utf-8")
    assert "hidden" in text
    assert [letter for letter in text if not letter.isascii() and letter != "\N{NO-BREAK SPACE}"] == []
    if suffix == ".txt":
        for part in ("*learning rate", "[0.1]", "1 Regression", "q quit", "---", "|"):
            assert part in text

"""The README, the guide and the help say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bptui.cli.subcommands import SUBCOMMANDS
from bptui.commands import keys_of
from bptui.screen.overlays.help_pages import ESSENTIAL
from tests.engine.kernels import needs_numba
from tests.tui.support.running import Done, call

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


def pictures() -> dict[str, list[str]]:
    """The flags of `bptui snapshot` for each picture of the documentation that one snapshot makes."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    for name, value in reversed(re.findall(r"^(\w+) := (.+)$", text, re.MULTILINE)):
        text = text.replace(f"$({name})", value)
    found = re.findall(r"^\t\S+/bptui snapshot (.+) --output (docs/\S+)$", text, re.MULTILINE)
    return {path: flags.split() for flags, path in found}


PICTURES = pictures()


def test_the_ten_keys_are_those_of_the_help() -> None:
    rows = re.findall(
        r"^\| (\S+) \| .+\.", README.partition("## Ten keys")[2].partition("##")[0], re.MULTILINE
    )
    assert rows == [keys_of(*names) for names, _ in ESSENTIAL]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_guide_names_every_subcommand(name: str) -> None:
    assert f"bptui {name}" in GUIDE.replace("\n", " ")


@needs_numba  # without it, clouds and maps are smaller
@pytest.mark.parametrize("path", sorted({*PICTURES} - {"docs/map.svg"}))  # a map takes some seconds
def test_the_pictures_are_those_of_the_program(path: str, tmp_path: Path) -> None:
    drawn = tmp_path / "picture.svg"
    assert call("snapshot", *PICTURES[path], "--output", str(drawn)) == Done(0, "", "")
    assert drawn.read_bytes() == (ROOT / path).read_bytes(), "make pictures draws it again"

"""The maps, paths and links in the documentation match the repository, and what it says of tests is true."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", *sorted(f"docs/{page.name}" for page in ROOT.glob("docs/*.md")))
MAP = re.compile(r"```text\n(?P<folder>\S+)/\n(?P<entries>(?:  \S.*\n)+)```")
PATH = re.compile(r"(?<![\w/.-])(?:engine|tui|tests|benchmarks|docs)/[\w/.-]*\w")
LINK = re.compile(r"\]\(([^)#:]+)\)")
UNNAMED = {"__init__.py", "py.typed"}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


MAPS = {found["folder"]: found["entries"] for found in MAP.finditer(text_of("docs/architecture.md"))}


def names_in(entries: str) -> list[str]:
    """What the lines of a map name: one or more names with commas, two spaces or more, and a description."""
    return [name for line in entries.splitlines() for name in re.split(r" {2,}", line)[1].split(", ")]


def test_the_program_its_large_wings_and_the_engine_have_a_map() -> None:
    assert list(MAPS) == ["tui/bptui", "tui/bptui/screen", "tui/bptui/session", "engine/bpengine"]


@pytest.mark.parametrize("folder", MAPS)
def test_the_map_names_each_folder_and_file_once(folder: str) -> None:
    files = [path.name for path in (ROOT / folder).iterdir() if path.is_file() and path.name not in UNNAMED]
    folders = [f"{path.parent.name}/" for path in (ROOT / folder).glob("*/__init__.py")]
    assert Counter(names_in(MAPS[folder])) == Counter(files + folders)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str) -> None:
    missing = {path for path in PATH.findall(text_of(page)) if not (ROOT / path).exists()}
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    links = LINK.findall(text_of(page))
    assert links or page != "README.md"
    assert not [link for link in links if not (ROOT / page).parent.joinpath(link).is_file()]


def test_the_backpropagation_page_names_modules_of_the_engine() -> None:
    paths = PATH.findall(text_of("docs/backpropagation.md"))
    assert sum(path.startswith("engine/bpengine/") for path in paths) >= 9


def test_tests_do_not_sleep() -> None:
    slept = set()
    for path in ROOT.glob("tests/**/test_*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        slept |= {ast.unparse(call) for call in calls if ast.unparse(call.func).endswith("sleep")}
    assert slept == {"asyncio.sleep(0)"}  # which lets other tasks go on

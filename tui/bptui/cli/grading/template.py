"""A new lesson to begin with: a file that is a lesson already, and passes the check."""

from __future__ import annotations

from pathlib import Path

from bptui.lessons.reading import ID

TEMPLATE = Path(__file__).with_name("my-lesson.toml")
"""The lesson, whose ID stays where the name of a file can be none."""


def new_lesson(path: Path) -> str:
    """The text of a new lesson for this file."""
    text = TEMPLATE.read_text(encoding="utf-8").replace(TEMPLATE.name, path.name)
    return text.replace(f'"{TEMPLATE.stem}"', f'"{path.stem}"') if ID.fullmatch(path.stem) else text

"""The README says what the program does."""

from __future__ import annotations

from pathlib import Path

from bptui.commands import COMMANDS

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_keys_is_that_of_the_commands() -> None:
    rows = "".join(f"| {command.shown} | {command.help} |\n" for command in COMMANDS)
    assert f"| --- | --- |\n{rows}<!-- end of keys -->" in README.read_text(encoding="utf-8")

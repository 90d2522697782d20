"""The README and the help say what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptui.cli import SUBCOMMANDS
from bptui.cli.screen import parser
from bptui.commands import COMMANDS

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_keys_is_that_of_the_commands() -> None:
    rows = "".join(f"| {command.shown} | {command.help} |\n" for command in COMMANDS)
    assert f"| --- | --- |\n{rows}<!-- end of keys -->" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_readme_and_the_help_name_every_subcommand(name: str) -> None:
    assert f"bptui {name}" in README.read_text(encoding="utf-8")
    assert f"\n  bptui {name} " in parser().format_help()

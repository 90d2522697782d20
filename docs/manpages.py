"""Write a manual page for `bptui` and for each subcommand, from their parsers: `manpages.py FOLDER`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from argparse_manpage.manpage import Manpage

from bptui import __version__
from bptui.cli.parsing import Parser
from bptui.cli.subcommands import SCREEN, SUBCOMMANDS


def page(name: str, parser: Parser) -> str:
    """The page of a command in the language of man(7)."""
    description = (parser.description or "").split(". ")[0].rstrip(".")
    facts = {
        "project_name": "bptui",
        "version": __version__,
        "manual_title": "bptui manual",
        "description": description[:1].lower() + description[1:],
    }
    made = Manpage(parser, facts)
    made.prog = name
    examples = re.sub(r"(?m)^(?=[.'])", r"\\&", (parser.epilog or "").replace("\\", r"\e"))
    made.add_section("comments", "=", f".nf\n{examples}\n.fi")  # as it stands: most of it is command lines
    return str(made).replace(".SH COMMENTS", ".SH EXAMPLES AND EXIT STATUS")


def write(folder: Path) -> None:
    """Write all pages into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, module in {
        "bptui": SCREEN,
        **{f"bptui-{name}": module for name, module in SUBCOMMANDS.items()},
    }.items():
        (folder / f"{name}.1").write_text(page(name, module.parser()), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

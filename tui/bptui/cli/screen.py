"""`bptui`: the live screen."""

from __future__ import annotations

import argparse
import sys

from bpengine import TASKS, TrainingConfig
from bptui import __version__
from bptui.cli.parsing import (
    BadUseError,
    Parser,
    add_hyperparameters,
    add_task,
    config_from,
    make_parser,
    shown,
)


def parser() -> Parser:
    """The parser of `bptui` itself."""
    made = make_parser(
        "bptui",
        "Watch a small neural network learn, and change its hyperparameters while it does.",
        """subcommands:
  bptui train ...      train without a screen: text, jsonl or csv
  bptui snapshot ...   write the screen of a trained network as a picture or text

examples:
  bptui                                        open the screen and train
  bptui classification --hidden 3 --paused     the other tab, three hidden units, wait for a key
  bptui train regression --seed 3 | head -3    the same run without a screen
  bptui train --help                           more about a subcommand

On the screen ? shows all keys. Exit status: 0 done, 1 diverged, 2 bad use, 130 on ctrl+c.""",
    )
    made.add_argument("--version", action="version", version=f"bptui {__version__}")
    add_task(made, optional=True)
    add_hyperparameters(made)
    add_theme(made)
    made.add_argument("--paused", action="store_true", help="wait for a key before training")
    return made


def add_theme(made: Parser) -> None:
    """The flag for the colors."""
    made.add_argument("--theme", metavar="NAME", help="colors, by the name of one of Textual's themes")


def check_theme(name: str | None) -> None:
    """See whether there is such a theme.

    Raises:
        BadUseError: there is none.
    """
    from textual.theme import BUILTIN_THEMES

    if name is not None and name not in BUILTIN_THEMES:
        names = ", ".join(sorted(BUILTIN_THEMES))
        raise BadUseError(f"argument --theme: {shown(name)} is not allowed: it takes one of {names}")


def run(options: argparse.Namespace) -> int:
    """Open the screen; return the exit status."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise BadUseError("the screen needs a terminal; without one use bptui train or bptui snapshot")
    check_theme(options.theme)
    from bptui.app import BptuiApp
    from bptui.terminal import TerminalKeeper

    configs = {task: TrainingConfig.defaults(task) for task in TASKS} | {options.task: config_from(options)}
    with TerminalKeeper() as keeper:
        app = BptuiApp(configs, options.task, paused=options.paused, keeper=keeper)
        if options.theme is not None:
            app.theme = options.theme
        return app.run() or app.return_code or 0

"""The command line: one module a subcommand. Only what opens a screen imports textual."""

from __future__ import annotations

import os
from importlib import import_module

from bptui.cli.streams import has_terminal

SUBCOMMANDS = ("train", "snapshot", "config")
"""By the names of their modules; without one it's the screen."""
UNCHECKED = ({"regression", "--paused"}, {"classification", "--paused"})
"""Arguments of the screen that need no engine to be checked, so that it opens before that is loaded."""


def run(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status."""
    os.environ.setdefault("TEXTUAL_FPS", "120")  # what a key changes is drawn sooner than by Textual's 60
    if any(free.issuperset(arguments) for free in UNCHECKED) and has_terminal():
        from bptui.cli.opening import open_at_once

        return open_at_once(arguments)
    return _run_checked(arguments)


def _run_checked(arguments: list[str]) -> int:
    from bpengine.errors import CheckpointError, ConfigError, DataError
    from bptui.cli.parsing import BadUseError

    name = arguments[0] if arguments else ""
    command = import_module(f"bptui.cli.{name if name in SUBCOMMANDS else 'screen'}")
    parser = command.parser()
    options = parser.parse(arguments[1:] if name in SUBCOMMANDS else arguments)
    try:
        status: int = command.run(options)
    except (BadUseError, ConfigError, DataError, CheckpointError) as error:
        parser.error(str(error))
    return status

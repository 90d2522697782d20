"""The command line: one module a subcommand. Only what opens a screen imports textual."""

from __future__ import annotations

from importlib import import_module

from bpengine.errors import CheckpointError, ConfigError, DataError
from bptui.cli.parsing import BadUseError

SUBCOMMANDS = ("train", "snapshot", "config")
"""By the names of their modules; without one it's the screen."""


def run(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status."""
    name = arguments[0] if arguments else ""
    command = import_module(f"bptui.cli.{name if name in SUBCOMMANDS else 'screen'}")
    parser = command.parser()
    options = parser.parse(arguments[1:] if name in SUBCOMMANDS else arguments)
    try:
        status: int = command.run(options)
    except (BadUseError, ConfigError, DataError, CheckpointError) as error:
        parser.error(str(error))
    return status

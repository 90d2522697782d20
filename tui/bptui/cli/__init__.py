"""The command line: one module a subcommand. Only what opens a screen imports textual."""

from __future__ import annotations

from bpengine.errors import CheckpointError, ConfigError, DataError
from bptui.cli import config, screen, snapshot, train
from bptui.cli.parsing import BadUseError

SUBCOMMANDS = {"train": train, "snapshot": snapshot, "config": config}


def run(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit status."""
    name = arguments[0] if arguments else ""
    command = SUBCOMMANDS.get(name, screen)
    parser = command.parser()
    options = parser.parse(arguments[1:] if name in SUBCOMMANDS else arguments)
    try:
        status: int = command.run(options)
    except (BadUseError, ConfigError, DataError, CheckpointError) as error:
        parser.error(str(error))
    return status

"""The command line: one module per subcommand. Only modules that draw a screen import textual."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from bptui.cli.streams import has_terminal, is_dumb, print_error
from bpwords import use

if TYPE_CHECKING:
    from bptui.startup.start_settings import StartSettings

SUBCOMMANDS = (
    "train",
    "predict",
    "advise",
    "snapshot",
    "share",
    "sweep",
    "verify",
    "export",
    "config",
    "runs",
    "trace",
    "worksheet",
    "gradcheck",
    "attach",
    "serve",
    "learn",
    "lessons",
    "completion",
    "doctor",
)
"""The subcommands, each in the module of its name. Without a subcommand, `screen` is run."""
HELP = "help"
"""The word that shows the help, or the help of the subcommand after it."""
DONE, DIVERGED = 0, 1
"""The exit statuses of a run that has ended."""
REMEDY = "try a smaller learning rate"
"""What to do about a run that diverged."""
UNCHECKED = tuple({task, "--paused", "--fresh", "--no-state"} for task in ("regression", "classification"))
"""Sets of arguments that open the screen and can't be wrong if none is given twice: the screen opens before
the engine, which would check them, is loaded."""


def run(arguments: list[str]) -> int:
    """Run the command that the arguments name, and return the exit status."""
    if "--restricted" in arguments:
        from bptui.limits.restrictions import Restrictions

        Restrictions().clean_environment()
    os.environ.setdefault("TEXTUAL_FPS", "120")  # Textual's default is 60; with 120, a key is shown sooner
    can_open = has_terminal() and not is_dumb() and len(set(arguments)) == len(arguments)
    if can_open and any(unchecked.issuperset(arguments) for unchecked in UNCHECKED):
        return _launch_before_engine(arguments)
    return _run_checked(arguments)


def _launch_before_engine(arguments: list[str]) -> int:
    """Show the first frame, then load the engine and start; return the exit status."""
    from bptui.cli.launch import launch
    from bptui.commands import TABS
    from bptui.languages import locale_language, translations
    from bptui.startup.deferred_start import DeferredStart
    from bptui.terminal.encoding import needs_ascii

    def load() -> StartSettings:
        from bptui.cli.screen import parser, start_settings

        return start_settings(parser().parse(arguments))

    ascii = needs_ascii()
    if not ascii:
        use(translations(locale_language(os.environ)))
    task = next((task for task in TABS if task in arguments), TABS[0])
    return launch(DeferredStart(task, ascii, load, paused="--paused" in arguments))


def _run_checked(arguments: list[str]) -> int:
    from bpengine.errors import CheckpointError, ConfigError, DataError, DivergedError
    from bptui.cli.parsing import BadUseError

    name = arguments[0] if arguments else ""
    if "--restricted" in arguments:
        name = ""  # only the screen: its parser refuses subcommands
    elif name == HELP:
        arguments = ["--help", *arguments[1:]]
    command = import_module(f"bptui.cli.{name if name in SUBCOMMANDS else 'screen'}")
    parser = command.parser()
    options = parser.parse(arguments[1:] if name in SUBCOMMANDS else arguments)
    try:
        status: int = command.run(options)
    except (BadUseError, ConfigError, DataError, CheckpointError) as error:
        parser.error(str(error))
    except DivergedError as error:
        print_error(f"{parser.prog}: {error}; {REMEDY}")
        return DIVERGED
    return status

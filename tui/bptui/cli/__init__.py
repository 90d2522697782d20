"""The command line: a module for each subcommand. Only modules that draw a screen import textual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bptui.cli.subcommands import SCREEN, SUBCOMMANDS, listed
from bptui.process.streams import has_terminal, is_dumb, print_error
from bpwords import Sentence, speak, use

if TYPE_CHECKING:
    from bptui.settings.start_settings import StartSettings

HELP, SETTINGS = "help", "settings"
"""The word that shows the help, also of the subcommand after it, and the word after it for all flags."""
SHORT_HELP = "\n".join(
    (
        "usage: bptui [TASK|DATASET|FILE] [settings], such as bptui spiral or own.csv",
        *listed(),
        "More: bptui --help settings (all flags), bptui help train, and ? on the screen.",
        "Exit status: 0 done, 1 diverged, 2 bad use, 130 after ctrl+c.",
    )
)
DONE, DIVERGED = 0, 1
"""The exit statuses of a run that has ended."""
UNCHECKED = tuple({task, "--paused", "--fresh", "--no-state"} for task in ("regression", "classification"))
"""Sets of arguments that open the screen and can't be wrong if none is given twice: the screen opens before
the engine, which would check them, is loaded."""


def run(arguments: list[str]) -> int:
    """Run the command that the arguments name, and return the exit status."""
    if "--restricted" in arguments:
        from bptui.process.restrictions import RESTRICTED

        RESTRICTED.clean_environment()
    os.environ.setdefault("TEXTUAL_FPS", "120")  # Textual's default is 60; with 120, a key is shown sooner
    can_open = has_terminal() and not is_dumb() and len(set(arguments)) == len(arguments)
    if can_open and any(unchecked.issuperset(arguments) for unchecked in UNCHECKED):
        return _launch_before_engine(arguments)
    return _run_checked(arguments)


def _launch_before_engine(arguments: list[str]) -> int:
    """Show the first frame, then load the engine and start; return the exit status."""
    from bptui.cli.launch import launch
    from bptui.commands import TABS
    from bptui.process.streams import needs_ascii
    from bptui.settings.deferred_start import DeferredStart
    from bptui.settings.languages import locale_language, translations

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
    from bptui.cli.language import choose_language
    from bptui.cli.parsing import BadUseError

    name = arguments[0] if arguments else ""
    if "--restricted" in arguments:
        name = ""  # only the screen: its parser refuses subcommands
    elif name in (HELP, "--help", "-h"):
        return _help(arguments[1] if len(arguments) > 1 else "")
    command = SUBCOMMANDS.get(name, SCREEN)
    parser = command.parser()
    arguments = arguments[1:] if name in SUBCOMMANDS else arguments
    speak("bptui {}".format)
    try:
        choose_language(parser, arguments)
        status: int = command.run(parser.parse(arguments))
    except (BadUseError, ConfigError, DataError, CheckpointError) as error:
        parser.error(str(error))
    except DivergedError as error:
        print_error(f"{parser.prog}: {with_remedy(error)}")
        return DIVERGED
    return status


def with_remedy(error: Exception) -> str:
    """The message about a run that diverged, and what to do about it."""
    return Sentence("{error}; try a smaller learning rate")(error=error)


def _help(topic: str) -> int:
    """Print the short help, or that of all settings or of a subcommand; return the exit status."""
    if not topic:
        print(SHORT_HELP, flush=True)
    elif topic in (SETTINGS, *SUBCOMMANDS):
        command = SUBCOMMANDS.get(topic, SCREEN)
        print(command.parser().format_help(), end="", flush=True)
    else:
        from bpwords import must_be_one_of

        print_error(f"bptui: error: argument --help: {must_be_one_of((SETTINGS, *SUBCOMMANDS), topic)}")
        return 2
    return DONE

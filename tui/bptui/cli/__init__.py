"""The command line: one module per subcommand. Only modules that draw a screen import textual."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptui.cli.streams import has_terminal, is_dumb, print_error
from bpwords import Sentence, speak, use

if TYPE_CHECKING:
    from bptui.settings.start_settings import StartSettings

SUBCOMMANDS = {
    "learn": "take a lesson beside the live run",
    "lessons": "list, write and check lessons, and grade hand-ins",
    "draw": "draw the samples of two classes by hand, and learn them",
    "train": "train without a screen; print text, jsonl or csv",
    "predict": "answer new rows with a run",
    "advise": "find out by experiment which changes lower the error",
    "importance": "find out which columns of a table matter",
    "sweep": "train every combination of some settings' values",
    "snapshot": "write the screen of a trained network to a file",
    "share": "write a run as one page or one moving picture",
    "verify": "repeat the run of a checkpoint, and compare",
    "export": "write a run as NumPy, C, PyTorch, ONNX or JSON",
    "config": "print the settings in effect, or write a file of them",
    "runs": "list the runs that were kept",
    "trace": "work out one training step, number by number",
    "worksheet": "write a worksheet of training steps, with its solutions",
    "gradcheck": "compare the derivatives with central differences",
    "attach": "steer a training of your own, or list those that run",
    "serve": "serve the screen to browsers",
    "completion": "let your shell complete what you type",
    "doctor": "print versions and what the terminal can do, for an issue",
}
"""The subcommands, each in the module of its name, and what the short help says of them.

Without a subcommand, `screen` is run."""
OF_FEATURES = ("importance",)
"""Those whose module is `cli` in the folder of the feature."""
HELP, SETTINGS = "help", "settings"
"""The word that shows the help, also of the subcommand after it, and the word after it for all flags."""
SHORT_HELP = "\n".join(
    (
        "usage: bptui [TASK|DATASET|FILE] [settings], such as bptui spiral or own.csv",
        *(f"  bptui {name:<11} {does}" for name, does in SUBCOMMANDS.items()),
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
        from bptui.process.restrictions import Restrictions

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
    from bptui.process.encoding import needs_ascii
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
    command = module_of(name)
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


def module_of(name: str) -> Any:
    """The module of a subcommand, or that of the screen."""
    if name in OF_FEATURES:
        return import_module(f"bptui.features.{name}.cli")
    return import_module(f"bptui.cli.{name if name in SUBCOMMANDS else 'screen'}")


def with_remedy(error: Exception) -> str:
    """The message about a run that diverged, and what to do about it."""
    return Sentence("{error}; try a smaller learning rate")(error=error)


def _help(topic: str) -> int:
    """Print the short help, or that of all settings or of a subcommand; return the exit status."""
    if not topic:
        print(SHORT_HELP, flush=True)
    elif topic in (SETTINGS, *SUBCOMMANDS):
        command = module_of(topic)
        print(command.parser().format_help(), end="", flush=True)
    else:
        from bpengine.wording import must_be_one_of

        print_error(f"bptui: error: argument --help: {must_be_one_of((SETTINGS, *SUBCOMMANDS), topic)}")
        return 2
    return DONE

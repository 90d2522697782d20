"""The flags of the screen, and what they stand for; other commands that open or draw it have some of them."""

from __future__ import annotations

import argparse
import contextlib
import math
from pathlib import Path

from bpengine.numbers import parse_real
from bptui.cli.file_checks import bad_folder
from bptui.cli.parsing import BadUseError, Parser, add_folder, add_switch, needs, not_with
from bptui.process.restrictions import PAGE, RESTRICTED, UNRESTRICTED, Restrictions
from bptui.session.autosave.runs_folder import NEWEST
from bptui.settings.options import DATA, STDIN, THEME
from bptui.settings.start_settings import StartSettings
from bpwords import must_be, must_be_one_of, word

_TIMES = {"idle_minutes": "without a key", "max_minutes": "in any case"}
"""The limits of the time that flags of the same names set, and when the screen ends then."""


def add_plain(group: argparse._ActionsContainer) -> None:
    """Add the flag for the line dialogue."""
    lines = "a dialogue in lines of text instead of the screen, for screen readers, pipes and any terminal"
    add_switch(group, "--plain", lines)


def add_lessons(group: argparse._ActionsContainer) -> None:
    """Add the flag that says where there are more lessons."""
    add_folder(group, "--lessons", "a folder of lessons besides those that come with bptui")


def add_kept_runs(parser: Parser) -> None:
    """Add the flags that say which kept run to continue, and where runs are kept."""
    group = parser.add_argument_group("kept runs")
    group.add_argument(
        "--continue",
        dest="continued",
        nargs="?",
        const=NEWEST,
        metavar="ID",
        help="continue a run that was kept when its screen was left: the newest one, or the one with this "
        "ID (see bptui runs)",
    )
    add_switch(group, "--fresh", "do not offer to continue a kept run")
    add_state(group)


def add_state(group: argparse._ActionsContainer) -> None:
    """Add the flags that say where the state of screens is kept."""
    states = group.add_mutually_exclusive_group()
    add_switch(states, "--no-state", "keep neither the runs nor the panel layout, and offer nothing")
    kept = "keep the runs and the panel layout in this folder, which is created if it is missing"
    add_folder(states, "--state", kept)


def add_restrictions(parser: Parser) -> None:
    """Add the flags for a screen that is served to others."""
    group = parser.add_argument_group("serving others (docs/serving.md)")
    add_switch(
        group,
        "--restricted",
        f"the screen only, without files: at most {RESTRICTED.max_units} hidden units, "
        f"{RESTRICTED.max_samples} samples and {RESTRICTED.max_memory >> 20} MB",
    )
    add_switch(group, "--web", "what bptui serve calls; needs --restricted")
    for name, when in _TIMES.items():
        needs_it = f"needs --restricted (default: {getattr(RESTRICTED, name):g})"
        help = f"end after this many minutes {when}; {needs_it}"
        group.add_argument(f"--{name.replace('_', '-')}", type=_minutes, metavar="N", help=help)


def _minutes(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (value := parse_real(text[:40])) < math.inf:
            return value
    raise argparse.ArgumentTypeError(must_be(word("a number above 0"), text))


def restrictions_of(options: argparse.Namespace) -> Restrictions:
    """The requested limits.

    Raises:
        BadUseError: a flag is not allowed with --restricted or without it.
    """
    times = {name: value for name in _TIMES if (value := getattr(options, name)) is not None}
    if options.web and (options.plain or not options.restricted):
        raise BadUseError(f"argument --web: {word('needs --restricted, and a screen')}")
    if not options.restricted:
        for name in times:
            raise BadUseError(f"argument --{name.replace('_', '-')}: {needs('--restricted')}")
        return UNRESTRICTED
    restrictions = (PAGE if options.web else RESTRICTED)._replace(**times)
    for name in sorted(restrictions.flags):
        if getattr(options, name) is not None:
            raise BadUseError(f"argument --{name}: {not_with('--restricted')}")
    return restrictions


def refuse_stdin(options: argparse.Namespace) -> None:
    """Check that the data does not come from standard input.

    Raises:
        BadUseError: it does.
    """
    if options.data == STDIN:
        keyboard = word(
            "- is for bptui train and bptui snapshot: standard input is the keyboard here, so save the rows "
            "in a file"
        )
        raise BadUseError(f"argument {DATA.flag}: {keyboard}")


def state_folder(options: argparse.Namespace) -> Path | None:
    """The folder for the state of screens, or None to keep nothing.

    Raises:
        BadUseError: the requested folder can't be created.
    """
    if options.no_state:
        return None
    if options.state is not None:
        try:
            options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise bad_folder(options.state, error) from None
        return Path(options.state)
    if options.restricted:
        return None
    from bptui.session.autosave.paths import state_path

    return state_path()


def check_theme(inputs: StartSettings, options: argparse.Namespace) -> None:
    """Check that the theme exists.

    Raises:
        BadUseError: it does not exist.
    """
    if inputs.theme is None:
        return
    check_theme_name(
        inputs.theme,
        f"argument {THEME.flag}" if options.theme is not None else f"{options.config}: {THEME.name}",
    )


def check_theme_name(name: str, where: str) -> None:
    """Check that a theme exists.

    Args:
        name: its name.
        where: where the name was given.

    Raises:
        BadUseError: it does not exist.
    """
    from bptui.screen.terminal.themes import THEME_NAMES

    if name not in THEME_NAMES:
        raise BadUseError(f"{where}: {must_be_one_of(THEME_NAMES, name)}")

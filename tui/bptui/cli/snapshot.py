"""Train to an epoch and write the screen to a file. The same command always writes the same bytes.

usage: bptui snapshot TASK|DATASET|FILE [settings] [--at N] [--size COLUMNSxROWS] --output FILE

examples:
  bptui snapshot regression --at 400 --output sine.svg
  bptui snapshot classification --hidden 2 --size 80x24 --output two-units.txt
  bptui snapshot regression --at 400 --press v --output the-parts-of-a-sine.svg

Exit status: 0 done, 1 diverged before that epoch (which the file shows), 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bptui.cli.file_checks import check_picture, errors_naming, forget_variables, write_output
from bptui.cli.flags import run_parser
from bptui.cli.inputs import begin, checked_inputs
from bptui.cli.parsing import BadUseError, Parser, add_file, add_number
from bptui.cli.positions import position_in
from bptui.cli.screen_flags import check_theme
from bptui.commands import COMMAND, COMMANDS, SIGNS, change_keys
from bptui.process.signals import end_process, handled_signals, raise_exit
from bptui.process.streams import print_error
from bptui.session.plane import plane_named
from bptui.session.saving.pictures.formats import picture_of
from bptui.settings.options import ASCII, LANGUAGE, THEME
from bptui.settings.start_settings import StartSettings
from bpwords import must_be

if TYPE_CHECKING:
    from textual.strip import Strip

    from bptui.screen.app import BptuiApp
    from bptui.screen.tabs.run_view import RunView

SIZES = (60, 18), (400, 200)
"""The smallest and the largest screen, in columns and rows."""


_PALETTE = COMMAND["command_palette"]


def parser() -> Parser:
    """Make the parser of `bptui snapshot`."""
    made = run_parser(__doc__, screen=(THEME, ASCII, LANGUAGE))
    made.set_defaults(language="en")  # the file does not depend on the locale
    group = made.add_argument_group("output")
    add_number(group, "--at", "the epoch to train to, counted from 0 (default: the last one)", 0)
    add_size(group)
    add_plane(group)
    group.add_argument(
        "--press",
        default="",
        metavar="KEY[,KEY]",
        help="keys to press before the screen is written, such as v, tab,tab, comma or ctrl+p; a what-if or "
        "a run that the keys begin is trained to its end",
    )
    kinds = "the file to write; its name ends with .svg, .txt or .png (which needs the extra png)"
    add_file(group, "--output", kinds, required=True)
    return made


def add_size(group: argparse._ActionsContainer) -> None:
    """Add the flag for the size of the screen that is drawn."""
    size = "the size of the screen (default: 100x30)"
    group.add_argument("--size", type=_size, default=(100, 30), metavar="COLUMNSxROWS", help=size)


def add_plane(group: argparse._ActionsContainer) -> None:
    """Add the flag for the columns of the plot."""
    plane = "draw more than two inputs over two columns, the others at their medians or as in a sample"
    group.add_argument("--plane", metavar="COLUMN by COLUMN [at SAMPLE]", help=plane)


def choose_plane(view: RunView, text: str | None) -> None:
    """Let the plot be over the columns of the flag, if it was given.

    Raises:
        BadUseError: the data have no such columns.
    """
    if text is not None:
        with errors_naming("argument --plane"):
            view.change_options(plane=plane_named(text, view.session.snapshot().run.dataset))


def run(options: argparse.Namespace) -> int:
    """Write the file; return the exit status."""
    inputs = checked_inputs(options, {"--output": options.output}, both=True)
    epoch = _epoch(options.at, inputs)
    check_picture(options.output, "--output")
    forget_variables()
    change_keys(inputs.keys)  # before the app is created
    keys = _keys(options.press)
    check_theme(inputs, options)
    with handled_signals(end_process):
        content, divergence = _render(inputs, epoch, keys, options)
    with handled_signals(raise_exit):
        write_output(options.output, content)
    if divergence:
        print_error(f"{options.prog}: {divergence}")
    return 1 if divergence else 0


def _render(
    inputs: StartSettings, epoch: int, keys: list[str], options: argparse.Namespace
) -> tuple[str | bytes, str]:
    """Train; return the content of the file, and a message that is empty unless the run diverged."""
    from bptui.screen.app import BptuiApp

    # What is said at a start would cover a part of the screen.
    start = replace(inputs, paused=True, notes=(), as_classes=None, suited=False)
    app = BptuiApp(start)
    choose_plane(app.view, options.plane)
    begin(inputs, options.prog)  # after everything is loaded
    session = app.view.session
    session.advance_to(epoch)
    rows = asyncio.run(_draw(app, options.size, keys))
    divergence = session.run.divergence
    return picture_of(rows, options.output.suffix), "" if divergence is None else str(divergence)


async def _draw(app: BptuiApp, size: tuple[int, int], keys: list[str]) -> list[Strip]:
    """Return the rows of the screen after these keys. The rows do not depend on the load of the machine.

    Args:
        app: an app that has not been started.
        size: the columns and rows of the screen.
        keys: the keys to press, by their names in Textual.
    """
    from bptui.screen.terminal.textual_internals import screen_strips

    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await _rest(app)
        for key in keys:
            await pilot.press(key)
            await _rest(app)
        return screen_strips(app)


async def _rest(app: BptuiApp) -> None:
    """Wait until all messages are handled, and train until nothing is in progress."""
    from bptui.screen.terminal.textual_internals import until_idle

    await until_idle(app)
    while not getattr(app.screen, "is_done", True):  # a dialog that trains many runs
        app.runner.pump()
        await asyncio.sleep(0)
    app.view.session.run_until_idle()
    app.view.frames.show_now()
    await until_idle(app)


def _keys(text: str) -> list[str]:
    """Return the keys in a text that separates them by commas.

    Raises:
        BadUseError: a key is unknown, or it starts the run, saves or quits, as an entry of the palette might.
    """
    names = {sign: name for name, sign in SIGNS.items()}
    keys = [names.get(key.strip(), key.strip()) for key in text.split(",")] if text else []
    refused = ("toggle_run", "save", "quit")
    allowed = [key for command in COMMANDS if command.name not in refused for key in command.keys.split(",")]
    for key in keys:
        if key not in allowed:
            among = f"keys among {', '.join(allowed)}"
            raise BadUseError(f"argument --press: {must_be(among, key)}")
    if "enter" in keys and any(key in keys[: keys.index("enter")] for key in _PALETTE.keys.split(",")):
        raise BadUseError("argument --press: enter is not possible after the palette was opened")
    return keys


def _epoch(number: int | None, inputs: StartSettings) -> int:
    """Return the epoch of `--at`, or without it the last epoch.

    Raises:
        BadUseError: it is no epoch of the run, or is one before the checkpoint.
    """
    first = max(inputs.restored.epochs_done - 1, 0) if inputs.restored else 0
    last = max(inputs.config.epochs - 1, first)
    return last if number is None else position_in(number, "--at", "an epoch", first, last)


def _size(text: str) -> tuple[int, int]:
    """An argparse type for the size of a screen."""
    (min_columns, min_rows), (max_columns, max_rows) = SIZES
    match = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text)
    if match:
        columns, rows = int(match[1]), int(match[2])
        if min_columns <= columns <= max_columns and min_rows <= rows <= max_rows:
            return columns, rows
    allowed = f"COLUMNSxROWS from {min_columns}x{min_rows} to {max_columns}x{max_rows}"
    raise argparse.ArgumentTypeError(must_be(allowed, text))

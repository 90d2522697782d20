"""`bptui snapshot`: the screen of a trained network, written headless."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
from dataclasses import replace
from pathlib import Path

from bpengine.wording import either, must_be, shown
from bptui.cli.files import check_distinct, check_target, write_output
from bptui.cli.flags import add_settings, add_task
from bptui.cli.inputs import Inputs, read_inputs
from bptui.cli.interrupts import ending, unwinding
from bptui.cli.parsing import BadUseError, Parser, make_parser
from bptui.cli.screen import check_theme
from bptui.cli.streams import complain
from bptui.pictures.formats import SUFFIXES, picture_of
from bptui.pictures.png import PngError, check_png
from bptui.settings.options import ASCII, THEME
from bptui.startup.gc_pause import end_gc_pause

KERNEL = "numpy"
"""What computes by default: the one whose numbers are the same everywhere."""

SIZES = (60, 18), (400, 200)
"""The smallest and the largest screen, in columns and rows."""


def parser() -> Parser:
    """The parser of `bptui snapshot`."""
    made = make_parser(
        "bptui snapshot",
        "regression|classification [settings] [--at EPOCH] [--size COLUMNSxROWS] --output FILE",
        "Train to an epoch and write the screen, the same bytes every time.",
        """examples:
  bptui snapshot regression --at 400 --output sine.svg
  bptui snapshot classification --hidden 2 --size 80x24 --output two-units.txt
  bptui snapshot regression --at 400 --press v --output the-parts-of-a-sine.svg

Exit status: 0 done, 1 diverged before that epoch (the file shows it), 2 bad use.""",
    )
    add_task(made, otherwise="one of them has to say")
    add_settings(made, kernel=KERNEL, screen=(THEME, ASCII))
    group = made.add_argument_group("picture")
    group.add_argument("--at", metavar="EPOCH", help="the epoch to train to (default: the last)")
    group.add_argument(
        "--size",
        type=_size,
        default=(100, 30),
        metavar="COLUMNSxROWS",
        help="of the screen (default: 100x30)",
    )
    group.add_argument(
        "--press",
        default="",
        metavar="KEY[,KEY]",
        help="keys to press before the picture is taken, such as v or tab,tab; a what-if and a run that "
        "they restart are trained to the end",
    )
    group.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to: a name ending in .svg, .txt or .png (needs the extra png)",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Write the file; return the exit status."""
    inputs = read_inputs(options, kernel=KERNEL, both=True)
    epoch = _epoch(options.at, inputs)
    _check_format(options.output, ascii=bool(inputs.ascii))
    check_distinct(**inputs.files(options), output=options.output)
    # Textual and rich read a dozen variables, from NO_COLOR to TEXTUAL_THEME; the picture depends on none.
    for name in set(os.environ) - {"HOME"}:  # below which a PNG finds a person's fonts
        del os.environ[name]
    keys = _keys(options.press)
    check_theme(inputs, options)
    check_target(options.output)
    with ending():
        picture, diverged = _picture(inputs, epoch, keys, options)
    with unwinding():
        write_output(options.output, picture)
    if diverged:
        complain(f"bptui snapshot: {diverged}")
    return 1 if diverged else 0


def _check_format(output: Path, *, ascii: bool) -> None:
    """See early, before any work, whether the picture can be made in the format of the file.

    Raises:
        BadUseError: it can't.
    """
    if output.suffix not in SUFFIXES:
        allowed = f"a name ending in {either(SUFFIXES)}"
        raise BadUseError(f"argument --output: must be {allowed}, got {shown(output, 200)}")
    if output.suffix == ".png":
        try:
            check_png("M" if ascii else "M─⣿")
        except PngError as error:
            raise BadUseError(f"argument --output: {error}") from None


def _picture(
    inputs: Inputs, epoch: int, keys: list[str], options: argparse.Namespace
) -> tuple[str | bytes, str]:
    """The screen in the format of the file, and how the run diverged if it did."""
    from bptui.app import BptuiApp
    from bptui.cli.headless import draw
    from bptui.session.snapshot import State

    start = inputs.start(paused=True)
    if inputs.kernel != KERNEL:  # which a screen gets only after a while
        trainer = inputs.trainer()
        start = replace(start, restored=trainer, kernel=trainer.kernel.name)
    app = BptuiApp(start)
    if inputs.theme is not None:
        app.theme = inputs.theme
    end_gc_pause()
    session = app.view.session
    session.advance_to(epoch)
    rows = asyncio.run(draw(app, options.size, keys))
    snapshot = session.snapshot()
    diverged = snapshot.status.advice if snapshot.status.state is State.DIVERGED else ""
    return picture_of(rows, options.output.suffix), diverged


def _keys(text: str) -> list[str]:
    """The keys that the text names, with commas between.

    Raises:
        BadUseError: one of them is no key of the screen, or lets time pass, which a picture can't.
    """
    from bptui.commands import COMMANDS

    keys = [key.strip() for key in text.split(",")] if text else []
    allowed = [
        key
        for command in COMMANDS
        for key in command.keys.split(",")
        if command.action not in ("toggle_run", "quit")
    ]
    for key in keys:
        if key not in allowed:
            among = f"keys among {', '.join(allowed)}"
            raise BadUseError(f"argument --press: {must_be(among, key)}")
    return keys


def _epoch(text: str | None, inputs: Inputs) -> int:
    """The epoch that the text spells; the last if there is none.

    Raises:
        BadUseError: it spells none that the run is still to have.
    """
    first = max(inputs.restored.epochs_done - 1, 0) if inputs.restored else 0
    last = max(inputs.config.epochs - 1, first)
    if text is None:
        return last
    with contextlib.suppress(ValueError):
        epoch = int(text)
        if first <= epoch <= last:
            return epoch
    raise BadUseError(f"argument --at: {must_be(f'an epoch from {first} to {last}', text)}")


def _size(text: str) -> tuple[int, int]:
    (least_columns, least_rows), (most_columns, most_rows) = SIZES
    match = re.fullmatch(r"(\d{1,4})x(\d{1,4})", text)
    if match:
        columns, rows = int(match[1]), int(match[2])
        if least_columns <= columns <= most_columns and least_rows <= rows <= most_rows:
            return columns, rows
    allowed = f"COLUMNSxROWS from {least_columns}x{least_rows} to {most_columns}x{most_rows}"
    raise argparse.ArgumentTypeError(must_be(allowed, text))

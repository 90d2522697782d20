"""Write a run as one file that opens in any browser, without a network.

usage: bptui share RUN --output FILE [--frames N] [--size COLUMNSxROWS] [--theme NAME]

A page (.html) has a slider over the epochs with the pictures of the screen, the run in words, its
settings, its changes, and the command line that makes it again. A picture (.svg) moves by itself.

The run is trained again, with its changes where they were made, so this takes as long as the run did.

examples:
  bptui share run.bptui --output run.html
  bptui share newest --output run.svg --frames 15 --size 80x24

Exit status: 0 done, 2 bad use or a bad file, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bptui.cli.file_checks import check_files, check_picture, forget_variables, write_output
from bptui.cli.flags import add_flags
from bptui.cli.parsing import BadUseError, Parser, add_file, add_number, make_parser
from bptui.cli.progress import progress
from bptui.cli.screen_flags import check_theme_name
from bptui.cli.snapshot import add_plane, add_size, choose_plane
from bptui.cli.which_run import add_run, run_named
from bptui.process.preparation import end_gc_pause
from bptui.settings.options import LANGUAGE, THEME
from bptui.settings.start_settings import LessonStart, StartSettings
from bpwords import printable_path

if TYPE_CHECKING:
    from bpengine.training.run import RunState
    from bpengine.training.timeline import Bookmark


def parser() -> Parser:
    """Make the parser of `bptui share`."""
    made = make_parser(__doc__)
    add_run(made)
    add_number(made, "--frames", "how many pictures at most (default: 60)", 2, 200, default=60)
    add_size(made)
    add_plane(made)
    add_flags(made, (THEME, LANGUAGE))
    made.set_defaults(language="en")  # the file does not depend on the locale
    add_file(made, "--output", "the file to write; its name ends with .html or .svg", required=True)
    return made


def run(options: argparse.Namespace) -> int:
    """Train, draw and write the file; return the exit status."""
    output: Path = options.output
    check_picture(output, "--output", (".html", ".svg"))
    if options.theme is not None:
        check_theme_name(options.theme, f"argument {THEME.flag}")
    check_files({"RUN": options.run}, {"--output": output})
    shared = run_named(options.run, "RUN", options.state)
    if shared.began is None:
        raise BadUseError(f"argument RUN: {printable_path(options.run)}: does not record how it began")
    forget_variables()
    end_gc_pause()
    from bpengine import Trainer
    from bptui.features.share.frames import frames_of, written
    from bptui.screen.app import BptuiApp

    lessons = LessonStart(language=options.language)
    with progress(shared.epochs_done) as show:
        states = _states(shared, options.frames, show)
        first = Trainer.continuing(states[0].state)
        start = StartSettings(
            start=first.config.task, restored=first, paused=True, lessons=lessons, theme=options.theme
        )
        app = BptuiApp(start)
        choose_plane(app.view, options.plane)
        frames = asyncio.run(frames_of(app, app.tabs, states, options.size))
    write_output(output, written(shared, frames, output.suffix))
    return 0


def _states(shared: RunState, count: int, show: Callable[[int], object]) -> list[Bookmark]:
    """The run at its start, at epochs that lie closer together where it begins, and at its end."""
    from bpengine.checkpoint.verification import trained_again

    states: list[Bookmark] = []
    last = shared.epochs_done
    stops = sorted({round(last * (place / (count - 1)) ** 2) for place in range(count - 1)} - {last})
    ended = trained_again(shared, show=show, stops=stops, reached=lambda at: states.append(at.bookmark()))
    return [*states, ended.bookmark()]

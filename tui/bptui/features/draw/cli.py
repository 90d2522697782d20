"""Open an empty plane, and place the samples of two classes by mouse or keys.

usage: bptui draw [--theme NAME] [--ascii]

The run begins as soon as both classes have a sample, and restarts with each stroke. It is
kept as any other run is; w saves it, and its samples as CSV. B on the screen draws more
samples of any run over one or two inputs that are numbers.

Exit status: 0 done, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse

from bptui.cli import screen
from bptui.cli.flags import add_flags
from bptui.cli.parsing import Parser, add_file, make_parser
from bptui.cli.screen_flags import add_state
from bptui.settings.options import SCREEN_OPTIONS

LIKE = "moons"
"""The data set whose settings learn most of what is drawn."""


def parser() -> Parser:
    """Make the parser of `bptui draw`."""
    made = make_parser(__doc__)
    add_file(made, "--config", "take the options of the screen and the keys from a TOML file")
    add_flags(made, SCREEN_OPTIONS)
    add_state(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Open the screen; return the exit status."""
    from bptui.features.draw.dialog import open_empty

    opened = screen.parser().parse([LIKE, "--paused"])
    vars(opened).update(vars(options) | {"begins_with": open_empty})
    return screen.run(opened)

"""Repeat a run, and say whether the result is bit for bit the same.

usage: bptui verify RUN

The run is trained with its own settings and data, and with each change of settings and each edit
of a weight or unit at the place where it was made. All errors so far, the weights, and everything
else that the run would continue with are compared. One line says whether they are bit for bit the same,
or where they first differ.

If the run was edited, the line says so; setting all weights at once, as set_weights does, is an edit.

examples:
  bptui train regression --save run.bptui
  bptui verify run.bptui

Exit status: 0 bit for bit the same, 1 not the same, 2 bad use or a bad file, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import sys

from bptui.cli.parsing import Parser, make_parser
from bptui.cli.progress import progress
from bptui.cli.which_run import add_run, run_named
from bptui.process.preparation import end_gc_pause
from bpwords import printable_path


def parser() -> Parser:
    """Make the parser of `bptui verify`."""
    made = make_parser(__doc__)
    add_run(made)
    return made


def run(options: argparse.Namespace) -> int:
    """Train and compare; return the exit status."""
    from bpengine.checkpoint.verification import verify

    saved = run_named(options.run, "RUN", options.state)
    end_gc_pause()
    with progress(saved.epochs_done) as show:
        verification = verify(saved, show=show)
    print(f"{printable_path(options.run)}: {verification.text}")
    sys.stdout.flush()
    return 0 if verification.same else 1

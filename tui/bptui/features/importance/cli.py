"""Find out which columns of a run's table matter for its answers.

usage: bptui importance RUN [--format F]

examples:
  bptui importance houses.bptui
  bptui importance last --format csv

{starts} starts of the run are trained, which differ only in the seed. The values of each column are shuffled
{permutations} times among the test samples: the importance is how far their error rises. Columns that are
connected (a correlation above {connected}) are shuffled together. An importance is decided if the error rises
in all starts, and by more than two standard errors over the test samples.
Exit status: 0 done, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import json
import sys

from bpengine import DataError, Trainer
from bpengine.explain.importance import CONNECTED, PERMUTATIONS, STARTS, Importance
from bptui.cli import DONE
from bptui.cli.flags import add_flags
from bptui.cli.formats import csv_line
from bptui.cli.parsing import Parser, add_choice, make_parser
from bptui.cli.progress import progress
from bptui.cli.which_run import add_run, run_named
from bptui.experiments.runner import Runner, WorkLimits
from bptui.features.importance.plan import MeasuringImportance
from bptui.features.importance.words import describe_importance, name_of
from bptui.process.preparation import end_gc_pause
from bptui.process.signals import recorded_signals
from bptui.process.streams import print_error
from bptui.session.description.words import caveat
from bptui.settings.options import LANGUAGE
from bpwords import Sentence, in_english, word

COLUMNS = ("column", "importance", "low", "high")
"""The names of the values of a column: the mean rise of the error, and its range over the starts."""


def parser() -> Parser:
    """Make the parser of `bptui importance`."""
    made = make_parser((__doc__ or "").format(starts=STARTS, permutations=PERMUTATIONS, connected=CONNECTED))
    add_run(made)
    add_flags(made, (LANGUAGE,))
    group = made.add_argument_group("output")
    kinds = "text, csv or jsonl (one JSON object per column)"
    add_choice(group, "--format", ("text", "csv", "jsonl"), f"{kinds} (default: text)", default="text")
    return made


def run(options: argparse.Namespace) -> int:
    """Measure the importance of each column, and print it; return the exit status."""
    trainer = Trainer.continuing(run_named(options.run, "RUN", options.state))
    if trainer.divergence is not None:
        raise trainer.divergence
    end_gc_pause()
    runner = Runner()
    plan = MeasuringImportance(trainer, WorkLimits(runner))
    if plan.edited:
        print_error(f"{options.prog}: {caveat(plan.edited)}")
    unit = Sentence("epoch of {starts} starts")(starts=STARTS)
    with recorded_signals() as request, progress(plan.epochs, unit=unit) as show:
        task = runner.begin(plan)
        while not plan.has_ended and not request.number:
            runner.pump()
            task.collect()
            show(plan.epochs_done)
        task.end()
    if plan.problem:
        raise DataError(f"argument RUN: {plan.problem}")
    if request.number:
        print_error(f"{options.prog}: {word('interrupted')}")
        return request.exit_status
    rows = len(plan.dataset.test or ())
    lines = describe_importance(plan.found, rows) if options.format == "text" else None
    if options.format == "csv":
        lines = map(csv_line, (COLUMNS, *(values(importance).values() for importance in plan.found)))
    elif lines is None:
        lines = (json.dumps(values(importance)) for importance in plan.found)
    with in_english(unless=sys.stdout.isatty()):
        print(*lines, sep="\n")
    return DONE


def values(importance: Importance) -> dict[str, str | float]:
    """The values of a column by their names."""
    low, high = float(importance.rises.min()), float(importance.rises.max())
    return dict(zip(COLUMNS, (name_of(importance), importance.mean, low, high), strict=True))

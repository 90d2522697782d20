"""`bptui train`: train without a screen. Results go to stdout or a file, progress to stderr."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bpengine import DivergedError, EpochRecord, Trainer, TrainingConfig
from bptui.cli.files import check_target, write_whole
from bptui.cli.formats import FORMATS, table
from bptui.cli.interrupts import Interrupts, noted
from bptui.cli.parsing import Parser, add_hyperparameters, add_task, config_from, cut, make_parser
from bptui.cli.progress import progress
from bptui.streams import complain, silence

DONE, DIVERGED = 0, 1
"""Exit statuses."""

SLICE_MILLISECONDS = 100.0
"""How long to train between two looks at progress and signals."""


def parser() -> Parser:
    """The parser of `bptui train`."""
    made = make_parser(
        "bptui train",
        "Train without a screen and print the reported epochs' errors.",
        """examples:
  bptui train regression
  bptui train classification --hidden 3 --learning-rate 0.3 --format csv --output run.csv
  bptui train regression --interval 1 --format jsonl | jq .error

A terminal gets a table, a pipe gets a line a reported epoch as soon as it is there.
Exit status: 0 done, 1 diverged, 2 bad use, 130 on ctrl+c, with what was trained so far printed.""",
    )
    add_task(made)
    add_hyperparameters(made)
    made.add_argument(
        "--format",
        type=cut,
        choices=FORMATS,
        default="text",
        help="text, jsonl (an object a line) or csv (default: text)",
    )
    made.add_argument("--output", type=Path, metavar="FILE", help="write there, whole or not at all")
    return made


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    config = config_from(options)
    if options.output is not None:
        check_target(options.output)
    with noted() as interrupts:
        try:
            status = _run(config, options, interrupts)
            sys.stdout.flush()
        except OSError:
            if not interrupts.number:
                raise
            # What ended the run, a closed window say, has ended its readers, too.
            silence(sys.stdout)
            silence(sys.stderr)
            status = interrupts.status
    return status


def _run(config: TrainingConfig, options: argparse.Namespace, interrupts: Interrupts) -> int:
    top, line = FORMATS[options.format]
    as_table = options.format == "text" and options.output is None and sys.stdout.isatty()
    if options.output is None and not as_table:
        for text in top:
            print(text)
        # On a terminal the lines are progress enough, and a bar would get between them.
        with progress(config.epochs, shown=not sys.stdout.isatty()) as show:
            status, message = _train(config, lambda record: print(line(record), flush=True), show, interrupts)
    else:
        records: list[EpochRecord] = []
        with progress(config.epochs) as show:
            status, message = _train(config, records.append, show, interrupts)
        lines = table(records, config.epochs) if as_table else (*top, *map(line, records))
        if options.output is not None and status in (DONE, DIVERGED):
            write_whole(options.output, "".join(f"{text}\n" for text in lines))
        else:
            for text in lines:
                print(text)
                interrupts.moved()
    if message:
        complain(f"bptui train: {message}")
    return status


def _train(
    config: TrainingConfig,
    report: Callable[[EpochRecord], None],
    show: Callable[[int], None],
    interrupts: Interrupts,
) -> tuple[int, str]:
    """Train to the end, to divergence or to a signal, reporting as asked for; exit status and what to say."""
    trainer = Trainer(config)
    interval = config.report_interval
    try:
        while not trainer.finished and not interrupts.number:
            left = len(trainer.dataset) - trainer.samples_done
            trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
            last = trainer.history.last
            if trainer.samples_done == 0 and last is not None and last.epoch % interval == 0:
                report(last)
            show(trainer.epochs_done)
    except DivergedError as error:
        return DIVERGED, f"{error}; try a smaller learning rate or init scale"
    if trainer.finished:
        return DONE, ""
    last = trainer.history.last
    if last is not None and last.epoch % interval:
        report(last)
    return interrupts.status, f"interrupted after {trainer.epochs_done} of {config.epochs} epochs"

"""`bptui train`: train without a screen. Results go to stdout or a file, progress to stderr."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path

from bpengine import DivergedError, EpochRecord, Trainer
from bptui.cli.files import check_distinct, check_target, named_by
from bptui.cli.flags import add_settings, add_task
from bptui.cli.formats import FORMATS, table
from bptui.cli.inputs import Inputs, read_inputs
from bptui.cli.interrupts import Interrupts, noted
from bptui.cli.parsing import Parser, make_parser, one_of
from bptui.cli.progress import progress
from bptui.cli.streams import complain, silence
from bptui.cli.summary import summary
from bptui.cli.waiting import WaitingLines
from bptui.startup.gc_pause import end_gc_pause

KERNEL = "auto"
"""What computes by default."""

DONE, DIVERGED = 0, 1
"""Exit statuses."""

SLICE_MILLISECONDS = 100.0
"""How long to train between two looks at progress and signals."""


def parser() -> Parser:
    """The parser of `bptui train`."""
    made = make_parser(
        "bptui train",
        "regression|classification [settings] [--format F] [--output FILE] [--save FILE] [--describe]",
        "Train without a screen and print the reported epochs' errors.",
        """examples:
  bptui train regression
  bptui train classification --hidden 3 --learning-rate 0.3 --format csv --output run.csv
  bptui train regression --interval 1 --format jsonl | jq .error
  bptui train regression --dataset noisy-sine --test-share 0.3 --hidden 8,8 --optimizer adam
  bptui train classification --data flowers.csv --target kind --save flowers.json
  bptui train --resume flowers.json --epochs 500 --save flowers.json

A terminal gets a table, a pipe gets a line a reported epoch as soon as it is there.
Exit status: 0 done, 1 diverged, 2 bad use, 130 on ctrl+c, with what was trained so far printed.""",
    )
    add_task(made, otherwise="one of them has to say")
    add_settings(made, kernel=KERNEL)
    group = made.add_argument_group("results")
    group.add_argument(
        "--format",
        type=one_of(*FORMATS),
        metavar="|".join(FORMATS),
        default="text",
        help="text, jsonl (an object a line) or csv (default: text)",
    )
    group.add_argument(
        "--output", type=Path, metavar="FILE", help="write there, whole or not at all, when the run has ended"
    )
    group.add_argument(
        "--save", type=Path, metavar="FILE", help="write the run as it is at the end, for --resume"
    )
    group.add_argument(
        "--describe",
        action="store_true",
        help="tell in words how it ended, below the text; with another format on standard error",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    inputs = read_inputs(options, kernel=KERNEL)
    check_distinct(**inputs.files(options), output=options.output, save=options.save)
    for flag, path in (("--output", options.output), ("--save", options.save)):
        if path is not None:
            check_target(path, flag)
    with noted() as interrupts, closing(WaitingLines(options.output)) as waiting:
        try:
            status = _run(inputs, options, interrupts, waiting)
            sys.stdout.flush()
        except OSError:
            if not interrupts.number:
                raise
            # What ended the run, a closed window say, has ended its readers, too.
            silence(sys.stdout)
            silence(sys.stderr)
            status = interrupts.status
    return status


def _run(inputs: Inputs, options: argparse.Namespace, interrupts: Interrupts, waiting: WaitingLines) -> int:
    trainer = inputs.trainer()
    end_gc_pause()
    epochs, before = trainer.config.epochs, trainer.epochs_done
    as_table = options.format == "text" and options.output is None and sys.stdout.isatty()
    has_test = trainer.dataset.test is not None
    form = table(epochs, test=has_test) if as_table else FORMATS[options.format]
    streaming = options.output is None and not as_table
    write = partial(print, flush=True) if streaming else waiting.add

    def report(record: EpochRecord) -> None:
        write(form.line(form.report(trainer, record)))

    for text in form.top:
        write(text)
    # On a terminal the lines are progress enough, and a bar would get between them.
    with progress(epochs, before=before, shown=not (streaming and sys.stdout.isatty())) as show:
        status, message = _train(trainer, report, show, interrupts)
    try:
        if options.save is not None:
            from bpengine.checkpoint import save

            interrupts.moved()
            with named_by("argument --save"):
                save(trainer, options.save)
    finally:  # the results are not lost with it
        if options.output is not None and status in (DONE, DIVERGED):
            waiting.write_to(options.output)
        else:
            for text in chain(waiting, _end_of_table(trainer) if as_table else ()):
                print(text)
                interrupts.moved()
    if options.describe:
        in_text = options.format == "text" and options.output is None
        print(_description(trainer), file=sys.stdout if in_text else sys.stderr)
    if message:
        complain(f"bptui train: {message}")
    return status


def _description(trainer: Trainer) -> str:
    from bptui.describe import describe
    from bptui.session.session import Session

    return describe(Session(trainer.config, restored=trainer).snapshot())


def _train(
    trainer: Trainer,
    report: Callable[[EpochRecord], None],
    show: Callable[[int], None],
    interrupts: Interrupts,
) -> tuple[int, str]:
    """Train to the end, to divergence or to a signal, reporting as asked for; exit status and what to say."""
    config, before = trainer.config, trainer.epochs_done
    if trainer.finished:
        reason = "" if trainer.stop_reason == "epochs" else f", and {trainer.stop_reason} has ended the run"
        return DONE, f"nothing is left: {trainer.epochs_done} of {config.epochs} epochs are done{reason}"
    try:
        while not trainer.finished and not interrupts.number:
            trainer.run_for(SLICE_MILLISECONDS, max_samples=trainer.samples_to_report())
            ended = trainer.reported()
            if ended is not None:
                report(ended)
            show(trainer.epochs_done)
    except DivergedError as error:
        return DIVERGED, f"{error}; try a smaller learning rate or init scale"
    last = trainer.history.last
    unreported = last is not None and last.epoch >= before and last.epoch % config.report_interval != 0
    if last is not None and unreported and trainer.stop_reason != "epochs":
        report(last)  # where it ends before its time, people want to know how far it came
    if trainer.finished:
        return DONE, ""
    return interrupts.status, f"interrupted after {trainer.epochs_done} of {config.epochs} epochs"


def _end_of_table(trainer: Trainer) -> Iterator[str]:
    yield ""
    yield from summary(trainer, shutil.get_terminal_size().columns)

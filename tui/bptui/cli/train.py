"""`bptui train`: train without a screen. Results go to stdout or a file, progress to stderr."""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from bpengine import DivergedError, EpochRecord, Trainer
from bptui.cli.files import check_target, write_whole
from bptui.cli.parsing import Parser, add_hyperparameters, add_task, config_from, is_terminal, make_parser

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
    trainer = Trainer(config)
    as_table = options.format == "text" and options.output is None and is_terminal(sys.stdout)
    header, line = FORMATS[options.format]
    records: list[EpochRecord] = []
    streaming = options.output is None and not as_table

    def report(record: EpochRecord) -> None:
        if streaming:
            print(line(record), flush=True)
        else:
            records.append(record)

    if streaming and header:
        print(header)
    with _interrupts() as interrupted, _progress(config.epochs) as show:
        diverged = _train(trainer, report, show, interrupted)
    last = trainer.history.last
    if interrupted and last is not None and last.epoch % config.report_interval:
        report(last)
    if as_table:
        _print_table(records)
    elif options.output is not None and not interrupted:
        write_whole(options.output, "".join(f"{text}\n" for text in (header, *map(line, records)) if text))
    elif options.output is not None:
        for record in records:
            print(line(record))
    return _conclude(trainer, diverged, interrupted)


def _train(
    trainer: Trainer,
    report: Callable[[EpochRecord], None],
    show: Callable[[int], None],
    interrupted: list[int],
) -> DivergedError | None:
    """Train to the end, to divergence or to an interrupt, reporting as asked for."""
    interval = trainer.config.report_interval
    try:
        while not trainer.finished and not interrupted:
            left = len(trainer.dataset) - trainer.samples_done
            trainer.run_for(SLICE_MILLISECONDS, max_samples=left)
            last = trainer.history.last
            if trainer.samples_done == 0 and last is not None and last.epoch % interval == 0:
                report(last)
            show(trainer.epochs_done)
    except DivergedError as error:
        return error
    return None


def _conclude(trainer: Trainer, diverged: DivergedError | None, interrupted: list[int]) -> int:
    if diverged is not None:
        print(f"bptui train: {diverged}; try a smaller learning rate or init scale", file=sys.stderr)
        return 1
    if interrupted:
        done = f"after {trainer.epochs_done} of {trainer.config.epochs} epochs"
        print(f"bptui train: interrupted {done}", file=sys.stderr)
        return 128 + interrupted[0]
    return 0


@contextlib.contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Collects SIGINT and SIGTERM instead of being ended by them in the middle of something."""
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _progress(epochs: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr where that is a terminal."""
    if not is_terminal(sys.stderr):
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=epochs)
        yield lambda done: progress.update(task, completed=done)


def _print_table(records: list[EpochRecord]) -> None:
    from rich.console import Console
    from rich.table import Table

    from bptui.formatting import change_text

    table = Table("epoch", "error", "change", box=None, padding=(0, 2, 0, 0))
    for column in table.columns:
        column.justify = "right"
    before: EpochRecord | None = None
    for record in records:
        change = change_text(before.error, record.error) if before else ""
        table.add_row(str(record.epoch), f"{record.error:.10g}", change)
        before = record
    Console().print(table)


def _text(record: EpochRecord) -> str:
    return f"Epoch:{record.epoch}/{record.epochs} Error:{record.error!r}"


def _jsonl(record: EpochRecord) -> str:
    return json.dumps({"epoch": record.epoch, "epochs": record.epochs, "error": record.error})


def _csv(record: EpochRecord) -> str:
    return f"{record.epoch},{record.epochs},{record.error!r}"


FORMATS: dict[str, tuple[str, Callable[[EpochRecord], str]]] = {
    "text": ("", _text),
    "jsonl": ("", _jsonl),
    "csv": ("epoch,epochs,error", _csv),
}
"""Name -> header line, and how a record is written."""

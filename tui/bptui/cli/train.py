"""Train without a screen and print the errors of the reported epochs.

usage: bptui train TASK|DATASET|FILE [settings] [--format F] [--output FILE] [--save FILE] [--describe]

examples:
  bptui train regression
  bptui train classification --hidden 3 --learning-rate 0.3 --format csv --output run.csv
  bptui train regression --interval 1 --format jsonl | jq .error
  bptui train spiral --format jsonl --summary | tail -1
  bptui train flowers.csv --target kind --test-share 0.3 --save flowers.bptui
  cut -d, -f2-5 flowers.csv | bptui train classification --data -
  bptui train flowers.bptui --epochs 500 --save flowers.bptui

On a terminal, the results are a table. In a pipe, each reported epoch, and the last one, is a line that
is printed at once.
At the end, stderr says what came out, beside the best constant and, for a table, the best weighted sum.
An interrupted run prints, writes and saves what was trained so far.
Exit status: 0 done, 1 diverged, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from bpengine import DivergedError, EpochRecord, Trainer
from bpengine.files import is_replaceable
from bptui.cli import DIVERGED, DONE, with_remedy
from bptui.cli.file_checks import append, ended_by_signals, errors_naming, write_output
from bptui.cli.flags import add_flags, run_parser
from bptui.cli.formats import FORMATS, add_format, format_of, header
from bptui.cli.inputs import begin, checked_inputs
from bptui.cli.parsing import BadUseError, Parser, add_file, add_switch, needs
from bptui.cli.progress import SLICE_MILLISECONDS, progress
from bptui.cli.run_results import COLUMNS, EpochRow, EpochTable, Summary, outcome
from bptui.process.signals import StopRequest, recorded_signals
from bptui.process.streams import print_error
from bptui.settings.options import LANGUAGE
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, in_english


def parser() -> Parser:
    """Make the parser of `bptui train`."""
    made = run_parser(__doc__, kernel=True)
    group = made.add_argument_group("results")
    add_format(group)
    add_file(group, "--output", "write the results to a file when the run has ended")
    add_file(group, "--save", "save the run at its end, for --resume")
    said = "with jsonl: the last record also has what stderr says at the end, for programs"
    add_switch(group, "--summary", said)
    words = "describe the result in words: below the text, or on stderr with other formats and --output"
    add_switch(group, "--describe", words)
    stands = "the same, and where this run stands among many starts that differ only in the seed"
    add_switch(group, "--cloud", stands)
    add_flags(group, (LANGUAGE,))
    group = made.add_argument_group("steering (docs/steering.md)")
    group.add_argument(
        "--steer",
        metavar="NAME",
        help="let bptui attach NAME pause the run, change its settings, and return to its saved states",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    inputs = checked_inputs(options, {"--output": options.output, "--save": options.save})
    options.format = format_of(options.output, options.format)
    if options.summary and options.format != "jsonl":
        raise BadUseError(f"argument --summary: {needs('--format jsonl')}")
    begin(inputs, options.prog)
    with recorded_signals() as request, _results(options.output) as (write, finish):
        return _run(inputs, options, request, write, finish)


@contextlib.contextmanager
def _results(output: Path | None) -> Iterator[tuple[Callable[[str], object], Callable[[], object]]]:
    """What takes each line of the results, and what is called when the run has ended.

    The lines for a file wait on its disk, in a file without a name, which ends with the process: there may be
    100 million of them.
    """
    if output is None:
        yield partial(print, flush=True), sys.stdout.flush
        return
    with TemporaryFile(buffering=0, dir=output.resolve().parent if is_replaceable(output) else None) as lines:

        def finish() -> None:
            lines.seek(0)
            write_output(output, lines)

        yield partial(append, lines, output), finish


def _run(
    inputs: StartSettings,
    options: argparse.Namespace,
    request: StopRequest,
    write: Callable[[str], object],
    finish: Callable[[], object],
) -> int:
    trainer = inputs.trainer()
    in_text = options.format == "text" and options.output is None
    at_terminal = options.output is None and sys.stdout.isatty()
    as_table = in_text and at_terminal
    line: Callable[[EpochRow], str] = FORMATS[options.format]
    heading = header(options.format, COLUMNS)
    if as_table:
        table = EpochTable(trainer.config.epochs, test=trainer.dataset.test is not None)
        line, heading = table.line, (table.header,)
    for text in heading:
        write(text)

    def report(record: EpochRecord) -> None:
        is_last = trainer.finished or request.number
        if not (options.summary and is_last):  # the last one is written with the summary
            write(line(EpochRow(trainer, record)))

    slices = _slices(trainer, request, options.steer)
    begin = time.perf_counter()
    status, message = _train(trainer, report, request, slices, bar=as_table or not at_terminal)
    summary = Summary(trainer, time.perf_counter() - begin)
    if options.summary and trainer.history.last is not None:
        write(line(EpochRow(trainer, trainer.history.last, summary.fields())))
    try:
        if options.save is not None:
            _save(trainer, options.save)
    finally:  # the results are written even if saving fails
        finish()
    for text in summary.lines(shutil.get_terminal_size().columns if as_table else 0):
        print_error(text)
    if options.describe or options.cloud:
        with in_english(unless=at_terminal or not in_text):
            print(_description(trainer, cloud=options.cloud), file=sys.stdout if in_text else sys.stderr)
    if message:
        print_error(f"{options.prog}: {message}")
    return status


def _save(trainer: Trainer, path: Path) -> None:
    from bpengine.checkpoint import save

    with errors_naming("argument --save"), ended_by_signals(path):
        save(trainer, path)


def _description(trainer: Trainer, *, cloud: bool) -> str:
    from bptui.commands.naming import on_screen
    from bptui.experiments.beside import MAX_WORK
    from bptui.session import commands
    from bptui.session.description import describe
    from bptui.session.session import Session
    from bpwords import speak

    speak(on_screen)  # what to do next is for the screen, on which a saved run can be opened
    session = Session(trainer.config, kernel=trainer.kernel_name, restored=trainer)
    if cloud:
        session.do(commands.toggle_cloud)
        session.run_until_idle()
    return describe(session.snapshot(measures=MAX_WORK))


def _slices(trainer: Trainer, request: StopRequest, steered_as: str | None) -> Iterator[None]:
    """Train to the next report, or for a slice of time, again and again."""
    if steered_as is not None:
        from bptui.cli.steered import steered

        yield from steered(trainer, steered_as, request)
        return
    while not trainer.finished and not request.number:
        trainer.run_for(SLICE_MILLISECONDS, max_samples=trainer.samples_to_report())
        yield


def _train(
    trainer: Trainer,
    report: Callable[[EpochRecord], None],
    request: StopRequest,
    slices: Iterable[None],
    *,
    bar: bool,
) -> tuple[int, str]:
    """Train until the run ends, diverges or is interrupted; return the exit status and a message to print.

    Args:
        trainer: the run.
        report: reports an epoch.
        request: the request to stop.
        slices: each of them trains to the next report at most.
        bar: whether to show a progress bar; it would break long lines on a terminal.
    """
    config, before = trainer.config, trainer.epochs_done
    if trainer.finished:
        return DONE, Sentence("nothing to do: {outcome}")(outcome=outcome(trainer))
    try:
        with progress(config.epochs, before=before, shown=bar) as show:
            for _ in slices:
                ended = trainer.reported()
                if ended is not None:
                    report(ended)
                show(trainer.epochs_done)
    except DivergedError as error:
        return DIVERGED, with_remedy(error)
    last = trainer.history.last
    unreported = last is not None and last.epoch >= before and last.epoch % config.report_interval != 0
    if last is not None and unreported:
        report(last)  # shows how far the run got
    if trainer.finished:
        return DONE, ""
    status = request.exit_status if request.number else DONE
    said = Sentence(
        "interrupted after {done} of {epochs} epochs"
        if request.number
        else "stopped after {done} of {epochs} epochs"
    )
    return status, said(done=trainer.epochs_done, epochs=config.epochs)

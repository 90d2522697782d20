"""Train every combination of some settings' values, each from several random starts.

usage: bptui sweep TASK|DATASET|FILE --vary NAME=VALUES [--vary NAME=VALUES ...] [--starts N] [settings]
  [--output FILE]

VALUES is {forms}.
A range has a count, with log before it for steps by a factor; a range of whole numbers needs no count.

examples:
  bptui sweep regression --vary learning_rate=0.01..1:log:10 --vary hidden=1,2,3,5,8
  bptui sweep regression --vary hidden=1..8 --starts 64 --metric success --success-error 0.001
  bptui sweep classification --dataset spiral --vary activation=tanh,relu --vary 'hidden=8;8,8' --epochs 300
  bptui sweep regression --vary momentum=0..0.9:10 --optimizer momentum --format csv --output momentum.csv
  bptui sweep regression --vary hidden=1..8 --output map.jsonl
  bptui sweep regression --vary hidden=1..8 --starts 1000 --cluster tcp://localhost:8786

At a terminal, two settings make a heat map that fills as runs end; in a pipe, each run is a line, printed as
soon as it has ended, with the figures that bptui train prints for the same settings. The starts of a cell
have the seeds from --seed on; 0 follows the last one, 4294967295. A run has succeeded if it has not diverged
and its last error (with --metric test-error, its test error) is at or below --success-error. The file of
--output has each result as soon as its run has ended. After an interruption, the same command trains
the rest.
Exit status: 0 done, 1 the cluster was lost, 2 bad use, 130 after ctrl+c.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from bpengine import FIELD, ConfigError
from bpengine.many.jobs import RemoteExecutor
from bpengine.many.sweeps import Sweep, SweepAxis, parse_axis
from bpengine.many.sweeps.cells import METRICS, SUCCESS_ERROR, Cells
from bpengine.many.sweeps.sweep import FORMS
from bptui.cli.file_checks import errors_naming, write_output
from bptui.cli.flags import CLUSTER, add_cluster, add_settings, cluster_of, given, parser_of
from bptui.cli.formats import add_format, format_of
from bptui.cli.inputs import begin, checked_inputs
from bptui.cli.parsing import BadUseError, Parser, add_choice, add_file, add_number, add_switch, make_parser
from bptui.cli.progress import progress
from bptui.cli.result_file import Lines, ResultFile, result_file
from bptui.cli.which_run import add_kept_folder, add_named
from bptui.experiments.cluster.address import ClusterAddress, ClusterError
from bptui.process.signals import StopRequest, recorded_signals
from bptui.process.streams import print_error
from bptui.settings.options import ASCII
from bptui.settings.start_settings import StartSettings

DONE, LOST, UNWRITTEN = 0, 1, 2
"""Exit statuses: done, the cluster was lost, the file of the results can't be written."""
MAX_STARTS = 10_000


def parser() -> Parser:
    """Make the parser of `bptui sweep`."""
    made = make_parser((__doc__ or "").format(forms=FORMS))
    add_named(made, otherwise="required")
    add_kept_folder(made)
    group = made.add_argument_group("sweep")
    group.add_argument(
        "--vary",
        action="append",
        type=_axis,
        required=True,
        metavar="NAME=VALUES",
        help="a setting, by its name, flag or label, and its values; may be given several times",
    )
    default = "how many random starts each combination has (default: 16; 1 if the seed is varied)"
    add_number(group, "--starts", default, 1, MAX_STARTS)
    text = "in csv and jsonl, also the error now of the mean of all starts of a combination, as one network"
    add_switch(group, "--mean", f"{text}: beside the last one to end; none for one that is continued")
    shown = "the median error or test error of its starts, or the share that succeeded (default: error)"
    add_choice(group, "--metric", METRICS, f"what a cell shows: {shown}", default=METRICS[0])
    group.add_argument(
        "--success-error",
        type=parser_of(FIELD["target_error"]),
        metavar="X",
        help="the last error (with --metric test-error, the test error) at or below which a run succeeds "
        f"(default: --target-error or, if that is off, {SUCCESS_ERROR:g})",
    )
    results = made.add_argument_group("results")
    add_format(results, ", from which no sweep can continue")
    output = "add each result to a file as soon as its run has ended, but for those that it already has"
    add_file(results, "--output", f"{output}; the ending .csv or .jsonl is the format")
    picture = "write the heat map to a file: .svg, .txt or .png (which needs the extra png)"
    add_file(results, "--save-picture", picture)
    add_cluster(made)
    add_settings(made, kernel=True, screen=(ASCII,), resumes=False)
    return made


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    output: Path | None = options.output
    inputs = checked_inputs(options, {"--output": output, "--save-picture": options.save_picture})
    sweep = _sweep(inputs, options)
    if options.save_picture is not None:
        from bptui.cli.file_checks import check_picture

        check_picture(options.save_picture, "--save-picture")
    cluster = cluster_of(options)
    begin(inputs, options.prog)
    opened = nullcontext() if output is None else result_file(output, sweep, options.format)
    with opened as file, _executor(cluster, options.prog) as executor, recorded_signals() as request:
        sweep.executor = executor
        return _train_and_report(sweep, file, options, inputs.ascii, request)


@contextmanager
def _executor(cluster: ClusterAddress | None, prog: str) -> Iterator[RemoteExecutor | None]:
    """The executor for the runs: the cluster, or None for this machine. Print which workers are not used.

    Raises:
        BadUseError: the cluster can't be used.
    """
    if cluster is None:
        yield None
        return
    from bptui.experiments.cluster.executor import ClusterExecutor

    with errors_naming(f"argument {CLUSTER}", ClusterError):
        executor = ClusterExecutor(cluster)
    printed = len(executor.notes)
    for line in (*executor.notes, f"training on {executor.description}"):
        print_error(f"{prog}: {line}")
    with executor:
        yield executor
    for line in executor.notes[printed:]:  # about later workers; a line before would have broken the map
        print_error(f"{prog}: {line}")


def _sweep(inputs: StartSettings, options: argparse.Namespace) -> Sweep:
    """The sweep that the user asked for.

    Raises:
        BadUseError: a setting is varied twice or without effect, or a combination is not possible.
    """
    vary: dict[str, Any] = {}
    flags = given(options)
    for axis in options.vary:
        name = axis.field.name
        if name in vary:
            raise BadUseError(f"argument --vary: {name} is given twice")
        if name in flags:
            raise BadUseError(f"argument --vary: {name} is also given as {axis.field.flag}")
        if inputs.source is not None and axis.field.describes_named_data:
            raise BadUseError(f"argument --vary: {name} has no effect on data from a file")
        vary[name] = axis.values
    starts = options.starts or (1 if "seed" in vary else 16)
    with errors_naming("argument --vary", ConfigError):
        sweep = Sweep(
            inputs.config, vary, starts, source=inputs.source, kernel=inputs.kernel, means=options.mean
        )
    for name in vary:
        if not any(config.uses(FIELD[name]) for config in sweep.runs):
            raise BadUseError(f"argument --vary: {name} has no effect with the other settings")
    if options.metric == "test-error" and not sweep.all_tested:
        raise BadUseError(f"argument --metric: test-error needs test samples: {FIELD['test_share'].flag}")
    return sweep


def _axis(text: str) -> SweepAxis:
    try:
        return parse_axis(text)
    except ConfigError as error:
        reason = error.reason if error.setting == "vary" else str(error)
        raise argparse.ArgumentTypeError(reason) from None


def _train_and_report(
    sweep: Sweep, file: ResultFile | None, options: argparse.Namespace, ascii: bool, request: StopRequest
) -> int:
    """Train the runs whose results are not in the file, and write all others; return the exit status.

    Raises:
        BadUseError: the picture can't be written.
    """
    lines = Lines(sweep, format_of(None, options.format)) if file is None else file.lines
    cells = Cells(sweep, options.metric, options.success_error)
    as_map = sys.stdout.isatty() and (options.format in (None, "text") or file is not None)
    try:
        status, problem = _train(cells, lines, file, as_map, ascii, request)
        if cells.done < len(sweep):
            done = f"{cells.done} of {len(sweep)} runs"
            print_error(f"{options.prog}: {problem} after {done}{_hint(lines, file)}")
    finally:  # the picture is written even if nothing can be printed
        if options.save_picture is not None:
            from bptui.cli.sweep_map import map_picture

            picture = map_picture(cells, options.save_picture, ascii=ascii)
            write_output(options.save_picture, picture, "--save-picture")
    return DONE if cells.done == len(sweep) else status


def _train(
    cells: Cells, lines: Lines, file: ResultFile | None, as_map: bool, ascii: bool, request: StopRequest
) -> tuple[int, str]:
    """Fill the cells and the file, and show the progress; print each result if there is neither file nor map.

    A signal or a problem with the file stops the training.

    Returns:
        The exit status if the sweep has not ended, and why.
    """
    sweep = cells.sweep
    show: Callable[[int], object]
    known = {} if file is None else file.known
    cells.add(known.values())
    is_printed = not as_map and file is None
    for text in lines.header if is_printed else ():
        print(text, flush=True)
    if as_map:
        from bptui.cli.sweep_map import live_map

        shown = live_map(cells, ascii=ascii)
    else:
        shown = progress(len(sweep), before=len(known), unit="run", shown=not sys.stdout.isatty())
    results = sweep.train(without=known, stopped=lambda: bool(request.number))
    with shown as show, closing(results):
        try:
            for result in results:
                if file is not None:
                    file.add(result)
                cells.add([result])
                if is_printed:
                    print(lines.line(result), flush=True)
                show(cells.done)
        except ClusterError as error:
            return LOST, str(error)
        except BadUseError as error:
            return UNWRITTEN, f"error: {error}"
    return request.exit_status, "interrupted"


def _hint(lines: Lines, file: ResultFile | None) -> str:
    """How to train the rest of a sweep that has not ended."""
    if not lines.start:
        return "; with --output FILE.jsonl or FILE.csv, a sweep can be continued"
    if file is None or not file.path.is_file():
        return "; --output FILE continues from the printed lines in a file"
    return "; the same command trains the rest"

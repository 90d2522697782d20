"""`bptui sweep`: train every combination of some settings' values from several starts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bpengine import FIELD, ConfigError
from bpengine.sweeps import Axis, Result, Sweep, parse_axis
from bpengine.sweeps.axes import FORMS
from bpengine.sweeps.cells import METRICS, SUCCESS_ERROR, Cells
from bpengine.wording import must_be
from bptui.cli.cluster_flags import CLUSTER, add_cluster, cluster_of
from bptui.cli.files import check_distinct, check_target, write_output
from bptui.cli.flags import add_settings, add_task, given
from bptui.cli.inputs import Inputs, read_inputs
from bptui.cli.parsing import BadUseError, Parser, make_parser, one_of
from bptui.cli.progress import progress
from bptui.cli.result_lines import Lines, read_results
from bptui.cli.stop_signals import StopRequest, recorded_signals
from bptui.cli.streams import print_error, redirect_to_null
from bptui.cluster.address import ClusterAddress
from bptui.cluster.errors import ClusterError
from bptui.settings.options import ASCII
from bptui.startup.gc_pause import end_gc_pause

KERNEL = "auto"
"""The default kernel."""
PROG = "bptui sweep"
"""The beginning of messages."""
FORMATS = ("text", "jsonl", "csv")
MAX_STARTS = 10_000
HINT = "; --resume continues from results that were printed or written as jsonl or csv"
"""How to continue if no output file is known."""


def parser() -> Parser:
    """Make the parser of `bptui sweep`."""
    made = make_parser(
        PROG,
        "TASK --vary NAME=VALUES [--vary NAME=VALUES ...] [--starts N] [settings] [--output FILE]",
        "Train every combination of some settings' values, each from several random starts.",
        f"""VALUES is {FORMS}.
A range has a count, with log before it for steps by a factor; a range of whole numbers can do without.

examples:
  bptui sweep regression --vary learning_rate=0.01..1:log:10 --vary hidden=1,2,3,5,8
  bptui sweep regression --vary hidden=1..8 --starts 64 --metric success --success-error 0.001
  bptui sweep classification --dataset spiral --vary activation=tanh,relu --vary 'hidden=8;8,8' --epochs 300
  bptui sweep regression --vary momentum=0..0.9:10 --optimizer momentum --format csv --output momentum.csv
  bptui sweep regression --vary hidden=1..8 --output map.jsonl --resume map.jsonl
  bptui sweep regression --vary hidden=1..8 --starts 1000 --cluster tcp://localhost:8786

At a terminal, two settings make a heat map that fills as runs end; in a pipe, each run is a line, printed as
soon as it has ended, with the figures that bptui train prints for the same settings. The starts of a cell
have the seeds from --seed on. A run has succeeded if it has not diverged and its last error is at or below
--success-error. An interrupted sweep prints and writes what is done.
Exit status: 0 done, 1 the cluster was lost, 2 bad use, 130 after ctrl+c.""",
    )
    add_task(made, otherwise="otherwise required")
    group = made.add_argument_group("sweep")
    group.add_argument(
        "--vary",
        action="append",
        type=_axis,
        required=True,
        metavar="NAME=VALUES",
        help="a setting, by its name, flag or label, and its values; may be given several times",
    )
    group.add_argument(
        "--starts",
        type=_starts,
        metavar="N",
        help="how many random starts each combination has (default: 16; 1 if the seed is varied)",
    )
    group.add_argument(
        "--metric",
        type=one_of(*METRICS),
        metavar="|".join(METRICS),
        default=METRICS[0],
        help="what a cell shows: the median error or test error of its starts, or the share that succeeded "
        "(default: error)",
    )
    group.add_argument(
        "--success-error",
        type=_success_error,
        metavar="X",
        help="the last error at or below which a run has succeeded "
        f"(default: --target-error or, if that is off, {SUCCESS_ERROR:g})",
    )
    results = made.add_argument_group("results")
    results.add_argument(
        "--format",
        type=one_of(*FORMATS),
        metavar="|".join(FORMATS),
        help="text, jsonl (one JSON object per line) or csv (default: as --output's name ends, else text)",
    )
    results.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write the results to a file, in the order of the runs, when all have ended",
    )
    results.add_argument(
        "--resume",
        dest="results",
        type=Path,
        metavar="FILE",
        help="take the results in this file, jsonl or csv of the same sweep, and train the rest",
    )
    results.add_argument(
        "--save-picture",
        type=Path,
        metavar="FILE",
        help="write the heat map to a file: .svg, .txt or .png (which needs the extra png)",
    )
    add_cluster(made)
    add_settings(made, kernel=KERNEL, screen=(ASCII,), resumes=False)
    return made


def run(options: argparse.Namespace) -> int:
    """Train; return the exit status."""
    inputs = read_inputs(options, kernel=KERNEL)
    sweep = _sweep(inputs, options)
    files = {"output": options.output, "results": options.results, "save-picture": options.save_picture}
    check_distinct(**inputs.files(options), **files)
    for flag in ("output", "save-picture"):
        path = files[flag]
        if path is not None:
            check_target(path, f"--{flag}")
    if options.save_picture is not None:
        from bptui.cli.picture_files import check_picture

        check_picture(options.save_picture, "--save-picture", ascii=bool(inputs.ascii))
    known = {} if options.results is None else read_results(options.results, sweep)
    cluster = cluster_of(options)
    inputs.print_notes(PROG)
    with _executor(sweep, cluster) as executor, recorded_signals() as request:
        sweep.executor = executor
        try:
            status = _run(sweep, known, options, bool(inputs.ascii), request)
            sys.stdout.flush()
        except OSError:
            if not request.number:
                raise
            redirect_to_null(sys.stdout)  # the same signal may have ended the readers of the output
            redirect_to_null(sys.stderr)
            status = request.exit_status
    return status


def _run(
    sweep: Sweep, known: dict[int, Result], options: argparse.Namespace, ascii: bool, request: StopRequest
) -> int:
    end_gc_pause()
    lines = Lines(sweep, options.format or _format_of(options.output))
    cells = Cells(sweep, options.metric, options.success_error)
    as_map = sys.stdout.isatty() and (options.format in (None, "text") or options.output is not None)
    lost = _train(
        cells, known, None if as_map or options.output is not None else lines, as_map, ascii, request
    )
    try:
        if options.output is not None:
            done = {run: result for cell in cells.cells for run, result in cell.results.items()}
            written = [*lines.header, *(lines.line(done[run]) for run in sorted(done))]
            write_output(options.output, "".join(f"{line}\n" for line in written))
    finally:  # the map is shown even if that fails
        if as_map:
            from bptui.cli.live_map import print_map

            request.output_moved()
            print_map(cells, ascii=ascii)
    if options.save_picture is not None:
        from bptui.cli.picture_files import map_picture

        write_output(
            options.save_picture, map_picture(cells, options.save_picture, ascii=ascii), "--save-picture"
        )
    if cells.done == len(sweep):
        return 0
    after = f"after {cells.done} of {len(sweep)} runs"
    if lost:
        print_error(f"{PROG}: {lost} {after}{_hint(options) or HINT}")
        return 1
    print_error(f"{PROG}: interrupted {after}{_hint(options)}")
    return request.exit_status


def _train(
    cells: Cells,
    known: dict[int, Result],
    lines: Lines | None,
    as_map: bool,
    ascii: bool,
    request: StopRequest,
) -> str:
    """Fill the cells, and show the progress; print each result if there are lines.

    Returns:
        Why the cluster was lost; empty if it was not.
    """
    sweep = cells.sweep
    show: Callable[[int], object]

    def take(result: Result) -> None:
        cells.add([result])
        if lines is not None:
            print(lines.line(result), flush=True)

    for text in () if lines is None else lines.header:
        print(text, flush=True)
    for number in sorted(known):
        take(known[number])
    if as_map:
        from bptui.cli.live_map import live_map

        shown = live_map(cells, ascii=ascii)
    else:
        shown = progress(len(sweep), before=len(known), unit="run", shown=not sys.stdout.isatty())
    with shown as show, closing(sweep.train(without=known, stopped=lambda: bool(request.number))) as results:
        try:
            for result in results:
                take(result)
                show(cells.done)
        except ClusterError as error:
            return str(error)
    return ""


@contextmanager
def _executor(sweep: Sweep, cluster: ClusterAddress | None) -> Iterator[Executor | None]:
    """The executor for the runs: the cluster, or None for this machine. Print which workers are not used.

    Raises:
        BadUseError: the cluster can't be used.
    """
    if cluster is None:
        yield None
        return
    from bptui.cluster.executor import ClusterExecutor

    try:
        executor = ClusterExecutor(cluster, kernels=sweep.kernels())
    except ClusterError as error:
        raise BadUseError(f"argument {CLUSTER}: {error}") from None
    printed = len(executor.notes)
    for line in (*executor.notes, f"training on {executor.description}"):
        print_error(f"{PROG}: {line}")
    with executor:
        yield executor
    for line in executor.notes[printed:]:  # about later workers; a line before would have broken the map
        print_error(f"{PROG}: {line}")


def _hint(options: argparse.Namespace) -> str:
    """How to continue from the file of an interrupted sweep; empty if there is none."""
    resumable = (options.format or _format_of(options.output)) != "text"
    if options.output is None or not resumable:
        return ""
    return f"; the same command with --resume {options.output} trains the rest"


def _format_of(output: Path | None) -> str:
    """The format that the ending of a file's name selects."""
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    return suffix if suffix in FORMATS else "text"


def _sweep(inputs: Inputs, options: argparse.Namespace) -> Sweep:
    """The sweep that the user asked for.

    Raises:
        BadUseError: a setting is varied twice or without effect, or a combination is not possible.
    """
    source = inputs.sources[inputs.task]
    vary: dict[str, Any] = {}
    flags = given(options)
    for axis in options.vary:
        name = axis.field.name
        if name in vary:
            raise BadUseError(f"argument --vary: {name} is given twice")
        if name in flags:
            raise BadUseError(f"argument --vary: {name} is also given as {axis.field.flag}")
        if source is not None and axis.field.describes_named_data:
            raise BadUseError(f"argument --vary: {name} has no effect on data from a file")
        vary[name] = axis.values
    starts = options.starts or (1 if "seed" in vary else 16)
    try:
        sweep = Sweep(inputs.config, vary, starts, source=source, kernel=inputs.kernel)
    except ConfigError as error:
        raise BadUseError(f"argument --vary: {error}") from None
    if options.metric == "test-error" and not sweep.all_tested:
        raise BadUseError(f"argument --metric: test-error needs test samples: {FIELD['test_share'].flag}")
    return sweep


def _axis(text: str) -> Axis:
    try:
        return parse_axis(text)
    except ConfigError as error:
        reason = error.reason if error.setting == "vary" else str(error)
        raise argparse.ArgumentTypeError(reason) from None


def _starts(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MAX_STARTS:
        raise argparse.ArgumentTypeError(must_be(f"a whole number from 1 to {MAX_STARTS}", text))
    return int(text[:9])


def _success_error(text: str) -> float:
    field = FIELD["target_error"]
    try:
        value: float = field.parse(text)
    except ConfigError:
        value = 0.0
    if not value:
        raise argparse.ArgumentTypeError(must_be("a number above 0, at most 1000", text))
    return value

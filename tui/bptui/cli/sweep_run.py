"""Training a sweep, and writing its results as lines, as a map and as a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from bpengine.sweeps import Result, Sweep
from bpengine.sweeps.cells import Cells
from bpengine.wording import printable_path
from bptui.cli.files import write_output
from bptui.cli.format_choice import format_of
from bptui.cli.parsing import BadUseError
from bptui.cli.progress import progress
from bptui.cli.result_file import ResultFile
from bptui.cli.result_lines import Lines
from bptui.cli.stop_signals import StopRequest
from bptui.cli.streams import print_error
from bptui.cluster.errors import ClusterError
from bptui.startup.gc_pause import end_gc_pause

PROG = "bptui sweep"
"""The beginning of messages."""
DONE, LOST, UNWRITTEN = 0, 1, 2
"""Exit statuses: done, the cluster was lost, the file of the results can't be written."""


def train_and_report(
    sweep: Sweep, known: Mapping[int, Result], options: argparse.Namespace, ascii: bool, request: StopRequest
) -> int:
    """Train the runs whose results are not known, and write all results; return the exit status.

    Raises:
        BadUseError: the picture can't be written.
    """
    end_gc_pause()
    lines = Lines(sweep, format_of(options.output, options.format))
    file = None if options.output is None else ResultFile(options.output, lines, known)
    cells = Cells(sweep, options.metric, options.success_error)
    as_map = sys.stdout.isatty() and (options.format in (None, "text") or file is not None)
    printed = None if as_map or file is not None else lines
    lost = _train(cells, known, file, printed, as_map, ascii, request)
    try:
        problem, missing = ("", []) if file is None else _complete(file, cells)
        for line in missing:
            print(line)
            request.output_moved()
        if as_map:
            from bptui.cli.live_map import print_map

            request.output_moved()
            print_map(cells, ascii=ascii)
        is_done = cells.done == len(sweep)
        hint = "" if is_done else _hint(lines, None if missing else file, options.results)
        if problem:
            print_error(f"{PROG}: error: {problem}{hint}")
        elif not is_done:
            print_error(f"{PROG}: {lost or 'interrupted'} after {cells.done} of {len(sweep)} runs{hint}")
    finally:  # the picture is written even if the lines can't be printed
        if options.save_picture is not None:
            from bptui.cli.picture_files import map_picture

            picture = map_picture(cells, options.save_picture, ascii=ascii)
            write_output(options.save_picture, picture, "--save-picture")
    if problem:
        return UNWRITTEN
    if is_done:
        return DONE
    return LOST if lost else request.exit_status


def _train(
    cells: Cells,
    known: Mapping[int, Result],
    file: ResultFile | None,
    lines: Lines | None,
    as_map: bool,
    ascii: bool,
    request: StopRequest,
) -> str:
    """Fill the cells and the file, and show the progress; print each result if there are lines.

    A signal or a problem with the file stops the training.

    Returns:
        Why the cluster was lost; empty if it was not.
    """
    sweep = cells.sweep
    show: Callable[[int], object]

    def take(result: Result) -> None:
        cells.add([result])
        if lines is not None:
            print(lines.line(result), flush=True)

    def stopped() -> bool:
        return bool(request.number or (file is not None and file.problem))

    for text in () if lines is None else lines.header:
        print(text, flush=True)
    for number in sorted(known):
        take(known[number])
    if as_map:
        from bptui.cli.live_map import live_map

        shown = live_map(cells, ascii=ascii)
    else:
        shown = progress(len(sweep), before=len(known), unit="run", shown=not sys.stdout.isatty())
    with shown as show, closing(sweep.train(without=known, stopped=stopped)) as results:
        try:
            for result in results:
                if file is not None:
                    file.add(result)
                take(result)
                show(cells.done)
        except ClusterError as error:
            return str(error)
    return ""


def _complete(file: ResultFile, cells: Cells) -> tuple[str, list[str]]:
    """Complete the file.

    Returns:
        Why not all lines were written and where the results are, or an empty text; and the lines to print.
    """
    results = f"the results of {cells.done} of {len(cells.sweep)} runs"
    try:
        file.complete(len(cells.sweep))
    except BadUseError as error:
        missing = file.missing()
        where = f"{results} are printed instead" if missing else f"it has {results}, but not in their order"
        return f"{error}; {where}", missing
    if file.problem and cells.done < len(cells.sweep):
        return f"argument --output: {printable_path(file.path)}: {file.problem}; it has {results}", []
    return "", []


def _hint(lines: Lines, file: ResultFile | None, resumed: Path | None) -> str:
    """How to train the rest of a sweep that has not ended; empty if there is nothing to continue from.

    Args:
        lines: the format of the results.
        file: the file of the results; None if they were printed.
        resumed: the file of --resume.
    """
    if not lines.resumable:
        return "; with --output FILE.jsonl or FILE.csv, a sweep can be resumed"
    if file is None:
        return "; --resume FILE continues from the printed lines"
    source = file.path if file.written else resumed
    return "" if source is None else f"; the same command with --resume {source} trains the rest"

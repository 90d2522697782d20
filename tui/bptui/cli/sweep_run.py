"""Training a sweep, and writing its results as lines, as a map and as a picture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from bpengine.sweeps import Sweep
from bpengine.sweeps.cells import Cells
from bptui.cli.files import write_output
from bptui.cli.formats import format_of
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
    sweep: Sweep, file: ResultFile | None, options: argparse.Namespace, ascii: bool, request: StopRequest
) -> int:
    """Train the runs whose results are not in the file, and write all others; return the exit status.

    Raises:
        BadUseError: the picture can't be written.
    """
    end_gc_pause()
    lines = Lines(sweep, format_of(None, options.format)) if file is None else file.lines
    cells = Cells(sweep, options.metric, options.success_error)
    as_map = sys.stdout.isatty() and (options.format in (None, "text") or file is not None)
    status, problem = _train(cells, lines, file, as_map, ascii, request)
    try:
        if as_map:
            from bptui.cli.live_map import print_map

            print_map(cells, ascii=ascii)
        if cells.done < len(sweep):
            print_error(f"{PROG}: {problem} after {cells.done} of {len(sweep)} runs{_hint(lines, file)}")
    finally:  # the picture is written even if the lines can't be printed
        if options.save_picture is not None:
            from bptui.cli.picture_files import map_picture

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
        from bptui.cli.live_map import live_map

        shown = live_map(cells, ascii=ascii)
    else:
        shown = progress(len(sweep), before=len(known), unit="run", shown=not sys.stdout.isatty())
    stopped = lambda: bool(request.number)  # noqa: E731
    with shown as show, closing(sweep.train(without=known, stopped=stopped)) as results:
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
        return "; with --output FILE.jsonl or FILE.csv, a sweep can be resumed"
    if file is None or not file.path.is_file():
        return "; --resume FILE continues from the printed lines"
    return f"; the same command with --resume {file.path} trains the rest"

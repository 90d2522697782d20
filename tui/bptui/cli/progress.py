"""A progress bar on stderr."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from bptui.process.streams import is_dumb
from bpwords import word

SLICE_MILLISECONDS = 100.0
"""How long to train before the bar is updated and signals are checked."""
REFRESH_SECONDS = 0.1
"""The shortest time between two drawings of a bar, or of a map that fills."""


@contextlib.contextmanager
def progress(
    total: int | None, *, before: int = 0, shown: bool = True, unit: str = ""
) -> Iterator[Callable[[int], None]]:
    """Show a bar that disappears at the end, if stderr is a terminal; yield the function that updates it.

    Args:
        total: the length of the run, or of other work; None if nobody knows it.
        before: the part that was done earlier, which does not count for the remaining time.
        shown: whether to show a bar at all.
        unit: what is counted; epochs by default.
    """
    if not shown or not sys.stderr.isatty() or is_dumb():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    counted = TextColumn(unit or word("epoch", "stride"))
    columns = (counted, MofNCompleteColumn(), BarColumn(20), TimeRemainingColumn())
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # the training refreshes it, so no thread writes while a signal ends the process
        redirect_stdout=sys.stdout.isatty(),  # what is printed stands above the bar
        redirect_stderr=False,
    )
    with bar:
        bar.console.show_cursor(True)  # a process that is killed would leave the cursor hidden
        task = bar.add_task("", total=total, completed=before)
        yield throttled(lambda done: bar.update(task, completed=done, refresh=True), total)


def throttled(draw: Callable[[int], object], total: int | None) -> Callable[[int], None]:
    """A function that draws what is done, but not within `REFRESH_SECONDS` of the last time unless all is."""
    drawn_at = time.monotonic()

    def show(done: int) -> None:
        nonlocal drawn_at
        now = time.monotonic()
        if now >= drawn_at + REFRESH_SECONDS or (total is not None and done >= total):
            drawn_at = now
            draw(done)

    return show

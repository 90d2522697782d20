"""A progress bar on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator

SECONDS = 0.1
"""From one look to the next."""


@contextlib.contextmanager
def progress(epochs: int, *, before: int = 0, shown: bool = True) -> Iterator[Callable[[int], None]]:
    """Shows how many epochs are done, in a line that goes when all are; nothing where nobody looks.

    Args:
        epochs: how many there are to be.
        before: how many were done already, in no time that is known here.
        shown: whether anything is.
    """
    if not shown or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("epoch"), MofNCompleteColumn(), BarColumn(20), TimeRemainingColumn())
    bar = Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,  # the run refreshes it, and no thread writes while a signal ends the process
        redirect_stdout=False,
        redirect_stderr=False,
    )
    shown_at = time.monotonic()
    with bar:
        bar.console.show_cursor(True)  # which a process that is killed would leave hidden
        task = bar.add_task("", total=epochs, completed=before)

        def show(done: int) -> None:
            nonlocal shown_at
            now = time.monotonic()
            if now >= shown_at + SECONDS or done >= epochs:
                shown_at = now
                bar.update(task, completed=done, refresh=True)

        yield show

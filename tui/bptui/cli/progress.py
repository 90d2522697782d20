"""A progress bar on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

WIDTH = 20
"""Of the bar."""

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
    start = shown_at = time.monotonic()

    def show(done: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if now < shown_at + SECONDS and done < epochs:
            return
        shown_at = now
        bar = "=" * (WIDTH * done // epochs)
        seconds = round((now - start) * (epochs - done) / (done - before)) if done > before else 0
        left = f"{timedelta(seconds=seconds)} left" if seconds else ""
        line = f"epoch {done:>{len(str(epochs))}}/{epochs} [{bar:{WIDTH}}] {left}"
        # A line that wraps could not be overwritten.
        _write(f"\r\x1b[K{line[: os.get_terminal_size(sys.stderr.fileno()).columns - 1]}")

    try:
        yield show
    finally:
        _write("\r\x1b[K")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()

"""Handling of the standard streams, which may be missing, full, closed or limited to a small encoding."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import TextIO, cast

MAX_LINE_LENGTH = 1000
"""The most characters of an error message: values and names from users may have any length."""


STDIN_NAME = "standard input"
"""What messages call standard input."""
MAX_COLUMNS = 500
"""The widest table without a terminal."""


def prepare_width() -> None:
    """Remove COLUMNS and LINES, which Textual, rich and argparse prefer to the size of the window.

    Only for a table or a help text that is not written to a terminal, COLUMNS says how wide it may be.
    """
    os.environ.pop("LINES", None)
    columns = os.environ.pop("COLUMNS", "")
    if not sys.stdout.isatty() and columns.isascii() and columns.isdigit():
        os.environ["COLUMNS"] = str(min(int(columns[:9]), MAX_COLUMNS))


def prepare_streams() -> None:
    """Open the null device for each missing stream, and make stdout accept every character."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Opened in this order, each stream gets its usual file descriptor, and no other file gets it.
            null = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  open until the process ends
            setattr(sys, name, null)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # its encoding may lack η


def has_terminal() -> bool:
    """Whether all three streams are connected to a terminal."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def is_dumb() -> bool:
    """Whether the terminal claims that it can't move the cursor, which the screen needs."""
    return os.environ.get("TERM") == "dumb"


def read_stdin() -> tuple[str, str]:
    """Return the text on standard input, and a note about its encoding; see `bpengine.data.csv.files`.

    Raises:
        DataError: standard input is a terminal, can't be read, has too much or is not text.
    """
    from bpengine.data.csv.files import MAX_BYTES, decode
    from bpengine.errors import DataError
    from bpengine.files import why_unreadable

    try:
        data = piped_stdin().read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{STDIN_NAME}: {why_unreadable(error)}") from None
    if len(data) > MAX_BYTES:
        raise DataError(f"{STDIN_NAME}: is too large: the limit is {MAX_BYTES // 1_000_000} MB")
    return decode(data, STDIN_NAME)


def piped_stdin() -> io.BufferedReader:
    """The bytes of standard input.

    Raises:
        DataError: it is a terminal.
    """
    from bpengine.errors import DataError

    if sys.stdin.isatty():
        raise DataError(f"{STDIN_NAME}: is a terminal: pipe a file into the command")
    return cast(io.BufferedReader, sys.stdin.buffer)


def print_error(message: str) -> None:
    """Write one line to stderr, with control characters escaped; do nothing if stderr can't be written."""
    line = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in message)
    try:
        print(line[:MAX_LINE_LENGTH], file=sys.stderr, flush=True)
    except OSError:
        redirect_to_null(sys.stderr)


def redirect_to_null(stream: TextIO) -> None:
    """Discard everything that is written to a stream from now on, and what is still in its buffer."""
    with contextlib.suppress(OSError):  # a stream without a file has nothing to be discarded
        descriptor = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)
        os.close(null)

"""The standard streams, which may be missing, full, closed by their reader or of a narrow encoding."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import TextIO

MAX_LINE_LENGTH = 1000
"""Characters of a complaint; whatever people pass may be of any length."""


def prepare() -> None:
    """Open the null device where a stream is missing, and let stdout take every character."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # In this order, so that each gets its own number again and no other file does.
            null = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  for as long as we run
            setattr(sys, name, null)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # an encoding may have no η


def has_terminal() -> bool:
    """Whether all three lead to one."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def complain(message: str) -> None:
    """Write one line to stderr, with control characters escaped; if nobody can be told, go on."""
    line = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in message)
    try:
        print(line[:MAX_LINE_LENGTH], file=sys.stderr, flush=True)
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Lead to the null device what is written from now on, or is still on its way out."""
    with contextlib.suppress(OSError):  # no file is behind it, so nothing is on its way
        number = stream.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, number)
        os.close(null)

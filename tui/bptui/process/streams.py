"""The standard streams, which may be missing, full, closed or limited to a small encoding."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from typing import TextIO, cast

from bpwords import Sentence, translatable, word

MAX_LINE_LENGTH = 1000
"""The most characters of an error message: values and names from users may have any length."""


STDIN_NAME = translatable("standard input")
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


_CONTROL = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""A character that steers a terminal, or that changes the order in which it shows others."""


class _Terminal(io.TextIOWrapper):
    """Standard output at a terminal, where names and cells that others wrote must be text and no commands."""

    def write(self, text: str) -> int:
        """Write a text with its control characters escaped."""
        super().write(_CONTROL.sub(lambda found: repr(found[0])[1:-1], text))
        return len(text)


def styled_stdout() -> TextIO:
    """Standard output for the program's own colors and movements of the cursor."""
    return sys.__stdout__ if isinstance(sys.stdout, _Terminal) and sys.__stdout__ else sys.stdout


def prepare_streams() -> None:
    """Replace missing streams, make stdout accept every character, and a terminal get no commands in data.

    A missing stdin or stderr is the null device. Nothing can be written to a missing stdout: what was to be
    printed there would be lost, which is an error.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Opened in this order, each stream gets its usual file descriptor, and no other file gets it.
            null = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            setattr(sys, name, os.fdopen(null, mode, encoding="utf-8"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # its encoding may lack η
        if sys.stdout.isatty():
            encoding = sys.stdout.encoding
            sys.stdout = _Terminal(sys.stdout.buffer, encoding, "replace", line_buffering=True)


def has_terminal() -> bool:
    """Whether all three streams are connected to a terminal."""
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def is_dumb() -> bool:
    """Whether the terminal claims that it can't move the cursor, which the screen needs."""
    return os.environ.get("TERM") == "dumb"


def needs_ascii() -> bool:
    """Whether the terminal can't show the characters that the screen uses.

    Its encoding may lack them, and the fonts of the Linux console have no braille characters.
    """
    if _locale_lacks_utf_8():
        return True
    return not can_write(sys.__stderr__, "─⠿⊕η") or os.environ.get("TERM") == "linux"  # Textual writes there


def can_write(stream: TextIO | None, text: str) -> bool:
    """Whether the encoding of a stream has the characters of a text."""
    try:
        text.encode(getattr(stream, "encoding", "") or "")  # None in a stream that is only in memory
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _locale_lacks_utf_8() -> bool:
    """Whether the environment names a locale without UTF-8, such as C.

    Python does not tell: with such a locale it still writes UTF-8, and sets LC_CTYPE to a locale with UTF-8
    (PEP 538 and 540). If the environment names no locale, the terminal most likely has UTF-8.
    """
    names = ["LC_ALL", "LC_CTYPE", "LANG"]
    if sys.flags.utf8_mode:
        names.remove("LC_CTYPE")
    locale = next(filter(None, map(os.environ.get, names)), "UTF-8")
    return "utf8" not in locale.lower().replace("-", "")


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
        raise DataError(f"{word(STDIN_NAME)}: {why_unreadable(error)}") from None
    if len(data) > MAX_BYTES:
        large = Sentence("is too large: the limit is {n} MB")(n=MAX_BYTES // 1_000_000)
        raise DataError(f"{word(STDIN_NAME)}: {large}")
    return decode(data, word(STDIN_NAME))


def piped_stdin() -> io.BufferedReader:
    """The bytes of standard input.

    Raises:
        DataError: it is a terminal.
    """
    from bpengine.errors import DataError

    if sys.stdin.isatty():
        raise DataError(f"{word(STDIN_NAME)}: {word('is a terminal: pipe a file into the command')}")
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

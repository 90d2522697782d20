"""From a path to text, without ever reading what is no plain file of a sensible size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bpengine.csv_data.wording import printable
from bpengine.errors import DataError

MOST_BYTES = 100_000_000
"""The largest file that is read."""


def read_text(path: str | os.PathLike[str]) -> str:
    """The file's text, without a byte order mark.

    Raises:
        DataError: it is missing, not a regular file, not readable, too large, or not UTF-8.
    """
    name = os.fspath(path) or "."
    # The end of a long path tells more than its beginning.
    shown = printable(name if len(name) <= 80 else "…" + name[-79:], 80)
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise DataError(f"{shown}: is a directory, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise DataError(f"{shown}: is not a regular file")
        if status.st_size > MOST_BYTES:
            raise _too_large(shown)
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)  # it may have grown since
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"{shown}: there is no such file") from None
    except PermissionError:
        raise DataError(f"{shown}: there is no permission to read it") from None
    except OSError as error:
        raise DataError(f"{shown}: can't be read: {error.strerror or type(error).__name__}") from None
    except ValueError:  # a NUL or half a character in the path
        raise DataError(f"{shown}: is not a possible file name") from None
    if len(data) > MOST_BYTES:
        raise _too_large(shown)
    return decode(data, shown)


def line_at(text: str, position: int) -> int:
    """The line, counted from 1, that a character is in; lines end at \\n, \\r or \\r\\n."""
    pairs = text.count("\r\n", 0, position)
    return text.count("\n", 0, position) + text.count("\r", 0, position) - pairs + 1


def _too_large(shown: str) -> DataError:
    return DataError(f"{shown}: is too large: it takes at most {MOST_BYTES // 1_000_000} MB")


def decode(data: bytes, shown: str) -> str:
    """A file's content as text, without a byte order mark; `shown` is what messages call the file.

    Raises:
        DataError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        kind = "is UTF-16" if utf16 else f"byte 0x{data[error.start]:02x} is not UTF-8"
        before = data[: error.start].decode("utf-8")
        line = line_at(before, len(before))
        raise DataError(f"{shown}, line {line}: {kind}: save it as UTF-8 text") from None

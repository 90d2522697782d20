"""Lines that are stored until a run has ended, for a table below the progress bar or for a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile

from bpengine.files import is_replaceable, reason_of
from bpengine.wording import printable_path
from bptui.cli.files import write_output
from bptui.cli.parsing import BadUseError

MAX_BYTES_IN_MEMORY = 1_000_000
"""The most bytes in memory. Further lines go to the disk: a long run may report 100 million epochs."""


class BufferedLines:
    """Lines in memory or, if there are many, in a temporary file without a name, which ends with the process.

    Args:
        target: the file that the lines will be written to, if any. The temporary file is created on the same
            disk, which needs room for the lines in any case.
    """

    def __init__(self, target: Path | None) -> None:
        self._name = "the table" if target is None else f"argument --output: {printable_path(target)}"
        folder = str(target.resolve().parent) if target is not None and is_replaceable(target) else None
        self._file = SpooledTemporaryFile(MAX_BYTES_IN_MEMORY, dir=folder)  # noqa: SIM115  closed by `close`

    def add(self, line: str) -> None:
        """Add a line.

        Raises:
            BadUseError: the disk is full.
        """
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            raise self._error(error) from None

    def __iter__(self) -> Iterator[str]:
        """Yield all lines in order."""
        self._rewind()
        for line in self._file:
            yield line.decode().removesuffix("\n")

    def write_to(self, path: Path) -> None:
        """Write all lines to the file of `--output`.

        Raises:
            BadUseError: the file can't be written.
        """
        self._rewind()
        write_output(path, self._file)

    def close(self) -> None:
        """Free the memory and the disk space."""
        with contextlib.suppress(OSError):  # closing writes the rest, which fails on a full disk
            self._file.close()

    def _rewind(self) -> None:
        try:
            self._file.seek(0)  # writes what is still in a buffer
        except OSError as error:
            raise self._error(error) from None

    def _error(self, error: OSError) -> BadUseError:
        return BadUseError(f"{self._name}: can't be written: {reason_of(error)}")

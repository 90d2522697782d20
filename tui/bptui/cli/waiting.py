"""Lines that wait for the end of a run, be it for a table below the progress or for a file written whole."""

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
"""Bytes; what is more goes to the disk, since a long run may report a hundred million epochs."""


class WaitingLines:
    """As many as the disk holds; what is on it has no name, and goes with the process however that ends."""

    def __init__(self, target: Path | None) -> None:
        """Start without any.

        Args:
            target: the file that they may be for, whose disk has to hold them anyway.
        """
        self._name = "the table" if target is None else f"argument --output: {printable_path(target)}"
        folder = str(target.resolve().parent) if target is not None and is_replaceable(target) else None
        self._file = SpooledTemporaryFile(MAX_BYTES_IN_MEMORY, dir=folder)  # noqa: SIM115  closed by `close`

    def add(self, line: str) -> None:
        """One more.

        Raises:
            BadUseError: the disk is full.
        """
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            raise self._refusal(error) from None

    def __iter__(self) -> Iterator[str]:
        """All of them, in their order."""
        self._rewind()
        for line in self._file:
            yield line.decode().removesuffix("\n")

    def write_to(self, path: Path) -> None:
        """Make them the content of `--output`'s file.

        Raises:
            BadUseError: it can't be written.
        """
        self._rewind()
        write_output(path, self._file)

    def close(self) -> None:
        """Give back what they took."""
        with contextlib.suppress(OSError):  # on a full disk even that fails
            self._file.close()

    def _rewind(self) -> None:
        try:
            self._file.seek(0)  # which writes what is still in a buffer
        except OSError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: OSError) -> BadUseError:
        return BadUseError(f"{self._name}: can't be written: {reason_of(error)}")

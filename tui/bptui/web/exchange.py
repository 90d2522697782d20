"""Files between a page and the folder of its session. A page only names files: no path is followed."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from pathlib import Path

from bpengine.files import write_whole
from bptui.kept.paths import UPLOADED

MOST_UPLOADED = 5_000_000
"""Bytes of an uploaded file."""
_NAME_LENGTH = 60
_OTHER_CHARACTERS = re.compile(r"[^\w.-]+")


def fetched(folder: Path, name: str) -> str:
    """The message with a file for the page; the file is removed. Empty if there is no such file."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name == name and path.is_file() and not path.is_symlink():
                message = json.dumps({"name": name, "data": base64.b64encode(path.read_bytes()).decode()})
                path.unlink()
                return message
    return ""


class Upload:
    """A file that arrives in pieces.

    Args:
        folder: the folder for the file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._data = folder, bytearray()

    def add(self, name: str, piece: str, *, is_last: bool) -> None:
        """Add a piece in base64. After the last one, write the file in place of earlier ones.

        Raises:
            ValueError: the piece is damaged, or the file too large; the page would not have sent it.
            OSError: the file can't be written.
        """
        self._data += base64.b64decode(piece, validate=True)
        if len(self._data) > MOST_UPLOADED:
            raise ValueError
        if is_last:
            data, self._data = bytes(self._data), bytearray()
            for path in self._folder.glob(f"*{UPLOADED}"):
                path.unlink()
            stem = _OTHER_CHARACTERS.sub("_", name.removesuffix(UPLOADED)).strip("._-")[:_NAME_LENGTH]
            write_whole(self._folder / f"{stem or 'data'}{UPLOADED}", data)

"""What can be saved in a file, and under which names."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bpengine import CheckpointError, ConfigError, DivergedError
from bpengine.files import is_replaceable, reason_of, unwritten, write_whole
from bptui.session.saving.pictures.formats import SUFFIXES, PngError, check_png, picture_of
from bpwords import Sentence, printable_path, word

if TYPE_CHECKING:
    from textual.strip import Strip

MAX_NAMES = 10_000
"""The most names that are tried to find a free one."""


class Saving(NamedTuple):
    """A kind of file that can be saved."""

    kind: str
    """Its name in the dialogue."""
    label: str
    """Its name in a list, and what it is for."""
    suffix: str
    """The ending of the proposed name."""
    write: Callable[[Path], None]
    """Writes the file. Raises OSError, ConfigError, CheckpointError or DivergedError."""
    note: str = ""
    """What follows, if that is not clear; {path} is the name."""
    is_late: bool = False
    """Whether `write` only begins to make the file, and something else says so."""

    def ending(self, name: str) -> str:
        """The note as the end of a sentence that says what was saved under this name."""
        note = self.note and f"{word(': ', 'list')}{self.note.format(path=shlex.quote(name))}"
        return Sentence("{text}.")(text=note)

    def save(self, name: str) -> str:
        """Write the file. Return why that is not possible, or an empty text."""
        try:
            self.write(Path(name).expanduser())
        except (DivergedError, OSError, RuntimeError, ValueError) as error:
            return _why_unwritten(name, error)
        return ""

    def problem(self, name: str) -> str:
        """Why the file can't be written, as far as can be known in advance; empty if nothing is known."""
        try:
            return self._problem(name)
        except (OSError, RuntimeError, ValueError) as error:
            return _why_unwritten(name, error)

    def replaces(self, name: str) -> bool:
        """Whether a file would be replaced. `problem` must have found no problem with its name."""
        return Path(name).expanduser().exists()

    def _problem(self, name: str) -> str:
        shown = printable_path(name)
        if not name.strip():
            return word("must be the name of a file")
        if not name.isprintable():
            return Sentence("{name}: must be a name without control characters")(name=shown)
        path = Path(name).expanduser()
        if path.is_dir():
            return Sentence("{name}: is a folder, not a file")(name=shown)
        if not is_replaceable(path):
            return Sentence("{name}: is not a regular file")(name=shown)
        path.exists()  # raises an error that `is_dir` would ignore
        return ""


def picture_saving(rows: Iterable[Strip]) -> Saving:
    """A picture of the screen. A name with another ending, or without one, is that of an SVG file."""

    def write(path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix == ".png":
            try:
                check_png()
            except PngError as error:
                raise ConfigError("picture", str(error)) from None
        write_whole(path, picture_of(rows, suffix if suffix in SUFFIXES else ".svg"))

    return Saving("picture", word("picture of the screen (.svg, .png, .txt)"), ".svg", write)


def free_name(stem: str, suffix: str) -> str:
    """A name in the current folder that no file has yet."""
    names = (
        f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}" for number in range(1, MAX_NAMES)
    )
    for name in names:
        with contextlib.suppress(OSError):
            if not Path(name).exists() and not Path(name).is_symlink():
                return name
    return f"{stem}{suffix}"


def _why_unwritten(name: str, error: Exception) -> str:
    if isinstance(error, (CheckpointError, ConfigError, DivergedError)):
        return str(error)
    if isinstance(error, OSError):
        return unwritten(printable_path(name), reason_of(error))
    # the home folder is unknown, or no file can have the name
    return Sentence("{name}: is not a possible file name")(name=printable_path(name))

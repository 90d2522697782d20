"""What can be saved in a file, and under which names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bpengine import CheckpointError, ConfigError
from bpengine.files import is_replaceable, reason_of
from bpengine.wording import printable_path

MAX_NAMES = 10_000
"""The most names that are tried to find a free one."""


@dataclass(frozen=True, slots=True)
class Saving:
    """A kind of file that can be saved."""

    label: str
    suffix: str
    """The ending of the proposed name."""
    write: Callable[[Path], None]
    """Writes the file. Raises OSError, ConfigError or CheckpointError."""
    note: str = ""
    """What the file makes, if that is not the run itself."""

    @property
    def ending(self) -> str:
        """The note as the end of a sentence that says what was saved."""
        return f": {self.note}." if self.note else "."

    def save(self, name: str) -> str:
        """Write the file. Return why that is not possible, or an empty text."""
        try:
            self.write(Path(name).expanduser())
        except (CheckpointError, ConfigError) as error:
            return str(error)
        except OSError as error:
            return _unwritable(name, error)
        except (RuntimeError, ValueError):
            return _impossible(name)
        return ""


def problem_of(name: str) -> str:
    """Why the file can't be written, as far as can be known in advance; empty if nothing is known."""
    try:
        return _problem(name)
    except OSError as error:
        return _unwritable(name, error)
    except (RuntimeError, ValueError):  # the home folder is unknown, or no file can have the name
        return _impossible(name)


def exists(name: str) -> bool:
    """Whether the file exists. `problem_of` must have found no problem with its name."""
    return Path(name).expanduser().exists()


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


def _problem(name: str) -> str:
    shown = printable_path(name)
    if not name.strip():
        return "must be the name of a file"
    if not name.isprintable():
        return f"{shown}: must be a name without control characters"
    path = Path(name).expanduser()
    if path.is_dir():
        return f"{shown}: is a folder, not a file"
    if not is_replaceable(path):
        return f"{shown}: is not a regular file"
    path.exists()  # raises an error that `is_dir` would ignore
    return ""


def _unwritable(name: str, error: OSError) -> str:
    return f"{printable_path(name)}: can't be written: {reason_of(error)}"


def _impossible(name: str) -> str:
    return f"{printable_path(name)}: is not a possible file name"

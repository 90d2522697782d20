"""`Reading`, which says what is asked of a file, and helpers for messages of a single printable line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from bpengine.choices import Task
from bpengine.errors import DataError
from bpengine.wording import printable

Spelling = Callable[[str, object], str]
"""(name, value) -> how a message writes an option with this value, or its name alone if the value is None."""

Missing = Literal["refuse", "drop", "mean"]
MISSING: tuple[Missing, ...] = get_args(Missing)
"""What can be done with missing values."""
TEXTS_ARE_CLASSES = "texts are classes, for the task classification"
"""The words that the message about a text in the target of a regression contains."""


def as_argument(name: str, value: object) -> str:
    """Write an option as an argument of `load_csv`, such as missing='mean'."""
    return name if value is None else f"{name}={value!r}"


def single_spaced(text: str) -> str:
    """Return the text with runs of spaces and line breaks replaced by single spaces, and none at the ends."""
    return " ".join(text.split())


def name_list(names: Sequence[str]) -> str:
    """Return up to eight names, and how many more there are."""
    first = ", ".join(printable(name, 20) for name in names[:8])
    return first if len(names) <= 8 else f"{first} and {len(names) - 8} more"


def counted(count: int, what: str) -> str:
    """Return a number with a noun, such as 1 row or 1,200 rows."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def joined(parts: Sequence[str]) -> str:
    """Return the parts as a list in a sentence: a, b and c."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is asked of a file; see `load_csv`."""

    file: str
    """The file's name, which may contain any characters."""
    task: Task
    features: tuple[str, ...] | None = None
    target: str | None = None
    header: bool | None = None
    missing: Missing = "refuse"
    ignore: tuple[str, ...] = ()
    spell: Spelling = as_argument

    def error(self, message: str, *, line: int | None = None, column: object = None) -> DataError:
        """Return an error whose message says where the problem is, and then describes it.

        Args:
            message: the problem, in printable characters.
            line: the number of the line, counted from 1.
            column: the column; its text form must be printable.
        """
        places = [printable(self.file, 60)]
        places += [] if line is None else [f"line {line}"]
        places += [] if column is None else [str(column)]
        return DataError(f"{', '.join(places)}: {message}")

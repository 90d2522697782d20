"""`Reading`, which says what is asked of a file, and helpers for messages of a single printable line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bpengine.choices import MISSING, TASKS, Missing, Task
from bpengine.data.dates import ASKED_ORDERS, DateOrder
from bpengine.errors import DataError
from bpwords import Sentence, either, must_be, printable, translatable, word

Spelling = Callable[[str, object], str]
"""(name, value) -> how a message writes an option with this value, or its name alone if the value is None."""

TEXTS_ARE_CLASSES = translatable("texts are classes, for the task classification")
"""The words that the message about a text in the target of a regression contains."""


def as_argument(name: str, value: object) -> str:
    """Write an option as an argument of `load_csv`, such as missing='mean'."""
    return name if value is None else f"{name}={value!r}"


def single_spaced(text: str) -> str:
    """Return the text with runs of spaces and line breaks replaced by single spaces, and none at the ends."""
    return " ".join(text.split())


def _column_text(what: str, value: object) -> str:
    """Return the column in an argument, its name or its position, as text.

    Raises:
        DataError: the argument is neither a text nor a whole number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise DataError(f"{what}: {must_be('a column, by name or by position from 1', value)}")
    return str(value)


def _column_texts(what: str, values: Iterable[object]) -> tuple[str, ...]:
    """Return the columns in an argument that lists them, as texts.

    Raises:
        DataError: the argument is not a list of names and positions.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"{what}: {must_be('a list of columns', values)}")
    return tuple(_column_text(what, value) for value in values)


def fewer_rows(name: str) -> str:
    """How to take some rows of a file that has too many; empty if its name is none."""
    names = shlex.quote(name), shlex.quote(f"part-{name}")
    takes = Sentence("{command} takes 2,000 rows")(command="head -n 2001 {} > {}".format(*names))
    return word("; ", "list") + takes if "." in name and name.isprintable() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is asked of a file; see `load_csv`.

    Raises:
        DataError: an argument is not allowed.
    """

    file: str
    """The file's name, which may contain any characters."""
    task: Task
    features: tuple[str, ...] | None = None
    target: str | None = None
    header: bool | None = None
    missing: Missing = "refuse"
    missing_words: tuple[str, ...] = ()
    dates: DateOrder | None = None
    ignore: tuple[str, ...] = ()
    picture: str = ""
    spell: Spelling = as_argument

    def __post_init__(self) -> None:
        for name, allowed in (("task", TASKS), ("missing", MISSING)):
            if getattr(self, name) not in allowed:
                raise DataError(f"{name}: {must_be(either(allowed), getattr(self, name))}")
        if self.dates not in (None, *ASKED_ORDERS):
            raise DataError(f"dates: {must_be(either(ASKED_ORDERS), self.dates)}")
        words = self.missing_words
        if isinstance(words, str) or not all(isinstance(text, str) and text.isprintable() for text in words):
            raise DataError(f"missing_words: {must_be('a list of printable texts', words)}")
        object.__setattr__(self, "missing_words", tuple(text.strip().lower() for text in words))
        if self.header not in (True, False, None):
            raise DataError(f"header: {must_be('True, False or None', self.header)}")
        if self.picture and not re.fullmatch(r"\d{1,3}x\d{1,3}", self.picture):
            raise DataError(f"picture: {must_be('rows x columns, such as 8x8', self.picture)}")
        if self.features is not None:
            object.__setattr__(self, "features", _column_texts("features", self.features))
        if self.target is not None:
            object.__setattr__(self, "target", _column_text("target", self.target))
        object.__setattr__(self, "ignore", _column_texts("ignore", self.ignore))

    def mixed_signs(self, comma: tuple[int, str], point: tuple[int, str], column: object) -> DataError:
        """Return the error for decimal points beside decimal commas, so that 1.234 could be 1234.

        Args:
            comma: the line and the text of a number with a decimal comma.
            point: those of a number with a decimal point.
            column: the column of the latter.
        """
        texts = [printable(text, 20) for _, text in (point, comma)]
        message = Sentence(
            "'{point}' has a decimal point, but '{comma}' in line {line} has a decimal comma: "
            "write all alike, without thousands separators"
        )
        said = message(point=texts[0], comma=texts[1], line=comma[0])
        return self.error(said, line=point[0], column=column)

    def error(self, message: str, *, line: int | None = None, column: object = None) -> DataError:
        """Return an error whose message says where the problem is, and then describes it.

        Args:
            message: the problem, in printable characters.
            line: the number of the line, counted from 1.
            column: the column; its text form must be printable.
        """
        places = [printable(self.file, 60)]
        places += [] if line is None else [Sentence("line {line}")(line=line)]
        places += [] if column is None else [str(column)]
        return DataError(f"{word(', ', 'legend').join(places)}{word(': ', 'list')}{message}")

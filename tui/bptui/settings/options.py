"""The settings besides the hyperparameters.

Flags, the settings file and the docs read `OPTIONS` as they read the engine's `FIELDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bpengine import FIELDS, TASKS, Field, TrainingConfig
from bpengine.data.csv import MISSING
from bpengine.numbers import parse_whole
from bpengine.wording import either
from bptui.startup.start_settings import FRAMES_PER_SECOND

STDIN = "-"
"""The name of a CSV file that means standard input."""
MAX_FPS = 30
"""The highest frame rate; terminals show no more than this."""

FIELDS_BY_SUBJECT: dict[str, tuple[Field, ...]] = {
    subject: tuple(field for field in FIELDS if field.subject == subject)
    for subject in dict.fromkeys(field.subject for field in FIELDS)
}
"""The hyperparameters by subject, as help, settings files and docs list them."""


_DEFAULTS = tuple(map(TrainingConfig.defaults, TASKS))


def default_text(field: Field) -> str:
    """The defaults of both tasks, or the one that they share."""
    regression, classification = (field.format(getattr(config, field.name)) for config in _DEFAULTS)
    return regression if regression == classification else f"{regression}; {classification} for classes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that is not a hyperparameter."""

    name: str
    """Its key in a settings file."""
    metavar: str
    """The placeholder for its value in a command line's help; empty for a switch, which takes no value."""
    help: str
    """What it does, in one line."""
    allowed: str
    """The allowed values, as words that follow "must be"."""
    example: object
    """An example of a value as a settings file writes it."""
    read: Callable[[object], Any]
    """Converts the value in a settings file. Raises ValueError if it is not allowed."""
    parse: Callable[[str], Any] | None = None
    """Converts the text of a flag in the same way; None if `read` does."""

    @property
    def flag(self) -> str:
        """Its flag on the command line; empty for the task, which has none."""
        return "" if self.name == "task" else f"--{self.name}"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _file(value: object) -> str:
    """A file's name; standard input is only for the command line."""
    if value == STDIN:
        raise ValueError
    return _text(value)


def _one_of(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return read


def _column(value: object) -> str:
    """A column's name, or its position counted from 1, as text."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 10**6:
        return str(value)
    return _text(value)


def _columns(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError
    return tuple(_column(part) for part in value)


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[_one_of("yes", "no")(text)]


def _fps(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_FPS:
        raise ValueError
    return value


TASK = Option(
    name="task",
    metavar="|".join(TASKS),
    help="What the network learns: to predict numbers, or to tell classes apart.",
    allowed=either(TASKS),
    example="regression",
    read=_one_of(*TASKS),
)
THEME = Option(
    name="theme",
    metavar="NAME",
    help="The colors of the screen: bptui, bptui-light, bptui-ansi or one of Textual's themes.",
    allowed="bptui, bptui-light, bptui-ansi or the name of one of Textual's themes",
    example="bptui",
    read=_text,  # the names are checked once Textual is loaded
)
ASCII = Option(
    name="ascii",
    metavar="",
    help="Draw with ASCII characters only (by default only if the terminal has no others).",
    allowed="true or false",
    example=True,
    read=_switch,
)
FPS = Option(
    name="fps",
    metavar="N",
    help="The most frames per second to draw while training, for a slow or metered connection.",
    allowed=f"a whole number from 1 to {MAX_FPS}",
    example=FRAMES_PER_SECOND,
    read=_fps,
    parse=lambda text: _fps(parse_whole(text)),
)
DATA = Option(
    name="data",
    metavar="FILE",
    help="Learn from the rows of a CSV file instead of a named data set; - reads standard input.",
    allowed="the name of a CSV file",
    example="samples.csv",
    read=_file,
    parse=_text,
)
FEATURES = Option(
    name="features",
    metavar="A,B",
    help="The columns to learn from, by name or by position from 1 (default: all but the target).",
    allowed="columns, by name or by position from 1",
    example=("x", "y"),
    read=_columns,
)
TARGET = Option(
    name="target",
    metavar="C",
    help="The column to learn, by name or by position from 1 (default: the last).",
    allowed="a column, by name or by position from 1",
    example="z",
    read=_column,
)
HEADER = Option(
    name="header",
    metavar="yes|no",
    help="Whether the first row of the file names the columns (by default this is guessed).",
    allowed="yes or no (in a settings file true or false)",
    example=True,
    read=_switch,
    parse=_yes_or_no,
)

IGNORE = Option(
    name="ignore",
    metavar="A,B",
    help="The columns to leave out, by name or by position from 1.",
    allowed="columns, by name or by position from 1",
    example=("id", "name"),
    read=_columns,
)
MISSING_VALUES = Option(
    name="missing",
    metavar="|".join(MISSING),
    help="Empty cells: refuse the file (default), drop their rows, or fill in the column's mean.",
    allowed=either(MISSING),
    example="mean",
    read=_one_of(*MISSING),
)

DATA_OPTIONS: tuple[Option, ...] = (DATA, FEATURES, TARGET, HEADER, IGNORE, MISSING_VALUES)
"""The options that describe the user's own data; they can also be in the table of a task."""
SCREEN_OPTIONS: tuple[Option, ...] = (THEME, ASCII, FPS)
"""The options of the screen."""
OPTIONS: tuple[Option, ...] = (TASK, *SCREEN_OPTIONS, *DATA_OPTIONS)
"""Every setting that is not a hyperparameter."""
OPTION: dict[str, Option] = {option.name: option for option in OPTIONS}
"""The same options by name."""


def option_text(value: object) -> str:
    """An option's value as a flag takes it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple() | list():
            return ",".join(map(str, value))
        case _:
            return str(value)


def as_flag(name: str, value: object) -> str:
    """An option as a message names it: its flag, with the value unless that is None."""
    flag = OPTION[name].flag
    return flag if value is None else f"{flag} {option_text(value)}"


def matching(text: str) -> tuple[int, ...]:
    """The indices into FIELDS of the hyperparameters that match a text; an empty text matches all.

    A match contains the text in its label, flag or symbol. If there is none, the help texts are searched.
    """
    wanted = text.strip().casefold()
    names = [(field.label, field.flag.removeprefix("--"), field.symbol) for field in FIELDS]
    found = [number for number, each in enumerate(names) if any(wanted in name.casefold() for name in each)]
    if not found:
        found = [number for number, field in enumerate(FIELDS) if wanted in field.help.casefold()]
    return tuple(found)

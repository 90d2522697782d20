"""The settings besides the hyperparameters: `OPTIONS`, described as the engine's `FIELDS` are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bpengine import FIELD, FIELDS, TASKS, ChoiceField, ConfigError, Field, NumberField
from bpengine.choices import MISSING
from bpengine.data.dates import ASKED_ORDERS
from bpengine.fields import LinearStep
from bptui.settings.start_settings import FRAMES_PER_SECOND

STDIN = "-"
"""The name of a CSV file that means standard input."""
MAX_FPS = 30
"""The highest frame rate; terminals show no more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Field):
    """A text."""

    metavar: str
    allowed: str
    pattern: str = r".*\S.*"
    """What the whole text has to match: by default, anything that is not blank."""

    def format(self, value: Any) -> str:
        """The text."""
        return str(value)

    def validate(self, value: object) -> Any:
        """The text, which matches the pattern."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value, re.DOTALL):
            raise self._refuse(value)
        return value

    def parse(self, text: str) -> Any:
        """The text."""
        return self.validate(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchField(Field):
    """Yes or no."""

    metavar: str
    """Empty if the flag takes no value, and --no- before its name means no."""
    allowed: str

    def format(self, value: Any) -> str:
        """The word."""
        return "yes" if value else "no"

    def validate(self, value: object) -> Any:
        """A boolean."""
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def parse(self, text: str) -> Any:
        """The boolean for the word."""
        if text not in ("yes", "no"):
            raise self._refuse(text)
        return text == "yes"

    def read(self, value: object) -> Any:
        """A boolean, which a settings file has no word for."""
        return self.validate(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsField(Field):
    """Columns of a file, by name or by position from 1: a tuple of texts, or one text for a single column."""

    single: bool = False
    noun: str = ""
    """What the texts are if they are no columns."""

    @property
    def allowed(self) -> str:
        """The ways to name a column."""
        return self.noun or f"{'a column' if self.single else 'columns'}, by name or by position from 1"

    @property
    def metavar(self) -> str:
        """One column or two."""
        return "C" if self.single else "A,B"

    def format(self, value: Any) -> str:
        """The columns, separated by commas."""
        return str(value) if self.single else ",".join(map(str, value))

    def validate(self, value: object) -> Any:
        """The columns as texts."""
        columns = [value] if self.single else value
        if not isinstance(columns, (list, tuple)) or not columns or not all(map(_is_column, columns)):
            raise self._refuse(value)
        texts = tuple(map(str, columns))
        return texts[0] if self.single else texts

    def parse(self, text: str) -> Any:
        """The columns, which commas separate."""
        try:
            return self.validate(text if self.single else [part.strip() for part in text.split(",")])
        except ConfigError:
            raise self._refuse(text) from None


def _is_column(value: object) -> bool:
    """Whether this is a name or a position."""
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 10**6


TASK = ChoiceField(
    name="task",
    other_flag="",
    metavar="|".join(TASKS),
    subject="screen",
    help="What the network learns: to predict numbers, or to tell classes apart.",
    groups=(TASKS,),
    example="regression",
)
THEME = TextField(
    name="theme",
    metavar="NAME",
    subject="screen",
    help="The look of the screen: dark, light, high-contrast, projector (thick lines, few panels), ansi "
    "or one of Textual's themes.",
    allowed="dark, light, high-contrast, projector, ansi or the name of one of Textual's themes",
    example="light",  # the names are checked once Textual is loaded
)
ASCII = SwitchField(
    name="ascii",
    metavar="",
    subject="screen",
    help="Draw with ASCII characters only (by default only if the terminal has no others).",
    allowed="true or false",
    example=True,
)
FPS = NumberField(
    name="fps",
    subject="screen",
    help="The most frames per second to draw while training, for a slow or metered connection.",
    minimum=1,
    maximum=MAX_FPS,
    step=LinearStep(1, 10),
    default=FRAMES_PER_SECOND,
)
LANGUAGE = TextField(
    name="language",
    other_flag="--lang",
    metavar="en|zh",
    subject="screen",
    help="The language of the screen, lessons and messages (default: that of the locale, else English).",
    allowed="the two or three letters of a language, such as zh",
    pattern="[a-z]{2,3}",
    example="zh",
)
DATA = TextField(
    name="data",
    metavar="FILE",
    subject="your own data",
    help="Learn from the rows of a CSV file instead of a named data set; - reads standard input.",
    allowed="the name of a CSV file",
    example="samples.csv",
)
TARGET = ColumnsField(
    name="target",
    subject="your own data",
    help="The column to learn, by name or by position from 1 (default: the last).",
    single=True,
    example="z",
)
HEADER = SwitchField(
    name="header",
    metavar="yes|no",
    subject="your own data",
    help="Whether the first row of the file names the columns (by default this is guessed).",
    allowed="yes or no (in a settings file true or false)",
    example=True,
)
IGNORE = ColumnsField(
    name="ignore",
    subject="your own data",
    help="The columns to leave out, by name or by position from 1.",
    example=("id", "name"),
)
MISSING_VALUES = ChoiceField(
    name="missing",
    metavar="|".join(MISSING),
    subject="your own data",
    help="Empty cells: refuse the file (default), drop their rows, or fill in the column's mean.",
    groups=(MISSING,),
    example="mean",
)
MISSING_WORDS = ColumnsField(
    name="missing_words",
    other_flag="--missing-word",
    subject="your own data",
    help="More texts that mean an empty cell, besides NA, n/a, ?, -, k.A. and the like.",
    noun="texts such as -999",
    example=("-999", "gone"),
)
DATES = ChoiceField(
    name="dates",
    metavar="|".join(ASKED_ORDERS),
    subject="your own data",
    help="Which comes first in dates with the year last: the day or the month (by default found out).",
    groups=(ASKED_ORDERS,),
    example="dmy",
)
PICTURE = TextField(
    name="picture",
    metavar="RxC",
    subject="your own data",
    help="The rows and columns of the picture whose pixels the inputs are, row by row.",
    allowed="rows x columns, such as 28x28",
    pattern=r"[1-9]\d{0,2}x[1-9]\d{0,2}",
    example="28x28",
)

FEATURES = FIELD["features"]
"""The hyperparameter that says which columns of the user's own data are read."""
DATA_OPTIONS: tuple[Field, ...] = (
    DATA,
    TARGET,
    HEADER,
    IGNORE,
    MISSING_VALUES,
    MISSING_WORDS,
    DATES,
    PICTURE,
)
"""The options that describe the user's own data; they can also be in the table of a task."""
SCREEN_OPTIONS: tuple[Field, ...] = (THEME, ASCII, FPS, LANGUAGE)
"""The options of the screen."""
OPTIONS: tuple[Field, ...] = (TASK, *SCREEN_OPTIONS, *DATA_OPTIONS)
"""Every setting that is not a hyperparameter."""
OPTION: dict[str, Field] = {option.name: option for option in OPTIONS}
"""The same options by name."""
SETTING: dict[str, Field] = OPTION | FIELD
"""Every setting by name."""


def by_subject(settings: Iterable[Field]) -> dict[str, list[Field]]:
    """The settings by subject, as help, settings files and docs list them."""
    subjects: dict[str, list[Field]] = {}
    for setting in settings:
        subjects.setdefault(setting.subject, []).append(setting)
    return subjects


FIELDS_BY_SUBJECT = by_subject(FIELDS)
"""The hyperparameters by subject."""


def default_text(field: Field) -> str:
    """The default or, if those of the tasks differ, both; empty if the program finds out what suits."""
    if field.default is None:
        return ""
    other = "" if field.classification is None else f"; {field.format(field.classification)} for classes"
    return field.format(field.default) + other


def as_flag(name: str, value: object) -> str:
    """A setting as a message names it: its flag, with the value unless that is None."""
    option = SETTING[name]
    return option.flag if value is None else f"{option.flag} {option.format(value)}"

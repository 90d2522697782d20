"""The settings besides the hyperparameters, and the subjects that all of them belong to.

Flags, the settings file and the docs read `OPTIONS` as they read the engine's `FIELDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bpengine import FIELD, TASKS, ConfigError, Field, TrainingConfig
from bpengine.fields import shown
from bpengine.kernels.choice import KERNELS
from bpengine.wording import either
from bptui.startup.start_settings import FRAMES_PER_SECOND

MAX_FPS = 30
"""More than that nobody sees on a terminal."""

SUBJECTS: dict[str, tuple[str, ...]] = {
    "network": ("hidden_units", "activation", "initializer", "init_scale", "seed"),
    "training": (
        *("optimizer", "learning_rate", "momentum", "decay", "schedule", "schedule_epochs"),
        *("schedule_factor", "batch_size", "l1", "l2", "clip"),
    ),
    "length and reports": ("epochs", "report_interval", "target_error", "patience"),
    "data set": ("dataset", "samples", "noise", "frequency", "test_share", "data_seed"),
}
"""Every hyperparameter's name, by subject, in the order in which people read them."""


def fields_of(subject: str) -> tuple[Field, ...]:
    """The hyperparameters of a subject."""
    return tuple(FIELD[name] for name in SUBJECTS[subject])


def default_text(field: Field) -> str:
    """Both tasks' defaults, or the one that they share."""
    regression, classification = (
        field.format(getattr(TrainingConfig.defaults(task), field.name)) for task in TASKS
    )
    return regression if regression == classification else f"{regression}; {classification} for classes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that isn't a hyperparameter."""

    name: str
    """Its key in a settings file."""
    flag: str
    """Its flag on the command line; empty where it has none."""
    metavar: str
    """What stands for its value in a command line's help; empty for a switch, which takes none."""
    help: str
    """One line: what it does."""
    allowed: str
    """What it takes, in words."""
    example: object
    """A value, to show how one is written in a settings file."""
    read: Callable[[object], Any]
    """The value that a settings file's value means; ValueError if it isn't one."""
    parse: Callable[[str], Any]
    """The same for a flag's text."""
    in_tables: bool = False
    """Whether it may stand in a task's own table."""

    def refuse(self, value: object) -> ConfigError:
        """The error about a value that it doesn't take."""
        return ConfigError(f"{self.name}: {shown(value)} is not allowed: it takes {self.allowed}")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _one_of(*names: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return read


def _column(value: object) -> str:
    """A name, or a position counted from 1, as text."""
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
    flag="",
    metavar="|".join(TASKS),
    help="What the network is trained for: to fit numbers, or to tell classes apart.",
    allowed=either(TASKS),
    example="regression",
    read=_one_of(*TASKS),
    parse=_one_of(*TASKS),
)
KERNEL = Option(
    name="kernel",
    flag="--kernel",
    metavar="|".join(KERNELS),
    help="What computes: numba is many times as fast, numpy is always there, auto takes numba if it works.",
    allowed=either(KERNELS),
    example="auto",
    read=_one_of(*KERNELS),
    parse=_one_of(*KERNELS),
)
THEME = Option(
    name="theme",
    flag="--theme",
    metavar="NAME",
    help="The screen's colors, by a theme's name: bptui, bptui-light, bptui-ansi, or one of Textual's.",
    allowed="bptui, bptui-light, bptui-ansi or the name of one of Textual's themes",
    example="bptui",
    read=_text,
    parse=str,  # whoever has the names will say if it's none of them
)
ASCII = Option(
    name="ascii",
    flag="--ascii",
    metavar="",
    help="Draw with ASCII alone; without it that is done where the terminal has no more.",
    allowed="true or false",
    example=True,
    read=_switch,
    parse=_yes_or_no,
)
FPS = Option(
    name="fps",
    flag="--fps",
    metavar="N",
    help="Draw at most so many frames a second while training, for a metered link.",
    allowed=f"a whole number from 1 to {MAX_FPS}",
    example=FRAMES_PER_SECOND,
    read=_fps,
    parse=lambda text: _fps(int(text)),
)
DATA = Option(
    name="data",
    flag="--data",
    metavar="FILE",
    help="Learn from a CSV file's rows instead of a named data set.",
    allowed="the name of a CSV file",
    example="samples.csv",
    read=_text,
    parse=_text,
    in_tables=True,
)
FEATURES = Option(
    name="features",
    flag="--features",
    metavar="A,B",
    help="The file's columns to learn from, by name or by position from 1; without it all but the target.",
    allowed="columns, by name or by position from 1",
    example=("x", "y"),
    read=_columns,
    parse=_columns,
    in_tables=True,
)
TARGET = Option(
    name="target",
    flag="--target",
    metavar="C",
    help="The file's column to learn; without it the last.",
    allowed="a column, by name or by position from 1",
    example="z",
    read=_column,
    parse=_column,
    in_tables=True,
)
HEADER = Option(
    name="header",
    flag="--header",
    metavar="yes|no",
    help="Whether the file's first row names the columns; without it that is guessed.",
    allowed="yes or no, in a settings file true or false",
    example=True,
    read=_switch,
    parse=_yes_or_no,
    in_tables=True,
)

DATA_OPTIONS: tuple[Option, ...] = (DATA, FEATURES, TARGET, HEADER)
"""What says where a task's samples come from."""
SCREEN_OPTIONS: tuple[Option, ...] = (THEME, ASCII, FPS)
"""What the screen looks like."""
OPTIONS: tuple[Option, ...] = (TASK, KERNEL, *SCREEN_OPTIONS, *DATA_OPTIONS)
"""Every setting that isn't a hyperparameter."""
OPTION: dict[str, Option] = {option.name: option for option in OPTIONS}

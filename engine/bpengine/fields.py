"""The kinds of hyperparameters: each knows what it takes, how it is written and where a key moves it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpengine.errors import ConfigError
from bpengine.steps import Step
from bpengine.wording import either


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(ABC):
    """One hyperparameter: all that a flag, a panel row or a line of the docs needs to know."""

    name: str
    """The attribute of `TrainingConfig`."""
    label: str
    """What people call it."""
    symbol: str
    """Its symbol in formulas."""
    flag: str
    """Its flag on the command line."""
    help: str
    """One line: what it does."""
    needs_restart: bool
    """Whether a change starts the run anew; otherwise it acts on the running network."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What it takes, in words."""

    @property
    @abstractmethod
    def metavar(self) -> str:
        """What stands for its value in a command line's help."""

    @abstractmethod
    def format(self, value: Any) -> str:
        """The value as people write it."""

    @abstractmethod
    def validate(self, value: object) -> Any:
        """The value in the field's own type.

        Raises:
            ConfigError: it is of another kind, not finite, or not among what is allowed.
        """

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value that the text spells.

        Raises:
            ConfigError: it spells none that is allowed.
        """

    @abstractmethod
    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """The value one step up (direction 1) or down (-1), held within what is allowed."""

    def _refuse(self, value: object) -> ConfigError:
        return ConfigError(f"{self.label}: {shown(value)} is not allowed: it takes {self.allowed}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(Field):
    """A whole number or any number in a range."""

    type: type[int] | type[float]
    minimum: float
    maximum: float
    step: Step
    zero: str = ""
    """What 0 means, in a word that is written and taken in its place."""

    @property
    def allowed(self) -> str:
        """The range in words."""
        kind = "a whole number" if self.type is int else "a number"
        word = f" (0 is {self.zero})" if self.zero else ""
        return f"{kind} from {self._digits(self.minimum)} to {self._digits(self.maximum)}{word}"

    @property
    def metavar(self) -> str:
        """N for whole numbers, X for others; and the word for 0, which nobody would guess."""
        kind = "N" if self.type is int else "X"
        return f"{kind}|{self.zero}" if self.zero else kind

    def format(self, value: Any) -> str:
        """The shortest digits, or the word for 0."""
        return self.zero if self.zero and value == 0 else self._digits(value)

    def validate(self, value: object) -> Any:
        """An int or a float of the range."""
        kinds = (int, np.integer) if self.type is int else (int, float, np.integer, np.floating)
        if isinstance(value, (bool, np.bool, np.timedelta64)) or not isinstance(value, kinds):
            raise self._refuse(value)
        # Compared as it came: a whole number too large for a float must be refused, not overflow.
        if not self.minimum <= value <= self.maximum:  # NaN fails, too
            raise self._refuse(value)
        return self.type(value) + self.type(0)  # which turns -0.0 into 0.0

    def parse(self, text: str) -> Any:
        """Digits, or the word for 0."""
        if self.zero and text.strip() == self.zero:
            return self.type(0)
        try:
            value = self.type(text)
        except ValueError:
            raise self._refuse(text) from None
        return self.validate(value)

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """One step, held within the range."""
        moved = self.step.move(value, direction, coarse)
        return self.type(min(max(moved, self.minimum), self.maximum))

    def _digits(self, value: float) -> str:
        return str(int(value)) if self.type is int else f"{value:.12g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """One of several names. They may come in groups; a key stays within the present name's group."""

    groups: tuple[tuple[str, ...], ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """All names."""
        return tuple(name for group in self.groups for name in group)

    @property
    def allowed(self) -> str:
        """The names."""
        return either(self.choices)

    @property
    def metavar(self) -> str:
        """A name."""
        return "NAME"

    def format(self, value: Any) -> str:
        """The name."""
        return str(value)

    def validate(self, value: object) -> Any:
        """A name that is among the choices."""
        if not isinstance(value, str) or value not in self.choices:
            raise self._refuse(value)
        return str(value)

    def parse(self, text: str) -> Any:
        """The name, in small letters or capitals."""
        try:
            return self.validate(text.strip().lower())
        except ConfigError:
            raise self._refuse(text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:  # noqa: ARG002  names have no coarse step
        """The next name of its group, around the end."""
        return next_name(next(group for group in self.groups if value in group), value, direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesField(Field):
    """A name for all layers, or one for each: kept as a tuple, written with commas."""

    choices: tuple[str, ...]
    most: int
    """How many at most."""

    @property
    def allowed(self) -> str:
        """The names, once or by layer."""
        return f"{either(self.choices)}, or one for each hidden layer with commas between"

    @property
    def metavar(self) -> str:
        """Names."""
        return "NAME[,NAME]"

    def format(self, value: Any) -> str:
        """With commas."""
        return ",".join(value)

    def validate(self, value: object) -> Any:
        """A tuple of names; a single one may come as it is."""
        names = (value,) if isinstance(value, str) else value
        if not isinstance(names, (tuple, list)) or not 1 <= len(names) <= self.most:
            raise self._refuse(value)
        if not all(isinstance(name, str) and name in self.choices for name in names):
            raise self._refuse(value)
        return tuple(str(name) for name in names)

    def parse(self, text: str) -> Any:
        """Names with commas between."""
        try:
            return self.validate(tuple(name.strip().lower() for name in text.split(",")))
        except ConfigError:
            raise self._refuse(text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:  # noqa: ARG002  names have no coarse step
        """All layers to the name after the first layer's."""
        return (next_name(self.choices, value[0], direction),)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthsField(Field):
    """The units of each hidden layer: kept as a tuple of whole numbers, written with commas."""

    most: int
    """How many layers at most."""
    widest: int
    """How many units a layer has at most."""
    fine: int = 1
    coarse: int = 5

    @property
    def allowed(self) -> str:
        """Widths in words."""
        return (
            f"1 to {self.most} whole numbers from 1 to {self.widest}, one for each layer, "
            "with commas between, such as 8,8"
        )

    @property
    def metavar(self) -> str:
        """Numbers."""
        return "N[,N]"

    def format(self, value: Any) -> str:
        """With commas."""
        return ",".join(map(str, value))

    def validate(self, value: object) -> Any:
        """A tuple of widths; a single one may come as a number."""
        widths = (value,) if isinstance(value, (int, np.integer)) else value
        if not isinstance(widths, (tuple, list)) or not 1 <= len(widths) <= self.most:
            raise self._refuse(value)
        for width in widths:
            if isinstance(width, (bool, np.bool, np.timedelta64)) or not isinstance(width, (int, np.integer)):
                raise self._refuse(value)
            if not 1 <= width <= self.widest:
                raise self._refuse(value)
        return tuple(int(width) for width in widths)

    def parse(self, text: str) -> Any:
        """Numbers with commas between."""
        try:
            return self.validate(tuple(int(width) for width in text.split(",")))
        except ValueError:  # no number, or one that is refused
            raise self._refuse(text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """All layers wider or narrower."""
        by = direction * (self.coarse if coarse else self.fine)
        return tuple(min(max(width + by, 1), self.widest) for width in value)


def next_name(names: tuple[str, ...], name: str, direction: int) -> str:
    """The one after it or, with direction -1, before it; around the end."""
    return names[(names.index(name) + direction) % len(names)]


def shown(value: object) -> str:
    """A refused value as a message shows it: in quotes, on one line, cut short."""
    if isinstance(value, int) and value.bit_length() > 128:
        return "a huge number"  # Python refuses to spell out thousands of digits
    if isinstance(value, (tuple, list)):
        value = ",".join(shown(part).strip("'") for part in value[:9])
    return repr(str(value)[:40])

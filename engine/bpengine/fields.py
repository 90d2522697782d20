"""The types of settings: their values, how values are written and read, and how a key changes them."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bpengine.errors import ConfigError
from bpengine.numbers import is_ambiguous, is_real, is_whole, parse_real, parse_whole
from bpwords import Sentence, did_you_mean, either, must_be, names_in_language, word

NO_LAYERS = "none"
"""How a network without hidden layers is written."""
NumberType = type[int] | type[float]
"""The type of a number field's values."""


@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False, eq=False)
class Field(ABC):
    """One setting: everything that a flag, a settings file, a panel row or a line of the docs needs to know.

    A setting without a symbol is no hyperparameter: it is about the user's own data or the screen.
    """

    name: str = ""
    """Its key in a settings file. A hyperparameter's is the attribute of `TrainingConfig`."""
    default: Any = None
    """The default of regression; None if the program finds out what suits."""
    classification: Any = None
    """The default of classification; None if it is the same."""
    example: Any = None
    """A value for the template of a settings file, if there is no default."""
    label: str = ""
    """Its name on screen; empty if it is not among the hyperparameters there. By default, that of a
    hyperparameter is the attribute with spaces."""
    symbol: str = ""
    """Its symbol in formulas."""
    other_flag: str | None = None
    """Its flag on the command line, if that is not its name with hyphens; empty if it has none."""
    subject: str = ""
    """The group that it belongs to in help and docs."""
    synonyms: tuple[str, ...] = ()
    """Other words by which people look for it."""
    help: str = ""
    """What it does, in one line of at most 78 characters for a hyperparameter."""
    needs_restart: bool = True
    """Whether a change restarts the run; otherwise the change acts on the running network."""
    used_if: Callable[[Any], bool] | None = None
    """(config) -> whether this setting has an effect with the values of the others; None: with all."""
    describes_named_data: bool = False
    """Whether it selects or changes a named data set, and has no effect on the user's own data."""

    @property
    def flag(self) -> str:
        """Its flag on the command line; empty if it has none."""
        named = f"--{self.name.replace('_', '-')}" if self.name else ""
        return named if self.other_flag is None else self.other_flag

    @property
    def names(self) -> tuple[str, ...]:
        """All words by which it can be named: its label comes first, and the synonyms come last."""
        own = (self.label, self.name, self.flag.removeprefix("--"), self.symbol)
        translated = names_in_language(self.name, self.label, "setting")
        return tuple(dict.fromkeys(filter(None, (*own, *self.synonyms, *translated))))

    @property
    def said(self) -> str:
        """Its label in the language of the screen."""
        return word(self.label, "setting")

    @property
    def explained(self) -> str:
        """Its help in the language of the screen."""
        return word(self.help)

    def attribute(self) -> Any:
        """The dataclass field with this default and this description."""
        return dataclasses.field(default=self.default, metadata={"field": self})

    @property
    @abstractmethod
    def allowed(self) -> str:
        """The allowed values, as words that follow "must be"."""

    @property
    @abstractmethod
    def metavar(self) -> str:
        """The placeholder for its value in a command line's help."""

    @abstractmethod
    def format(self, value: Any) -> str:
        """The value as users write it."""

    def brief(self, value: Any) -> str:
        """A short form of the value for narrow places; by default as users write it."""
        return self.format(value)

    @abstractmethod
    def validate(self, value: object) -> Any:
        """The value in the field's own type.

        Raises:
            ConfigError: the value has the wrong type, is not finite or is not allowed.
        """

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value that the text spells.

        Raises:
            ConfigError: the text spells no allowed value.
        """

    def read(self, value: object) -> Any:
        """The value that a settings file holds, where texts are spelled as for a flag.

        Raises:
            ConfigError: it is no allowed value.
        """
        return self.parse(value) if isinstance(value, str) else self.validate(value)

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:  # noqa: ARG002  it has no next value
        """The next allowed value up (direction 1) or down (-1), or the same value if it has no next one."""
        return value

    def _refuse(self, value: object) -> ConfigError:
        return ConfigError(self.label, must_be(self.allowed, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField(Field):
    """A number in a range: any number, or whole numbers only."""

    minimum: float = 0
    """The lowest value."""
    maximum: float
    """The highest value."""
    step: StepRule
    """How far a key moves the value."""
    zero: str = ""
    """A word that is written and accepted for 0; empty for none."""

    @property
    def type(self) -> NumberType:
        """What the values are: the type of the default."""
        return int if isinstance(self.default, int) else float

    @property
    def allowed(self) -> str:
        """The range in words."""
        real = Sentence("a number from {low} to {high}")
        whole = Sentence("a whole number from {low} to {high}")
        kind = whole if self.type is int else real
        range = kind(low=self._digits(self.minimum), high=self._digits(self.maximum))
        return Sentence("{range} (0 is {zero})")(range=range, zero=self.zero) if self.zero else range

    @property
    def metavar(self) -> str:
        """N for a whole number, X for any number, and the word for 0."""
        kind = "N" if self.type is int else "X"
        return f"{kind}|{self.zero}" if self.zero else kind

    def format(self, value: Any) -> str:
        """The shortest digits, or the word for 0."""
        return self.zero if self.zero and value == 0 else self._digits(value)

    def validate(self, value: object) -> Any:
        """An int or a float within the range."""
        number: Any = value
        if not (is_whole(value) if self.type is int else is_real(value)):
            raise self._refuse(value)
        # Compared before the conversion: a whole number too large for a float must be refused, not overflow.
        if not self.minimum <= number <= self.maximum:  # also refuses NaN
            raise self._refuse(value)
        return self.type(number) + self.type(0)  # adding 0 turns -0.0 into 0.0

    def parse(self, text: str) -> Any:
        """The number that the text spells, such as 0.3, 0,3, 30% or 3e-1, or 0 for its word.

        Whole numbers are spelled with digits, or as 1e3.
        """
        if self.zero and text.strip() == self.zero:
            return self.type(0)
        try:
            return self.validate(parse_whole(text) if self.type is int else parse_real(text))
        except ValueError:  # also a ConfigError, whose message may write the number differently from the text
            doubt = ", without a comma that may separate thousands" if is_ambiguous(text) else ""
            raise ConfigError(self.label, must_be(self.allowed + doubt, text)) from None

    def read(self, value: object) -> Any:
        """The number; in a settings file, a text is a mistake, unless it is the word for 0."""
        return self.type(0) if self.zero and value == self.zero else self.validate(value)

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """The value after one step, within the range."""
        moved = self.step.move(value, direction, coarse)
        return self.type(min(max(moved, self.minimum), self.maximum))

    def _digits(self, value: float) -> str:
        return str(int(value)) if self.type is int else f"{value:.12g}".replace("e-0", "e-")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """One of several names. Names may form groups; keys stay within the group of the current name."""

    metavar: str = "NAME"
    """What stands for a value in the help."""
    groups: tuple[tuple[str, ...], ...]
    """The names, in groups."""
    helps: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    """A sentence about each name; empty if the help of the setting explains them."""
    other_names: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict, hash=False)
    """Other words by which people look for each name; empty for none."""
    formulas: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    """The formula of each name; empty if the names have no formulas."""

    @property
    def choices(self) -> tuple[str, ...]:
        """All names."""
        return tuple(name for group in self.groups for name in group)

    def alternatives(self, value: Any) -> tuple[str, ...]:
        """The names that can replace this value: those of its group."""
        return next(group for group in self.groups if value in group)

    @property
    def allowed(self) -> str:
        """The names."""
        return either(self.choices)

    def format(self, value: Any) -> str:
        """The name."""
        return str(value)

    def validate(self, value: object) -> Any:
        """The name, which is one of the choices."""
        if not isinstance(value, str) or value not in self.choices:
            raise self._refuse(value)
        return str(value)

    def parse(self, text: str) -> Any:
        """The name, written in lower or upper case."""
        try:
            return self.validate(text.strip().lower())
        except ConfigError:
            raise _unknown_name(self, text, text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:  # noqa: ARG002  names have no coarse step
        """The next name of the group; the first one follows the last."""
        return _next_name(self.alternatives(value), value, direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesField(Field):
    """One name for all layers or one name per layer: kept as a tuple, written with commas."""

    metavar: str = "NAME[,NAME]"
    """What stands for a value in the help."""
    choices: tuple[str, ...]
    """The names."""
    max_names: int
    """The most names that a value has: one for each hidden layer."""
    helps: Mapping[str, str] = dataclasses.field(hash=False)
    """A sentence about each name."""
    other_names: Mapping[str, tuple[str, ...]] = dataclasses.field(hash=False)
    """Other words by which people look for each name."""
    formulas: Mapping[str, str] = dataclasses.field(hash=False)
    """The formula of each name."""

    def alternatives(self, _value: Any) -> tuple[str, ...]:
        """The names that can replace this value, for all layers."""
        return self.choices

    @property
    def allowed(self) -> str:
        """The names, for all layers or per layer."""
        return Sentence("{names}, or one name per hidden layer separated by commas")(
            names=either(self.choices)
        )

    def format(self, value: Any) -> str:
        """The names, separated by commas."""
        return ",".join(value)

    def validate(self, value: object) -> Any:
        """A tuple of names; a single name may be given as a string."""
        names = (value,) if isinstance(value, str) else value
        if not isinstance(names, (tuple, list)) or not 1 <= len(names) <= self.max_names:
            raise self._refuse(value)
        if not all(isinstance(name, str) and name in self.choices for name in names):
            raise self._refuse(value)
        return tuple(str(name) for name in names)

    def parse(self, text: str) -> Any:
        """The names in a text that separates them by commas."""
        names = tuple(name.strip().lower() for name in text.split(","))
        try:
            return self.validate(names)
        except ConfigError:
            wrong = next((name for name in names if name not in self.choices), "")
            raise _unknown_name(self, text, wrong) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:  # noqa: ARG002  names have no coarse step
        """For all layers, the name that follows the first layer's."""
        return (_next_name(self.choices, value[0], direction),)


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthsField(Field):
    """The number of units in each hidden layer: kept as a tuple, written with commas, or as "none"."""

    metavar: str = f"N[,N]|{NO_LAYERS}"
    """What stands for a value in the help."""
    max_layers: int
    """The most hidden layers."""
    max_width: int
    """The most units of a layer."""
    fine: int = 1
    """How many units a key adds or takes."""
    coarse: int = 5
    """How many units a key adds or takes with shift."""

    @property
    def allowed(self) -> str:
        """The widths in words."""
        allowed = Sentence(
            "1 to {layers} whole numbers from 1 to {width}, one per layer, separated by commas, or {none}"
        )
        return allowed(layers=self.max_layers, width=self.max_width, none=NO_LAYERS)

    def format(self, value: Any) -> str:
        """The widths, separated by commas."""
        return ",".join(map(str, value)) or NO_LAYERS

    def validate(self, value: object) -> Any:
        """A tuple of widths; a single width may be given as a number."""
        widths = (value,) if is_whole(value) else value
        if not isinstance(widths, (tuple, list)) or len(widths) > self.max_layers:
            raise self._refuse(value)
        if not all(is_whole(width) and 1 <= width <= self.max_width for width in widths):
            raise self._refuse(value)
        return tuple(int(width) for width in widths)

    def parse(self, text: str) -> Any:
        """The widths in a text that separates them by commas."""
        if text.strip().lower() == NO_LAYERS:
            return ()
        try:
            return self.validate(tuple(parse_whole(width) for width in text.split(",")))
        except ValueError:  # a part is not a number, or a ConfigError
            raise self._refuse(text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """All layers wider or narrower by the same number of units; no layer below a single unit."""
        by = direction * (self.coarse if coarse else self.fine)
        if not value or (value == (1,) and direction < 0):
            return (by,) if direction > 0 else ()
        return tuple(min(max(width + by, 1), self.max_width) for width in value)


def _unknown_name(field: ChoiceField | NamesField, text: str, name: str) -> ConfigError:
    """Why a text is refused, and which name may have been meant by one in it."""
    names = {choice: field.other_names.get(choice, ()) for choice in field.choices}
    return ConfigError(field.label, must_be(field.allowed, text) + did_you_mean(name, names))


def _next_name(names: tuple[str, ...], name: str, direction: int) -> str:
    """The name after this one or, with direction -1, before it; the first one follows the last."""
    return names[(names.index(name) + direction) % len(names)]


_TOLERANCE = 1e-9
"""The relative difference up to which values count as equal: they differ only by rounding."""


class StepRule(Protocol):
    """A rule for the next value up or down."""

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1), which may be outside the field's range."""
        ...


class LinearStep(NamedTuple):
    """Steps of a fixed amount."""

    fine: float
    coarse: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1)."""
        return _without_binary_noise(value + direction * (self.coarse if coarse else self.fine))


class DecadeStep(NamedTuple):
    """Steps along 1, 2, 3, 5, 7, 10, 20, ... times a power of ten; a coarse step is a factor of ten.

    The next value below `smallest` is 0.
    """

    smallest: float

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1)."""
        if self._is_too_small(value):
            return self.smallest if direction > 0 else 0.0
        if coarse:
            moved = _without_binary_noise(value * 10 if direction > 0 else value / 10)
        else:
            exponent = int(f"{value:e}".partition("e")[2])
            candidates = [
                float(f"{mantissa}e{power}")
                for power in range(exponent - 1, exponent + 2)
                for mantissa in (1, 2, 3, 5, 7)
            ]
            if direction > 0:
                moved = min(candidate for candidate in candidates if candidate > value * (1 + _TOLERANCE))
            else:
                moved = max(candidate for candidate in candidates if candidate < value * (1 - _TOLERANCE))
        return 0.0 if self._is_too_small(moved) else moved

    def _is_too_small(self, value: float) -> bool:
        return value < self.smallest * (1 - _TOLERANCE)


class LadderStep(NamedTuple):
    """Steps along a list of ascending values; a coarse step is two of them."""

    values: tuple[float, ...]

    def move(self, value: float, direction: int, coarse: bool) -> float:
        """Return the next value up (direction 1) or down (-1), or the same value at the end of the list."""
        for _ in range(2 if coarse else 1):
            remaining = [candidate for candidate in self.values if (candidate - value) * direction > 0]
            if not remaining:
                break
            value = remaining[0] if direction > 0 else remaining[-1]
        return value


def _without_binary_noise(value: float) -> float:
    """Round to 12 significant digits, so that a step up and back down from 0.3 gives exactly 0.3."""
    return float(f"{value:.12g}")

"""The settings that are written as formulas: the function to learn, the range of its inputs, and features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpengine.data.formulas.formula import constant, parse, task_of
from bpengine.data.formulas.language import MAX_LENGTH
from bpengine.errors import ConfigError, FormulaError
from bpengine.fields import DecadeStep, Field
from bpengine.numbers import is_real
from bpwords import Sentence, printable, shown, word
from bpwords.numbers import value_text

NONE = "none"
"""The word for no formula."""
ALL = "all"
"""The word for all inputs as features."""
MAX_END = 1000.0
"""The largest magnitude of an end of a range."""
MIN_WIDTH = 0.001
"""The smallest distance between the ends of a range."""
RANGES = "low..high, such as -3..3 or 0..2*pi, from -1000 to 1000"
"""The allowed ranges, as words that follow "must be"."""
MAX_FEATURES = 1000
"""The most features of a run."""
_BRIEF = 14
"""The most characters of a formula's short form."""


def range_of(value: object) -> tuple[float, float] | None:
    """Return a pair of numbers as a range of floats; None if it is not an allowed range."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        return None
    if not all(is_real(end) and -MAX_END <= end <= MAX_END for end in value):
        return None
    low, high = (float(end) + 0.0 for end in value)
    return (low, high) if high - low >= MIN_WIDTH else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaField(Field):
    """A formula, kept as text; an empty text means no formula."""

    metavar: str = "FORMULA"

    @property
    def allowed(self) -> str:
        """Both kinds of formulas, by example."""
        return word(
            'a formula such as "sin(x) + x/2" or, for classification, "y > x**3 - x" (or the word none)'
        )

    def format(self, value: Any) -> str:
        """The text, or the word for none."""
        return str(value) or NONE

    def brief(self, value: Any) -> str:
        """The beginning of the text."""
        return printable(self.format(value), _BRIEF)

    def validate(self, value: object) -> Any:
        """The text, which is a formula for one of the tasks.

        Raises:
            ConfigError: it is not a formula; the message names the column.
        """
        if not isinstance(value, str):
            raise self._refuse(value)
        text = str(value).strip(" \t")
        if text:
            try:
                parse(text, task_of(text))
            except FormulaError as error:
                raise ConfigError(self.said, str(error)) from None
        return text

    def parse(self, text: str) -> Any:
        """The formula, or an empty text for the word for none."""
        return "" if text.strip().lower() == NONE else self.validate(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeField(Field):
    """A range of numbers, low < high: kept as a pair, written as low..high."""

    metavar: str = "LOW..HIGH"
    step: DecadeStep
    """How a key changes half of the width."""

    @property
    def allowed(self) -> str:
        """The form and the limits."""
        return word(RANGES)

    def format(self, value: Any) -> str:
        """The shortest digits that give the same ends again."""
        return "..".join(repr(float(end)).removesuffix(".0") for end in value)

    def brief(self, value: Any) -> str:
        """A few digits of both ends."""
        return "..".join(value_text(end) for end in value)

    def validate(self, value: object) -> Any:
        """A pair of floats.

        Raises:
            ConfigError: it is not a range, or its ends are not allowed.
        """
        ends = range_of(value)
        if ends is None:
            raise self._refuse(value)
        return ends

    def parse(self, text: str) -> Any:
        """The range that the text spells; its ends are numbers or formulas of numbers."""
        low, dots, high = text.partition("..")
        try:
            if not dots:
                raise self._refuse(text)
            return self.validate((constant(low), constant(high)))
        except (FormulaError, ConfigError):
            raise self._refuse(text) from None

    def move(self, value: Any, direction: int, *, coarse: bool = False) -> Any:
        """A wider or narrower range around the same middle, or this one at the limits."""
        low, high = value
        middle, half = (low + high) / 2, (high - low) / 2
        moved = self.step.move(half, direction, coarse)
        # Rounded, so that a step up and back down from 0.3 gives exactly 0.3.
        ends = [float(f"{middle + sign * moved:.12g}") for sign in (-1, 1)]
        return range_of(ends) or value


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturesField(Field):
    """Names and formulas of inputs: kept as a tuple of texts, written with commas; empty for all inputs.

    Only the data knows which names there are; see `FeatureMap`.
    """

    metavar: str = "A,B"

    @property
    def allowed(self) -> str:
        """What can be combined, by example."""
        return word('names of inputs and formulas such as "x, y, x*y, sin(x)" (or the word all)')

    def format(self, value: Any) -> str:
        """The features, separated by commas, or the word for all."""
        return ", ".join(value) or ALL

    def brief(self, value: Any) -> str:
        """The beginning of the text."""
        return printable(self.format(value), _BRIEF)

    def validate(self, value: object) -> Any:
        """A tuple of different texts, with single spaces; a whole number is the position of a column.

        The word for all inputs alone is an empty tuple.

        Raises:
            ConfigError: a part is blank, too long or named twice, or there are too many.
        """
        if not isinstance(value, (tuple, list)):
            raise self._refuse(value)
        if len(value) > MAX_FEATURES:
            raise ConfigError(
                self.said,
                Sentence("must be at most {most}, got {count}")(
                    most=f"{MAX_FEATURES:,}", count=f"{len(value):,}"
                ),
            )
        texts: dict[str, None] = {}
        for part in value:
            if not isinstance(part, (str, int)) or isinstance(part, bool):
                raise self._refuse(value)
            text = " ".join(str(part).split())
            if not text or not text.isprintable() or len(text) > MAX_LENGTH:
                raise self._refuse(value)
            if text in texts:
                raise ConfigError(self.said, Sentence("{name} is named twice")(name=shown(text)))
            texts[text] = None
        return () if [text.lower() for text in texts] == [ALL] else tuple(texts)

    def parse(self, text: str) -> Any:
        """The features in a text that separates them by commas."""
        return self.validate([part for _, part in parts_of(text)])


def parts_of(text: str) -> list[tuple[int, str]]:
    """Return the parts of a text between commas outside of brackets, each with the place where it begins."""
    parts, start, depth = [], 0, 0
    for place, sign in enumerate(f"{text},"):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and (depth <= 0 or place == len(text)):
            parts.append((start, text[start:place]))
            start = place + 1
    return parts


FUNCTION = FormulaField(
    name="function",
    symbol="f(x)",
    subject="data set",
    synonyms=("formula", "equation"),
    default="",
    help="A formula to learn in place of the named data set.",
    describes_named_data=True,
)
"""The function whose values are learned or, for classes, the comparison that separates them."""
X_RANGE = RangeField(
    label="range",
    symbol="x",
    other_flag="--range",
    subject="data set",
    synonyms=("domain",),
    default=(-3.0, 3.0),
    classification=(-1.0, 1.0),
    step=DecadeStep(0.001),
    help="The lowest and the highest x (and y, for classes) of the function.",
    used_if=lambda config: config.function != "",
    describes_named_data=True,
)
"""The range of the inputs of the function."""
FEATURES = FeaturesField(
    name="features",
    symbol="φ",
    subject="data set",
    default=(),
    help="What the network gets: inputs, and formulas of them such as x*y or sin(x).",
    synonyms=("inputs", "input features", "columns", "feature engineering"),
)
"""The inputs of the network."""

"""Predictions: the box asks for the current number, first its sign and then two digits, and reveals it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from bpengine.explain.derivation import TEXT
from bpengine.numbers import parse_real
from bptui.session.worked_step.position import BoxWalk, Guidance
from bpwords import Sentence, joined, word


@dataclass
class Score:
    """Counts the predictions, and how many were right, while the app runs."""

    signs: int = 0
    right_signs: int = 0
    values: int = 0
    right_values: int = 0

    def in_words(self) -> str:
        """The score as a short text; empty before the first prediction."""
        if not self.signs:
            return ""
        said = Sentence("right: {right_signs} of {signs} signs, {right_values} of {values} values")
        return said(**vars(self))


SIGNS = {"+": 1, "-": -1, "0": 0}
"""The answers to the question for the sign, with their values."""
_TYPED = frozenset("0123456789.,+-eE")
_MAX_TYPED = 12


_FADING = (Guidance.WORKED, Guidance.WORKED, Guidance.HALF, Guidance.HALF)
"""The guidance fades: the first two numbers of each quantity have most, the next two less, others none."""


class Prediction:
    """Asks for the numbers of a walk, and checks the answers.

    Args:
        score: counts the answers.
    """

    def __init__(self, score: Score) -> None:
        self.score = score
        self.is_on = False
        self.typed = ""
        self.feedback = ""
        """Whether the last answer was right; empty if nothing has been answered since the last move."""
        self.asks_sign = True
        """Whether the question is for the sign; the question for the value comes second."""
        self._answered: set[tuple[float, ...]] = set()
        self._asked: Counter[str] = Counter()

    def toggle(self) -> None:
        """Begin or stop to ask for numbers."""
        self.is_on = not self.is_on
        self.move()

    def move(self) -> None:
        """Forget what was typed for the number before."""
        self.typed = self.feedback = ""
        self.asks_sign = True

    def asks(self, walk: BoxWalk) -> bool:
        """Whether the current number is asked for."""
        return self.is_on and _key(walk) not in self._answered

    def guidance(self, walk: BoxWalk) -> Guidance | None:
        """What is shown of the current number while it is asked for; None if it is not."""
        if not self.asks(walk):
            return None
        asked = self._asked[walk.number.quantity.name]
        return _FADING[asked] if asked < len(_FADING) else Guidance.NONE

    @property
    def question(self) -> str:
        """The question, with what was typed so far."""
        if self.asks_sign:
            return joined(self.feedback, word("Its sign? + - or 0"))
        return joined(self.feedback, Sentence("Its value, to two digits? {typed}_")(typed=self.typed))

    def reveal(self, walk: BoxWalk) -> None:
        """Show the number without an answer."""
        self._answer(walk, "")

    def type(self, walk: BoxWalk, character: str) -> bool:
        """Take a typed character; return whether it belongs to an answer."""
        if self.asks_sign:
            if character in SIGNS:
                self.take_sign(walk, SIGNS[character])
            return character in SIGNS
        if character in _TYPED and len(self.typed) < _MAX_TYPED:
            self.typed += character
        return character in _TYPED

    def erase(self) -> None:
        """Take back the last character."""
        self.typed = self.typed[:-1]

    def enter(self, walk: BoxWalk) -> None:
        """Take what was typed as the value."""
        if self.asks_sign:
            return
        value = read(self.typed)
        if value is None:
            self.typed, self.feedback = "", word("Type a number such as 0.042 or 4.2e-2.")
            return
        self.take_value(walk, value, is_signed=self.typed.startswith(tuple("+-")))

    def take_value(self, walk: BoxWalk, value: float, *, is_signed: bool) -> None:
        """Take the value; its sign was asked for before, so it need not be said again."""
        number = walk.number.result.number
        is_right = is_close(value, number if is_signed else abs(number))
        self.score.values += 1
        self.score.right_values += is_right
        said = Sentence("{value} is right." if is_right else "{value} is wrong.")
        self._answer(walk, said(value=TEXT.number(value)))

    def take_sign(self, walk: BoxWalk, sign: int) -> None:
        """Take the sign: 1, -1 or 0."""
        number = walk.number.result.number
        actual = 0 if number == 0 or math.isnan(number) else 1 if number > 0 else -1
        is_right = sign == actual
        self.score.signs += 1
        self.score.right_signs += is_right
        name = word({1: "positive", -1: "negative", 0: "0"}[actual])
        self.asks_sign = False
        self.feedback = Sentence("Right: it is {sign}." if is_right else "Wrong: it is {sign}.")(sign=name)
        if actual == 0:
            self._answer(walk, self.feedback)

    def _answer(self, walk: BoxWalk, feedback: str) -> None:
        self._answered.add(_key(walk))
        self._asked[walk.number.quantity.name] += 1
        self.move()
        self.feedback = feedback


def _key(walk: BoxWalk) -> tuple[float, ...]:
    """A key of the current number that differs between steps, even for the same step with edited weights."""
    trace = walk.trace
    return trace.updates, trace.mean_loss, 0 if walk.number.is_of_batch else walk.row, walk.index


def read(text: str) -> float | None:
    """The number that a text spells, with a point or a comma; None if it spells none or more than one."""
    try:
        value = parse_real(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def is_close(value: float, number: float) -> bool:
    """Whether a value agrees with a number in the first two digits, however it was rounded."""
    if not math.isfinite(number) or number == 0:
        return value == number
    unit = 10.0 ** (math.floor(math.log10(abs(number))) - 1)
    return abs(value - number) <= unit * (1 + 1e-9)

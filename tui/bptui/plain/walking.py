"""The commands that walk through a training step number by number, as the box does on the screen."""

from __future__ import annotations

import re

from bpengine.explain.derivation.symbols import Place
from bpengine.wording import shown
from bptui.box.chain import chain_words, parameter_of
from bptui.box.page import in_words
from bptui.box.prediction import SIGNS, Prediction, read
from bptui.box.score import Score
from bptui.box.stepper import Stepper
from bptui.box.strides import Stride
from bptui.box.walk import MAX_UNITS, Walk
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.names import choice_of
from bptui.plain.network_edits import weight_or_bias
from bptui.plain.wording import in_commands, sentence

_NEXT, _BACK, _ANOTHER, _OFF, _REVEAL = "next", "back", "another sample", "off", "reveal"
_STRIDES = {stride.value: stride for stride in Stride} | {"batch": Stride.STEP}
_MOVE = re.compile(rf"({_NEXT}|{_BACK})(?:\s+(?:an?\s+)?(\w+))?", re.IGNORECASE)


class Box:
    """The box of a dialogue: where it is in the run, and whether numbers are asked for.

    Args:
        dialogue: the dialogue, whose open run it walks through.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self.stepper = Stepper(lambda: dialogue.session)
        self.prediction = Prediction(Score())
        self.follow()

    @property
    def walk(self) -> Walk:
        """The step and the current number.

        Raises:
            RefusedError: the run has no next step.
        """
        if self.stepper.walk is None:
            raise RefusedError(in_commands(self.stepper.problem))
        return self.stepper.walk

    def follow(self) -> None:
        """Train through what was begun, and trace the step again if the run is at another one."""
        self._dialogue.finish()
        if self.stepper.waits:
            self.stepper.trace_next()
        self.stepper.follow()

    def move(self, direction: int, stride: Stride) -> None:
        """Go on (1) or back (-1) by a stride."""
        self.stepper.stride = stride
        if not (self.stepper.on() if direction > 0 else self.stepper.back()) and self.stepper.walk:
            raise RefusedError(in_commands(self.stepper.problem))
        self.follow()
        self.prediction.move()

    def say(self) -> str:
        """The current number, or the question for it."""
        walk, prediction = self.walk, self.prediction
        asks = prediction.asks(walk)
        problem, feedback = self.stepper.problem, "" if asks else prediction.feedback
        words = in_words(
            walk, self._dialogue.snapshot.run.samples, prediction.help(walk.number) if asks else None
        )
        question = ""
        if asks:
            how = "+, predict - or predict 0" if prediction.asks_sign else "and the number"
            question = f"{prediction.question.partition('?')[0]}? Say predict {how}."
        return " ".join(filter(None, (in_commands(problem), feedback, words, question)))


def _box(dialogue: Dialogue) -> Box:
    """The box of the dialogue, at the run as it is now; it is opened at the next step."""
    if dialogue.box is None:
        dialogue.box = Box(dialogue)
    else:
        dialogue.box.follow()
    return dialogue.box


def box(dialogue: Dialogue, text: str) -> str:
    """Say the current number of the next step, or go to another one."""
    opened = _box(dialogue)
    words = " ".join(text.casefold().split())
    move = _MOVE.fullmatch(words)
    if move is not None:
        direction = 1 if move[1] == _NEXT else -1
        stride = _STRIDES[choice_of(move[2], _STRIDES, "the stride")] if move[2] else Stride.NUMBER
        walk = opened.stepper.walk
        if direction > 0 and walk is not None and opened.prediction.asks(walk):
            opened.prediction.reveal(walk)
        else:
            opened.move(direction, stride)
    elif words == _ANOTHER:
        if not opened.stepper.choose_sample(1):
            raise RefusedError(in_commands(opened.stepper.problem))
        opened.prediction.move()
    elif words:
        ways = f"{_NEXT}, {_BACK}, {_NEXT} or {_BACK} with a stride such as layer or phase, or {_ANOTHER}"
        raise RefusedError(f"box takes {ways}; got {shown(text)}")
    return opened.say()


def chain(dialogue: Dialogue, text: str) -> str:
    """Say the chain of derivatives of a weight or bias of the next step, and its check."""
    opened = _box(dialogue)
    walk = opened.walk
    if opened.prediction.is_on:
        raise RefusedError("a chain has the numbers that are to be predicted: predict off ends that")
    if text.casefold() in (_NEXT, _BACK):
        walk.to_gradient(1 if text.casefold() == _NEXT else -1)
    elif text:
        if not walk.go_to_gradient_of(Place(*weight_or_bias(dialogue, text))):
            raise RefusedError(f"the box visits {MAX_UNITS} units and inputs of a layer, and not this weight")
    elif parameter_of(walk) is None:
        walk.to_gradient(1)
    parameter = parameter_of(walk)
    assert parameter is not None, "each gradient is that of a parameter"
    check = dialogue.session.check_derivative(parameter)
    return f"Chain of dL/d{check.name}. {chain_words(walk, check)}"


def predict(dialogue: Dialogue, text: str) -> str:
    """Ask for the numbers of the step, first the sign and then two digits, and take an answer."""
    opened = _box(dialogue)
    prediction, answer = opened.prediction, text.casefold().strip()
    if answer == _OFF:
        prediction.is_on = False
        score = prediction.score.in_words()
        return sentence(f"nothing is asked for any more{score and f'; {score}'}")
    walk = opened.walk
    if not prediction.is_on:
        prediction.toggle()
    elif not prediction.asks(walk):
        if answer:
            raise RefusedError("this number is known: say predict for the next one")
        opened.move(1, Stride.NUMBER)
    if answer == _REVEAL:
        prediction.reveal(walk)
    elif answer:
        _take(prediction, walk, answer)
    return opened.say()


def _take(prediction: Prediction, walk: Walk, answer: str) -> None:
    """Take a sign, a value, or a value with its sign as the answer."""
    value = read(answer)
    if answer not in SIGNS and value is None:
        raise RefusedError(
            f"an answer is +, -, 0 or a number such as 0.042, or {_REVEAL}; got {shown(answer)}"
        )
    if prediction.asks_sign:
        sign = answer if value is None or answer in SIGNS else "+" if value > 0 else "-" if value < 0 else "0"
        prediction.type(walk, sign)
    if answer not in SIGNS and prediction.asks(walk):
        prediction.typed = answer
        prediction.enter(walk)

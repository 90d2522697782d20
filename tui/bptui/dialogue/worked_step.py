"""The commands that walk through a training step number by number, as the box does on the screen."""

from __future__ import annotations

import re

from bpengine.explain.derivation.symbols import ParameterPlace
from bptui.commands.grammar import RefusedError, choice_of, must, refused
from bptui.commands.naming import spoken
from bptui.dialogue.changing import weight_or_bias
from bptui.dialogue.dialogue import Dialogue
from bptui.session.worked_step.chain import chain_words, parameter_of
from bptui.session.worked_step.page import in_words
from bptui.session.worked_step.position import MAX_UNITS, BoxWalk, Stride
from bptui.session.worked_step.prediction import SIGNS, Prediction, read
from bptui.session.worked_step.stepper import Stepper
from bpwords import Sentence, as_sentence, joined, shown, word

_NEXT, _BACK, _ANOTHER, _OFF, _REVEAL = "next", "back", "another sample", "off", "reveal"
_ASKS_SIGN = Sentence("Its sign? {press guess:+}, {guess:-} or {guess:0}.")
_ASKS_VALUE = Sentence("Its value, to two digits? {press guess} and the number.")
_DIRECTIONS = {_NEXT: 1, _BACK: -1}
_STRIDES = {stride.value: stride for stride in Stride} | {"batch": Stride.STEP}
_MOVE = re.compile(rf"({_NEXT}|{_BACK})(?:\s+(?:an?\s+)?(\w+))?")


def box(dialogue: Dialogue, text: str) -> str:
    """Say the current number of the next step, or go to another one."""
    stepper, prediction = _stepper(dialogue), dialogue.prediction
    words = " ".join(text.casefold().split())
    if move := _MOVE.fullmatch(words):
        direction = _DIRECTIONS[move[1]]
        stride = _STRIDES[choice_of(move[2], _STRIDES, word("the stride"))] if move[2] else Stride.NUMBER
        if direction > 0 and stepper.walk is not None and prediction.asks(stepper.walk):
            prediction.reveal(stepper.walk)
        else:
            _move(stepper, prediction, direction, stride)
    elif words == _ANOTHER:
        if not stepper.choose_sample(1):
            raise RefusedError(stepper.problem)
        prediction.move()
    elif words:
        on, back, layer, other = map(spoken, (_NEXT, _BACK, "layer", _ANOTHER))
        ways = "{open_box} takes {on}, {back}, both with a stride such as {layer}, or {other}; got {text}"
        raise refused(ways, on=on, back=back, layer=layer, other=other, text=shown(text))
    return _number(dialogue)


def chain(dialogue: Dialogue, text: str) -> str:
    """Say the chain of derivatives of a weight or bias of the next step, and its check."""
    walk = _walk(_stepper(dialogue))
    if dialogue.prediction.is_on:
        raise refused("a chain has the numbers that are to be guessed: {guess:off} ends that")
    if direction := _DIRECTIONS.get(text.casefold()):
        walk.to_gradient(direction)
    elif text:
        if not walk.go_to_gradient_of(ParameterPlace(*weight_or_bias(dialogue, text))):
            raise refused("the box visits {n} units and inputs of a layer, and not this weight", n=MAX_UNITS)
    elif parameter_of(walk) is None:
        walk.to_gradient(1)
    parameter = parameter_of(walk)
    assert parameter is not None, "each gradient is that of a parameter"
    check = dialogue.session.check_derivative(parameter)
    return joined(Sentence("Chain of {name}.")(name=f"dL/d{check.name}"), chain_words(walk, check))


def guess(dialogue: Dialogue, text: str) -> str:
    """Ask for the numbers of the step, first the sign and then two digits, and take an answer."""
    prediction, answer = dialogue.prediction, text.casefold().strip()
    if answer == _OFF:
        prediction.is_on = False
        over, score = word("numbers are no longer asked for"), prediction.score.in_words()
        return as_sentence(word("; ", "list").join(filter(None, (over, score))))
    stepper = _stepper(dialogue)
    walk = _walk(stepper)
    if not prediction.is_on:
        prediction.toggle()
    elif not prediction.asks(walk):
        if answer:
            raise refused("this number is known: {press guess} for the next one")
        _move(stepper, prediction, 1, Stride.NUMBER)
    if answer == _REVEAL:
        prediction.reveal(walk)
    elif answer:
        _take(prediction, walk, answer)
    return _number(dialogue)


def _stepper(dialogue: Dialogue) -> Stepper:
    """The stepper of the dialogue, at the step that the run takes next. It begins at the first number."""
    dialogue.finish()
    if dialogue.stepper is None:
        dialogue.stepper = Stepper(lambda: dialogue.session)
    stepper = dialogue.stepper
    if stepper.waits:
        stepper.trace_next()
    stepper.follow()
    return stepper


def _walk(stepper: Stepper) -> BoxWalk:
    """The step and the current number.

    Raises:
        RefusedError: the run has no next step.
    """
    if stepper.walk is None:
        raise RefusedError(stepper.problem)
    return stepper.walk


def _move(stepper: Stepper, prediction: Prediction, direction: int, stride: Stride) -> None:
    """Go on (1) or back (-1) by a stride.

    Raises:
        RefusedError: there is nothing in this direction.
    """
    stepper.stride = stride
    if not (stepper.on() if direction > 0 else stepper.back()) and stepper.walk is not None:
        raise RefusedError(stepper.problem)
    prediction.move()


def _number(dialogue: Dialogue) -> str:
    """The current number, or the question for it."""
    stepper, prediction = _stepper(dialogue), dialogue.prediction
    walk, run = _walk(stepper), dialogue.snapshot.run
    words = in_words(walk, run.dataset, run.samples, prediction.guidance(walk))
    if not prediction.asks(walk):
        return joined(stepper.problem, prediction.feedback, words)
    question = _ASKS_SIGN if prediction.asks_sign else _ASKS_VALUE
    return joined(stepper.problem, words, prediction.feedback, question())


def _take(prediction: Prediction, walk: BoxWalk, answer: str) -> None:
    """Take a sign, a value, or a value with its sign as the answer."""
    sign = SIGNS.get(answer)
    value = read(answer) if sign is None else sign
    if value is None:
        allowed = Sentence("+, -, 0, a number such as 0.042, or {reveal}")(reveal=spoken(_REVEAL))
        raise must(word("the answer"), allowed, answer)
    if prediction.asks_sign:
        prediction.take_sign(walk, (value > 0) - (value < 0))
    if sign is None and prediction.asks(walk):
        prediction.take_value(walk, value, is_signed=answer.startswith(("+", "-")))

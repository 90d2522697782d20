"""What the dialogue says of predictions, and of pictures that fool the network."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from bpengine.numbers import whole_in, whole_range
from bpengine.training.predictions import TypedError
from bptui.commands.grammar import RefusedError, must, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.features.predict.words import DIVERGED, answered, asked
from bptui.session.description.fooling import answer_of, told
from bptui.session.pad import Pad
from bptui.session.snapshot import Stage
from bpwords import Sentence, joined, word

MAX_STEPS = 16
"""The most steps that are tried: a pixel can then change by its whole range."""


def say(dialogue: Dialogue, text: str) -> str:
    """Say what the run predicts for a value of each input; without values, what they may be."""
    dialogue.finish()
    session = dialogue.session
    if session.stage is Stage.DIVERGED:
        raise RefusedError(word(DIVERGED))
    columns = asked(session.dataset)
    if not text:
        inputs = word(", ", "list").join(f"{column.name} ({column.hint})" for column in columns)
        return Sentence("{press predict} with a value for each input: {inputs}.")(inputs=inputs)
    try:
        answer = answered(session.dataset, columns, _values(text, len(columns)), session.outputs)
    except TypedError as error:
        raise (
            RefusedError(str(error)) if error.number is None else refused("for {why}", why=error)
        ) from None
    return joined(Sentence("Predicted {answer}.")(answer=answer.text), answer.note)


def _values(text: str, count: int) -> list[str]:
    """The values, between which there are spaces, commas or semicolons; quotes keep such signs in a value."""
    for sign in ("", ";", ","):
        if sign and sign not in text:
            continue
        try:
            values = [part.strip() for part in text.split(sign)] if sign else shlex.split(text)
        except ValueError:  # a quotation mark without a closing one
            continue
        values = values if sign else [value.rstrip(",;") for value in values]
        if len(values) == count:
            return values
    return text.replace(",", " ").replace(";", " ").split()


def picture(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Yield a sample as rows of signs, and what the network answers; without a number, the next one."""
    yield from told(_pad(dialogue, text))


def fool(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Yield a sample before and after the steps along the gradient that fool the network."""
    pad = _pad(dialogue, text)
    if not pad.dataset.classes:
        raise refused("only classes can be fooled, and this is a regression")
    yield from told(pad)
    before = answer_of(pad, pad.pixels)[0]
    for _ in range(MAX_STEPS):
        pad.fool()
        if answer_of(pad, pad.pixels)[0] != before:
            break
    yield from told(pad)


def _pad(dialogue: Dialogue, text: str) -> Pad:
    """A pad with the sample that is asked for."""
    dialogue.finish()
    session = dialogue.session
    if session.dataset.picture is None:
        raise refused("the samples are no pictures; the data set digits has some")
    if session.stage is Stage.DIVERGED:
        raise RefusedError(word(DIVERGED))
    pad = Pad(lambda: session.trainer)
    count = len(pad.samples)
    number = whole_in(text, 1, count) if text else 1
    if number is None:
        raise must(word("the sample"), whole_range(1, count), text)
    pad.take(number - 1)
    return pad

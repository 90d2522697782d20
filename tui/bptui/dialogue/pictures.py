"""The commands for samples that are pictures: one as rows of signs, and steps that fool the network."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.numbers import whole_in, whole_range
from bptui.commands.grammar import RefusedError, must, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.session.description.fooling import answer_of, told
from bptui.session.description.prediction import DIVERGED
from bptui.session.pad import Pad
from bptui.session.snapshot import Stage
from bpwords import word

MAX_STEPS = 16
"""The most steps that are tried: a pixel can then change by its whole range."""


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
    pad = Pad(session)
    count = len(pad.samples)
    number = whole_in(text, 1, count) if text else 1
    if number is None:
        raise must(word("the sample"), whole_range(1, count), text)
    pad.take(number - 1)
    return pad

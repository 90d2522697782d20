"""The picture on the pad in words: what it is, what the network answers, and what fooled it."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.session.pad import STEP, Pad
from bpwords import Sentence, joined, many
from bpwords.numbers import number, percent

_INKS = ".:+*#"
"""Signs from paper to ink, for a picture as text."""
_WAS_SAMPLE = Sentence("Sample {number} is {actual}.")
_ANSWER = Sentence("The network answers {answer}, with {share}.")
_VALUE = Sentence("The network answers {answer}.")
_FOOLED = Sentence("{before} has become {answer}, with {share}.")
_NOT_YET = Sentence("The network still answers {answer}, with {share}.")
_RANDOM = Sentence("Random steps of the same size: {answer}, {share}.")


def answer_of(pad: Pad, pixels: Array) -> tuple[str, str]:
    """What the network answers for a picture, and how certain it is; the certainty is empty for a number."""
    return _meaning(pad, pad.answer(pixels))


def _meaning(pad: Pad, outputs: Array) -> tuple[str, str]:
    """The class with the largest output and this output or, for a regression, the value."""
    if not pad.dataset.classes:
        return number(float(outputs[0])), ""
    best = int(outputs.argmax())
    return pad.dataset.classes[best], percent(float(outputs[best]))


def in_words(pad: Pad) -> str:
    """The answer, and what the steps did."""
    answer, share = answer_of(pad, pad.pixels)
    step, said, is_sample = pad.step, _ANSWER if share else _VALUE, ""
    if pad.sample is not None:
        target = pad.dataset.target_scaling.undo(pad.samples.targets[pad.sample])
        is_sample = _WAS_SAMPLE(number=pad.sample + 1, actual=_meaning(pad, target)[0])
    if step is None:
        return joined(is_sample, said(answer=answer, share=share))
    before, size = pad.dataset.classes[step.away_from], f"{16 * STEP * step.steps:g}/16"
    other, other_share = answer_of(pad, pad.at_random())
    one = "{n} step along the gradient, at most {size} of the range of a pixel."
    several = "{n} steps along the gradient, at most {size} of the range of a pixel."
    return joined(
        is_sample,
        many(step.steps, one, several, size=size),
        (_FOOLED if answer != before else _NOT_YET)(before=before, answer=answer, share=share),
        _RANDOM(answer=other, share=other_share),
    )


def told(pad: Pad) -> list[str]:
    """The picture as rows of signs, two for each pixel, and then `in_words`."""
    shares = (pad.picture.shaped(pad.pixels) - pad.low) / max(pad.high - pad.low, 1e-300)
    levels = np.clip(shares * len(_INKS), 0, len(_INKS) - 1).astype(int)
    return [*("".join(2 * _INKS[level] for level in row) for row in levels.tolist()), in_words(pad)]

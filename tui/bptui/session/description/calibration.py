"""How sure the answers are, in words."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.explain.calibration import Calibration
from bpwords import Sentence
from bpwords.numbers import error_text, percent, share_text


def describe_calibration(known: Calibration) -> Iterator[str]:
    """Describe the confidence of the test samples beside what is right, and the log loss."""
    beside = Sentence(
        "The mean confidence is {confidence}, and {accuracy} of the {samples} test samples are right (95% "
        "interval: {low} to {high})."
    )
    yield beside(
        confidence=percent(known.confidence),
        accuracy=percent(known.accuracy),
        samples=known.samples,
        low=share_text(known.low),
        high=share_text(known.high),
    )
    if known.confidence > known.high:
        yield Sentence("The network is too sure.")()
    elif known.confidence < known.low:
        yield Sentence("The network is less sure than it could be.")()
    losses = Sentence(
        "The log loss is {error}, that of the best constant of the training samples {constant}."
    )
    yield losses(error=error_text(known.error), constant=error_text(known.constant_error))

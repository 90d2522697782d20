"""How sure the answers and their mean over the starts are, in the words of screen and dialogue."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.explain.calibration import calibration
from bptui.session.snapshot import Snapshot
from bpwords import Sentence
from bpwords.numbers import error_text, percent


def describe_mean(snapshot: Snapshot) -> Iterator[str]:
    """Describe how sure the mean of the answers of the starts is, if they are shown."""
    cloud = snapshot.comparison.cloud
    if cloud is not None and cloud.band is not None and cloud.band.together:
        known = calibration(snapshot.run.dataset, cloud.band.together[-1].answers)
        mean = Sentence(
            "The mean of the starts' answers has a mean confidence of {confidence}; {accuracy} are right, "
            "and the log loss is {error}."
        )
        accuracy, confidence = percent(known.accuracy), percent(known.confidence)
        yield mean(confidence=confidence, accuracy=accuracy, error=error_text(known.error))

"""What the dialogue says of calibration."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine.explain.calibration import calibration
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import described_run
from bptui.features.calibration.words import describe_mean
from bptui.session.description.calibration import describe_calibration
from bptui.session.snapshot import AFTER_ANSWER


def say(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Say how confident the answers for the test samples are, and how often they are right."""
    snapshot = described_run(dialogue)
    if snapshot.status.hides_verdicts:
        yield AFTER_ANSWER
        return
    yield from describe_calibration(calibration(snapshot.run.dataset, snapshot.network.test_outputs))
    yield from describe_mean(snapshot)

"""What the dialogue says of importance."""

from __future__ import annotations

from collections.abc import Iterator

from bptui.commands.grammar import RefusedError
from bptui.dialogue.dialogue import Dialogue
from bptui.features.importance.plan import MeasuringImportance
from bptui.features.importance.words import describe_importance
from bptui.session.description.words import caveat, line_of
from bpwords import word


def say(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Train some starts, and say which columns of the table matter."""
    measuring = MeasuringImportance(dialogue.session.trainer, dialogue.experiment_limits())
    if measuring.edited:
        yield caveat(measuring.edited)
    for _ in dialogue.carry_out(measuring):
        pass
    if measuring.problem or not measuring.found:
        raise RefusedError(measuring.problem or word("the experiment was interrupted"))
    yield from map(line_of, describe_importance(measuring.found, len(measuring.dataset.test or ())))

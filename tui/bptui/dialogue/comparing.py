"""The commands that pin a run and compare the live one with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bpengine.wording import either
from bptui.commands.grammar import must, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.session import commands
from bptui.session.description.cloud import describe_pins
from bptui.session.snapshot import Snapshot, Stage
from bpwords import Sentence, joined, word
from bpwords.numbers import number

_NO_PIN = "no run is pinned; {toggle_pin} pins this one"


def unpin(dialogue: Dialogue, text: str) -> str:
    """Remove the newest pin, or the one whose letter is given."""
    labels = [pin.label for pin in dialogue.snapshot.comparison.pins]
    if not labels:
        raise refused(_NO_PIN)
    label = text.strip().upper() or labels[-1]
    if label not in labels:
        raise must(word("the letter of a pin"), either(sorted(labels)), text)
    dialogue.session.do(commands.unpin, label)
    return dialogue.session.notice


def pins(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Yield a sentence for each run to compare with."""
    descriptions = describe_pins(dialogue.snapshot)
    if not descriptions:
        raise refused(_NO_PIN)
    yield from descriptions


def compare(dialogue: Dialogue, _text: str) -> str:
    """Compare this run with the pinned runs or, without one, with the run that the last restart ended."""
    return comparison(dialogue.snapshot)


def described_run(dialogue: Dialogue, *, measures: int = 0) -> Snapshot:
    """The open run, with a comparison in place of the advice if there is something to compare it with.

    Args:
        dialogue: the dialogue.
        measures: see `Session.snapshot`.
    """
    snapshot = dialogue.session.snapshot(measures=measures)
    status = snapshot.status
    if snapshot.comparison.reference is None or status.stage is Stage.DIVERGED:
        return snapshot
    return replace(snapshot, status=replace(status, advice=comparison(snapshot), what_next=""))


def comparison(snapshot: Snapshot) -> str:
    """How the settings and errors of the run differ from those of the runs that it is compared with.

    Raises:
        RefusedError: there is nothing to compare with.
    """
    if sentences := describe_pins(snapshot):
        return joined(*sentences)
    curve, run = snapshot.comparison.previous_curve, snapshot.run
    if curve is None or not len(curve[0]):
        raise refused("nothing to compare with: {toggle_pin} pins this run; then change something or restart")
    before = Sentence("The run before the last restart had an epoch error of {error} in epoch {epoch}.")
    text = before(error=number(float(curve[1][-1])), epoch=int(curve[0][-1]))
    if run.error is None:
        return joined(text, word("This run has no epoch error before its first epoch."))
    now = Sentence("This run has an epoch error of {error} in epoch {epoch}.")
    return joined(text, now(error=number(run.error), epoch=run.error_epoch))

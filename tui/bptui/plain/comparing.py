"""The commands that pin a run and compare the live one with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bpengine.wording import either, listed, number
from bptui.commands.grammar import RefusedError
from bptui.describe.cloud import describe_pins
from bptui.formatting import changed_settings, percent
from bptui.plain.dialogue import Dialogue
from bptui.session import commands
from bptui.session.comparison import common_errors, has_other_data
from bptui.session.snapshot import RunProgress, Snapshot, Stage
from bpwords import Sentence

_NO_PIN = Sentence("no run is pinned; {toggle_pin} pins this one")

UNCHANGED = 0.005
"""Errors that differ by a smaller fraction count as equal."""


def toggle_pin(dialogue: Dialogue, _text: str) -> str:
    """Pin the run, or unpin it if it is pinned already."""
    dialogue.session.do(commands.toggle_pin)
    return dialogue.session.notice


def unpin(dialogue: Dialogue, text: str) -> str:
    """Remove the newest pin, or the one whose letter is given."""
    labels = [pin.label for pin in dialogue.snapshot.comparison.pins]
    if not labels:
        raise RefusedError(_NO_PIN())
    label = text.strip().upper() or labels[-1]
    if label not in labels:
        raise RefusedError(f"unpin takes the letter of a pin: {either(sorted(labels))}")
    dialogue.session.do(commands.unpin, label)
    return dialogue.session.notice


def pins(dialogue: Dialogue, _text: str) -> Iterator[str]:
    """Yield a sentence for each run to compare with."""
    descriptions = describe_pins(dialogue.snapshot)
    if not descriptions:
        raise RefusedError(_NO_PIN())
    yield from descriptions


def compare(dialogue: Dialogue, _text: str) -> str:
    """Compare this run with the pinned run or, without one, with the run that the last restart ended."""
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
    """How the settings and errors of the run differ from those of the pinned one.

    Raises:
        RefusedError: there is nothing to compare with.
    """
    compared = snapshot.comparison.compared
    if compared is not None:
        pinned = compared.snapshot
        others = describe_pins(snapshot, without=compared)
        name = "the previous run" if snapshot.comparison.baseline is not None else "the pinned run"
        return " ".join((_settings(pinned, snapshot, name), *_errors(pinned, snapshot, name), *others))
    curve = snapshot.comparison.previous_curve
    if curve is None or not len(curve[0]):
        raise RefusedError("nothing to compare with: pin this run, then change something or restart")
    epoch, error = int(curve[0][-1]), float(curve[1][-1])
    before = f"The run before the last restart had an epoch error of {number(error)} in epoch {epoch}."
    return f"{before} {_here(snapshot.run)}"


def _here(run: RunProgress) -> str:
    if run.error is None:
        return "This run has no epoch error before its first epoch."
    return f"This run has an epoch error of {number(run.error)} in epoch {run.curve[0][-1]:.0f}."


def _settings(pinned: Snapshot, live: Snapshot, name: str) -> str:
    changed = changed_settings(pinned.run.config, live.run.config)
    meanwhile = ""
    if any((*live.run.change_epochs, *pinned.run.change_epochs)):  # changes in epoch 0 precede all training
        meanwhile = " Settings were changed during the training."
    if not changed:
        return f"This run has the settings of {name}.{meanwhile}"
    changes = [
        f"{field.label} {field.format(new)} instead of {field.format(old)}" for field, old, new in changed
    ]
    return f"Compared with {name}, this one has {listed(changes)}.{meanwhile}"


def _errors(pinned: Snapshot, live: Snapshot, name: str) -> list[str]:
    common = common_errors(pinned, live)
    if common is None:
        return [_here(live.run)]
    epoch, old, new = common
    if has_other_data(pinned, live):
        error = f"In epoch {epoch}, its error is {number(new)}"
        return [f"{error}; that of {name} is {number(old)}, on other data, so that neither is better."]
    errors = f"its error is {number(new)}, that of {name} {number(old)}"
    sentences = [f"In epoch {epoch}, {errors}: {_change(old, new)}."]
    tested, before_tested = live.run.test_metrics, pinned.run.test_metrics
    if tested is not None and before_tested is not None:
        errors = f"{number(tested.error)}, that of {name} {number(before_tested.error)}"
        sentences.append(f"On the test samples, the error now is {errors}.")
    accuracy, before = live.run.metrics.accuracy, pinned.run.metrics.accuracy
    if accuracy is not None and before is not None:
        sentences.append(f"The accuracy is {percent(accuracy)}, that of {name} {percent(before)}.")
    return sentences


def _change(old: float, new: float) -> str:
    if new == old:
        return "the same"
    if old <= 0:
        return "higher"
    if abs(new - old) < UNCHANGED * old:
        return "about the same"
    if new > 2 * old:
        return f"{number(new / old)} times as much"
    return f"{percent(abs(new - old) / old)} {'higher' if new > old else 'lower'}"

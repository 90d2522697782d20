"""The commands that train, restart and rewind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpengine import EpochRecord
from bpengine.wording import counted, must_be, number, shown
from bptui.describe import describe_progress
from bptui.plain.comparing import described_run
from bptui.plain.dialogue import Dialogue
from bptui.plain.errors import RefusedError
from bptui.plain.names import choice_of, count_of
from bptui.plain.wording import in_commands, sentence
from bptui.session import commands
from bptui.session.snapshot import State

_TO = re.compile(r"(?:to|until)\s+", re.IGNORECASE)
_EPOCH = re.compile(r"(?:epoch\s+)?([0-9]{1,9})", re.IGNORECASE)
_START, _LATEST = "start", "latest"
_UNIT = {"epochs": "epoch", "samples": "sample"}


def run(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train to the end, for a number of epochs, or to an epoch; report at the report interval."""
    session = dialogue.session
    done = session.epochs_done
    if target := _TO.match(text):
        named = _EPOCH.fullmatch(text[target.end() :])
        if named is None:
            raise RefusedError(f"the epoch to run to {must_be('a whole number', text[target.end() :])}")
        epoch = int(named[1])
        if epoch < done:
            raise RefusedError(f"the run is past epoch {epoch}; rewind goes back")
        yield from _train(dialogue, epoch + 1 - done)
    else:
        number_of_epochs = re.sub(r"\s*epochs?$", "", text, flags=re.IGNORECASE)
        most = max(session.config.epochs - done, 1)
        yield from _train(dialogue, count_of(number_of_epochs, "the epochs to run", most))


def step(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train for one or several epochs or samples."""
    count, _, unit = text.rpartition(" ")
    if text.isdecimal():
        count, unit = text, ""
    kind = _UNIT[choice_of(unit, _UNIT, "what to step by")] if unit else "epoch"
    steps = count_of(count.strip(), f"the {kind}s to step", 1)
    if kind == "epoch":
        yield from _train(dialogue, steps)
        return
    _check_trains(dialogue)
    dialogue.samples(steps)
    yield progress(dialogue)


def answer(dialogue: Dialogue) -> str:
    """The session's answer after the training has stopped; otherwise the comparison, or the progress."""
    dialogue.finish()
    notice = dialogue.session.notice
    if notice:
        return sentence(in_commands(notice))
    snapshot = described_run(dialogue)
    return progress(dialogue) if snapshot.comparison.reference is None else snapshot.status.advice


def progress(dialogue: Dialogue) -> str:
    """The progress of the run, and why it has ended and what to do, or how it compares with a pinned run."""
    snapshot = described_run(dialogue)
    ended = snapshot.status.state in (State.FINISHED, State.DIVERGED)
    more = ended or snapshot.comparison.reference is not None
    return f"{describe_progress(snapshot)}{f' {snapshot.status.advice}' if more else ''}"


def _train(dialogue: Dialogue, epochs: int) -> Iterator[str]:
    _check_trains(dialogue)
    session = dialogue.session
    for _ in dialogue.epochs(epochs):
        record = session.reported
        if record is not None:
            yield report(record)
    yield progress(dialogue)


def _check_trains(dialogue: Dialogue) -> None:
    snapshot = dialogue.snapshot
    if snapshot.status.state in (State.FINISHED, State.DIVERGED):
        raise RefusedError(f"nothing to train: {in_commands(snapshot.status.advice)}")


def report(record: EpochRecord) -> str:
    """The line for a reported epoch."""
    test = "" if record.test_error is None else f", test error {number(record.test_error)}"
    return f"Epoch {record.epoch} of {record.epochs}: error {number(record.error)}{test}."


def reports(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Yield the last reported epochs."""
    most = count_of(text, "how many reports to list", 10)
    found = dialogue.snapshot.run.reports
    if not found:
        yield "No epoch has been reported yet."
        return
    if len(found) > most:
        yield f"The last {most} of {counted(len(found), 'report')}."
    yield from map(report, found[-most:])


def view(dialogue: Dialogue, text: str) -> str:
    """View the run as it was after an epoch or at its start, or as it is now."""
    session, word = dialogue.session, text.casefold()
    latest = dialogue.snapshot.timeline.latest
    epoch = _EPOCH.fullmatch(word)
    if word == _START:
        session.do(commands.view, -1)
    elif word == _LATEST:
        session.do(commands.leave_view)
    elif epoch is not None and int(epoch[1]) <= latest:
        session.do(commands.view, int(epoch[1]))
    else:
        until = f"an epoch up to {latest}, which the run has reached, " if latest >= 0 else ""
        raise RefusedError(f"what to view must be {until}{_START} or {_LATEST}, got {shown(text)}")
    return _answer(dialogue)


def scrub(direction: int, dialogue: Dialogue, _text: str) -> str:
    """View the next (1) or the previous (-1) reported epoch."""
    dialogue.session.do(commands.scrub, direction)
    return _answer(dialogue)


def _answer(dialogue: Dialogue) -> str:
    """Which epoch is viewed now, or why it has not changed."""
    dialogue.finish()
    notice = dialogue.session.notice
    return sentence(in_commands(notice)) if notice else describe_progress(dialogue.snapshot)

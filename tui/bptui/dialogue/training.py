"""The commands that train, restart and rewind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpengine import EpochRecord
from bpengine.wording import either
from bptui.commands.grammar import amount_to_run, amount_to_step, count_of, epoch_named, must, refused
from bptui.commands.naming import spoken
from bptui.dialogue.comparing import described_run
from bptui.dialogue.dialogue import Dialogue
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.description import describe_progress
from bptui.session.description.words import sentence
from bptui.session.snapshot import Stage
from bpwords import Sentence, joined, word
from bpwords.numbers import number

_START, _LATEST = "start", "latest"


def run(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train to the end, for a number of epochs, or to an epoch; report at the report interval."""
    amount, session = amount_to_run(text), dialogue.session
    epochs = amount.epochs_from(session.epochs_done, session.config.epochs)
    if amount.to is not None and epochs < 1:
        raise refused("the run is past epoch {epoch}; {rewind} goes back", epoch=amount.to)
    yield from _train(dialogue, max(epochs, 1))


def step(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Train for one or several epochs or samples."""
    amount = amount_to_step(text)
    if amount.epochs is not None:
        yield from _train(dialogue, amount.epochs)
    elif amount.samples is not None:
        _check_trains(dialogue)
        dialogue.samples(amount.samples)
        yield progress(dialogue)


def do(command: Callable[[commands.SessionNow], Transition], dialogue: Dialogue, _text: str) -> str:
    """Give the session a command, and say its answer."""
    dialogue.session.do(command)
    return answer(dialogue)


def answer(dialogue: Dialogue) -> str:
    """The session's answer after the training has stopped; otherwise the comparison, or the progress."""
    dialogue.finish()
    notice = dialogue.session.notice
    if notice:
        return sentence(notice)
    snapshot = described_run(dialogue)
    return progress(dialogue) if snapshot.comparison.reference is None else snapshot.status.advice


def progress(dialogue: Dialogue) -> str:
    """The progress of the run, and why it has ended and what to do, or how it compares with a pinned run."""
    snapshot = described_run(dialogue)
    ended = snapshot.status.stage in (Stage.FINISHED, Stage.DIVERGED)
    more = ended or snapshot.comparison.reference is not None
    return joined(describe_progress(snapshot), snapshot.status.advice if more else "")


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
    if snapshot.status.stage in (Stage.FINISHED, Stage.DIVERGED):
        raise refused("Nothing to train. {advice}", advice=snapshot.status.advice)


def report(record: EpochRecord) -> str:
    """The line for a reported epoch."""
    errors = Sentence("error {n}")(n=number(record.error))
    if record.test_error is not None:
        errors = Sentence("{errors}, test error {n}")(errors=errors, n=number(record.test_error))
    of_epoch = Sentence("Epoch {epoch} of {epochs}: {errors}.")
    return of_epoch(epoch=record.epoch, epochs=record.epochs, errors=errors)


def reports(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Yield the last reported epochs."""
    most = count_of(text, word("how many reports to list"), 10)
    records = dialogue.snapshot.run.reports
    if not records:
        yield word("No epoch has been reported yet.")
        return
    if len(records) > most:
        yield Sentence("The last {most} of {n} reports.")(most=most, n=len(records))
    yield from map(report, records[-most:])


def view(dialogue: Dialogue, text: str) -> str:
    """View the run as it was after an epoch or at its start, or as it is now."""
    session, asked = dialogue.session, text.casefold()
    latest = dialogue.snapshot.timeline.latest
    epoch = epoch_named(asked)
    if asked == _START:
        session.do(commands.view, -1)
    elif asked == _LATEST:
        session.do(commands.leave_view)
    elif epoch is not None and epoch <= latest:
        session.do(commands.view, epoch)
    else:
        epochs = Sentence("an epoch up to {epoch}, which the run has reached")(epoch=latest)
        allowed = [*([epochs] if latest >= 0 else []), spoken(_START), spoken(_LATEST)]
        raise must(word("what to view"), either(allowed), text)
    return _answer(dialogue)


def scrub(direction: int, dialogue: Dialogue, _text: str) -> str:
    """View the next (1) or the previous (-1) reported epoch."""
    dialogue.session.do(commands.scrub, direction)
    return _answer(dialogue)


def _answer(dialogue: Dialogue) -> str:
    """Which epoch is viewed now, or why it has not changed."""
    dialogue.finish()
    notice = dialogue.session.notice
    return sentence(notice) if notice else describe_progress(dialogue.snapshot)

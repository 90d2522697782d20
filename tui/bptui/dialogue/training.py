"""The commands that train, restart and rewind, and those that compare the run with its pins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bpengine import EpochRecord
from bptui.commands.grammar import amount_to_run, amount_to_step, count_of, epoch_named, must, refused
from bptui.commands.naming import spoken
from bptui.dialogue.dialogue import Dialogue
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.description import describe_progress
from bptui.session.description.cloud import describe_pins
from bptui.session.snapshot import Snapshot, Stage
from bpwords import Sentence, as_sentence, either, joined, word
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
        return as_sentence(notice)
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
        record = session.trainer.reported()
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
    return as_sentence(notice) if notice else describe_progress(dialogue.snapshot)


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

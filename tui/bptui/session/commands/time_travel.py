"""Commands that go through time: undo and redo, rewinding, and looks at earlier epochs."""

from __future__ import annotations

from dataclasses import replace

from bpengine import TrainingConfig
from bpengine.training.run import RunState
from bpengine.training.timeline import Bookmark, PassedStates
from bptui.session.activity import Rewinding, Transition, Visiting, view_ahead
from bptui.session.commands.context import SessionNow
from bptui.session.document import Document, Reports, UndoEntry, UndoStack, View
from bptui.session.sentences import notices
from bpwords import Sentence, word

_STEP_BACK = "step back"


def undo(now: SessionNow) -> Transition:
    """Return to the run as it was before the last change, restart or rewind, paused.

    If the last change was to the pins, only the pins are restored.
    """
    stack = now.undo_stack
    if not stack.before:
        return Transition(now.document, now.training, notices.NOTHING_TO_UNDO())
    return _returned(now, stack.before[-1], stack.undone(now.document), notices.UNDONE)


def redo(now: SessionNow) -> Transition:
    """Return to the run as it was when the last change was undone, paused."""
    stack = now.undo_stack
    if not stack.after:
        return Transition(now.document, now.training, notices.NOTHING_TO_REDO())
    return _returned(now, stack.after[-1], stack.redone(now.document), notices.REDONE)


def return_to(now: SessionNow, document: Document, what: str) -> Transition:
    """Return, paused, to the run as it was with an earlier document; undo returns from there.

    Args:
        now: the session.
        document: the earlier document.
        what: what is undone by that, in words.
    """
    return Transition(UndoEntry(what, document, of_pins=False).restored(now.document), None, undo=what)


def _returned(now: SessionNow, entry: UndoEntry, stack: UndoStack, done: Sentence) -> Transition:
    transition = Transition(entry.restored(now.document), now.training if entry.of_pins else None)
    done = done if _waits(now, transition) else done.without("toggle_run")
    return replace(transition, notice=done(what=entry.what), undo_stack=stack)


def _waits(now: SessionNow, transition: Transition) -> bool:
    """Whether the run waits for a key after this transition."""
    return replace(now, document=transition.document, activity=transition.activity).waits


def rewind(now: SessionNow, epoch: int | None = None) -> Transition:
    """Pause, and go back to the beginning of an epoch. An epoch that is looked at becomes the run's state.

    Args:
        now: the session.
        epoch: an epoch up to `epochs_done`, as far as the run can go back. The default is the epoch that the
            user looks at, else the one after the last reported epoch or, from there, after the reported epoch
            before it.
    """
    if now.activity is not None and not now.activity.trains and now.activity.view is None:
        return now.unchanged(None)  # a rewind is in progress
    viewed = now.document.view
    transition = now.branching(None)
    document = transition.document.without_goal()
    if viewed is not None and epoch is None:
        return replace(transition, document=document, notice=notices.branched(viewed.stop - 1))
    run, earliest = document.run, document.past.earliest
    if earliest > run.epochs_done:
        return replace(transition, document=document, notice=notices.NOTHING_TO_REWIND())
    wanted = _after_last_report(run) if epoch is None else epoch
    target = min(max(wanted, earliest), run.epochs_done)
    return replace(transition, document=document, activity=Rewinding(target))


def step_back(now: SessionNow) -> Transition:
    """Pause, and return to exactly the run before its last step, with every change made until then.

    Undo returns to the run before these steps. While something is in progress, nothing happens.
    """
    if now.in_progress:
        return now.unchanged(None)
    document, answer = now.document.branched(), now.branching(None)  # undoing a branch undoes the steps, too
    run, (epoch, sample), samples = document.run, document.run.position, len(document.run.order)
    if not sample:
        epoch, sample = epoch - 1, samples
    if epoch < document.past.earliest:
        nothing = notices.AT_START if run.position == (0, 0) else notices.NOTHING_TO_REWIND
        return Transition(now.document, None, nothing())
    batch = run.config.batch_size or samples
    step = epoch, (sample - 1) // batch * batch
    trainer = now.new_trainer(run.config, run.source)
    trainer.return_to(document.bookmark)
    trainer.rewind(epoch)
    start = trainer.bookmark()
    is_stored = start.keyframes.states[-1].position == (epoch, 0)
    if not is_stored and all(change.position != (epoch, 0) for change in run.changes):
        start = start._replace(keyframes=start.keyframes.adding(start.state))  # the next step back is quick
    trainer.return_to(Bookmark(run, start.keyframes))
    trainer.rewind(*step)
    for change in run.changes:
        if change.position == step and isinstance(change.value, TrainingConfig):
            trainer.reconfigure(change.value)  # which rewinding undoes
    here, last = trainer.bookmark(), now.undo_stack.before[-1:]
    if not answer.undo and (not last or last[0].what != word(_STEP_BACK, "undo")):
        answer = replace(answer, undo=word(_STEP_BACK, "undo"))
    return replace(answer, document=replace(document, run=here.state, past=here.keyframes))


def _after_last_report(run: RunState) -> int:
    """The end of the last reported epoch, or of the one before it if the run is exactly there."""
    begun = run.epochs_done + (run.samples_processed > 0)
    interval = run.config.report_interval
    return (begun - 2) // interval * interval + 1 if begun > 1 else 0


def scrub(now: SessionNow, direction: int, *, far: bool = False) -> Transition:
    """Pause, and look at the next (1) or the previous (-1) reported epoch.

    Args:
        now: the session.
        direction: 1 or -1.
        far: whether to move by a tenth of the run.
    """
    stops, stop = _stops(now)
    target = stops.moved(stop, direction, far=far)
    if target != stop:
        return _look(now, stops, target)
    transition = _paused(now)
    if not stops.latest:
        return replace(transition, notice=notices.NOTHING_YET())
    if direction < 0:
        return replace(transition, notice=notices.at_first_stop(stops))
    return replace(transition, notice=notices.at_last_stop(waits=_waits(now, transition)))


def view(now: SessionNow, epoch: int, *, reported: bool = False) -> Transition:
    """Pause, and look at the run after this epoch, as far as the run can go back.

    Args:
        now: the session.
        epoch: the epoch; -1 for the start of the run.
        reported: whether to look at the reported epoch nearest to it.
    """
    stops, stop = _stops(now)
    target = stops.nearest(epoch) if reported else min(max(epoch + 1, stops.earliest), stops.latest)
    return _paused(now) if target == stop else _look(now, stops, target)


def leave_view(now: SessionNow) -> Transition:
    """Show the latest epoch again; this takes no training."""
    if view_ahead(now.document, now.activity) is None:
        return now.unchanged(None)
    notice = notices.back_at_latest(now.document.run.epochs_done - 1)
    return Transition(replace(now.document, view=None), None, notice)


def _stops(now: SessionNow) -> tuple[Reports, int]:
    """The stops, and the one that is shown or will be."""
    going = view_ahead(now.document, now.activity)
    if going is not None:
        return going.reports, going.stop
    stops = now.document.stops
    return stops, stops.latest


def _paused(now: SessionNow) -> Transition:
    """Pause. A look at an earlier epoch that is on its way stays on its way."""
    activity = now.activity
    return Transition(now.document, activity if activity is not None and activity.view is not None else None)


def _look(now: SessionNow, stops: Reports, stop: int) -> Transition:
    going, run = view_ahead(now.document, now.activity), now.document.run
    if going is None:
        going = View(stops, stop, PassedStates(run.config.report_interval), run)
    elif stop == stops.latest:
        return leave_view(now)
    return Transition(now.document, Visiting(replace(going, stop=stop)))

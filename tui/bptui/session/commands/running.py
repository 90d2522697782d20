"""Commands that let a run train, and stop it."""

from __future__ import annotations

from bptui.session import notices
from bptui.session.activity import Answer, Running, Stepping
from bptui.session.commands.now import Now
from bptui.session.snapshot import State


def toggle(now: Now) -> Answer:
    """Run or pause; stop what is in progress, but let a what-if only pause."""
    if now.activity is not None and not now.activity.is_open_ended:
        return stop(now)
    match now.state:
        case State.READY | State.PAUSED:
            return now.branching(Running(now.speed))
        case State.FINISHED:
            return now.unchanged(notices.finished(now.document.shown.stop_reason))
        case _:
            return Answer(now.document, None)


def stop(now: Now) -> Answer:
    """Stop the step, the rewind, the visit or the what-if that is in progress, and pause.

    A rewind or a visit that is stopped leaves the run exactly as it was before.
    """
    return now.unchanged(None) if now.activity is None else now.activity.stop(now.document)


def pause(now: Now) -> Answer:
    """Stop whatever happens by itself, without a word, and give up a what-if."""
    return Answer(now.document.without_goal(), None)


def step_epoch(now: Now, epochs: int = 1) -> Answer:
    """Pause, and train to the end of the epoch in progress or through the next one.

    If a step is in progress, the new one is added to it.

    Args:
        now: the session.
        epochs: how many epochs to train; an epoch in progress counts as one.
    """
    run = now.document.shown
    if now.has_ended:
        finished = now.state is State.FINISHED
        return Answer(now.document, None, notices.finished(run.stop_reason) if finished else "")
    last = run.epochs_done if now.training is None else now.training.last_epoch(run)
    return now.branching(Stepping(last + epochs))


def step_samples(now: Now, samples: int) -> Answer:
    """Pause, and train on so many samples, or on some more if the run trains in batches."""
    if now.has_ended:
        return Answer(now.document, None)
    run = now.document.shown
    epochs, sample = divmod(run.samples_processed + samples, len(run.order))
    return now.branching(Stepping(run.epochs_done + epochs, sample))


def step_batch(now: Now) -> Answer:
    """Pause, and train on one batch. A run that has ended takes no step, and neither does one with something
    in progress.
    """
    if now.in_progress or now.has_ended:
        return now.unchanged(None)
    run = now.document.shown
    left = len(run.order) - run.samples_done
    batch = min(run.config.batch_size or left, left)
    return step_samples(now, batch - (run.samples_processed - run.samples_done))

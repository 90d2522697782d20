"""Commands that let the run train or stop, and switch what is shown beside it: pins, what-if, the cloud."""

from __future__ import annotations

from dataclasses import replace

from bptui.session.activity import Running, Stepping, Transition
from bptui.session.commands.context import SessionNow
from bptui.session.sentences import notices
from bptui.session.snapshot import Stage
from bptui.session.speed import SPEEDS
from bpwords import Sentence, as_sentence, capitalized, word


def toggle(now: SessionNow) -> Transition:
    """Run or pause; stop what is in progress, but let a what-if only pause."""
    if now.activity is not None and not now.activity.is_open_ended:
        return stop(now)
    match now.stage:
        case Stage.READY | Stage.PAUSED:
            return now.branching(Running())
        case Stage.FINISHED:
            return now.unchanged(notices.finished(now.document.shown.stop_reason))
        case _:
            return Transition(now.document, None)


def stop(now: SessionNow) -> Transition:
    """Stop the step, the rewind, the visit or the what-if that is in progress, and pause.

    A rewind or a visit that is stopped leaves the run exactly as it was before.
    """
    return now.unchanged(None) if now.activity is None else now.activity.stop(now.document)


def pause(now: SessionNow) -> Transition:
    """Stop whatever happens by itself, without a word, and give up a what-if."""
    return Transition(now.document.without_goal(), None)


def step_epoch(now: SessionNow, epochs: int = 1) -> Transition:
    """Pause, and train to the end of the epoch in progress or through the next one.

    If a step is in progress, the new one is added to it.

    Args:
        now: the session.
        epochs: how many epochs to train; an epoch in progress counts as one.
    """
    run = now.document.shown
    if now.has_ended:
        finished = now.stage is Stage.FINISHED
        return Transition(now.document, None, notices.finished(run.stop_reason) if finished else "")
    last = run.epochs_done if now.training is None else now.training.last_epoch(run)
    return now.branching(Stepping(last + epochs))


def step_samples(now: SessionNow, samples: int) -> Transition:
    """Pause, and train on so many samples, or on some more if the run trains in batches."""
    if now.has_ended:
        return Transition(now.document, None)
    run = now.document.shown
    epochs, sample = divmod(run.samples_processed + samples, len(run.order))
    return now.branching(Stepping(run.epochs_done + epochs, sample))


def step_batch(now: SessionNow) -> Transition:
    """Pause, and train on one batch. A run that has ended takes no step, and neither does one with something
    in progress.
    """
    if now.in_progress or now.has_ended:
        return now.unchanged(None)
    run = now.document.shown
    left = len(run.order) - run.samples_done
    batch = min(run.config.batch_size or left, left)
    return step_samples(now, batch - (run.samples_processed - run.samples_done))


def change_speed(now: SessionNow, direction: int) -> Transition:
    """Train faster (1) or slower (-1)."""
    speed = SPEEDS[min(max(SPEEDS.index(now.speed) + direction, 0), len(SPEEDS) - 1)]
    edges = {SPEEDS[0]: Sentence("{speed}, the slowest."), SPEEDS[-1]: Sentence("{speed}, the fastest.")}
    said = edges.get(speed, Sentence("{speed}."))(speed=capitalized(word(speed.label)))
    return replace(now.unchanged(said), speed=speed)


def toggle_pin(now: SessionNow) -> Transition:
    """Pin the run that is shown to compare the live run with, or unpin it if it is pinned already.

    If all pins are in use, the run replaces the oldest one.
    """
    document = now.document
    label = document.pins.label_of(document.shown)
    if label is not None:
        return unpin(now, label)
    pins, label, replaced = document.pins.adding(document.shown)
    undo = Sentence("another run pinned as {label}")(label=label) if replaced else ""
    document, notice = replace(document, pins=pins), notices.pinned(label, replaced=replaced)
    return Transition(document, now.activity, notice, undo, of_pins=replaced)


def unpin(now: SessionNow, label: str) -> Transition:
    """Remove the pin with this letter, if there is one; undo restores it."""
    document = now.document
    pins = document.pins.without(label)
    if len(pins.runs) == len(document.pins.runs):
        return now.unchanged(None)
    document, words = replace(document, pins=pins), Sentence("unpinned {label}")(label=label)
    return Transition(document, now.activity, notices.UNPINNED(label=label), words, of_pins=True)


def toggle_what_if(now: SessionNow) -> Transition:
    """Turn what-if on or off: whether each change retrains to the current epoch to show its effect."""
    if now.document.what_if:
        document = replace(now.document, what_if=False, baseline=None)
        return Transition(document, now.activity, notices.WHAT_IF_OFF())
    return Transition(replace(now.document, what_if=True), now.activity, notices.WHAT_IF_ON())


def toggle_cloud(now: SessionNow) -> Transition:
    """Show the run as one of many starts, or alone."""
    if now.cloud_is_on:
        return replace(now.unchanged(notices.CLOUD_OFF()), cloud=False)
    return replace(now.unchanged("" if now.document.view is None else notices.CLOUD_WAITS()), cloud=True)


def refuse(now: SessionNow, reason: str) -> Transition:
    """Say why a change is refused."""
    return now.unchanged(as_sentence(reason))


def say(now: SessionNow, text: str) -> Transition:
    """Show a sentence as the answer to a key, until the next key; none, if it is empty."""
    return now.unchanged(word(text))

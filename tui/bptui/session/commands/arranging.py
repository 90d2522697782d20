"""Commands that change what is arranged around a run: pins, switches, speed, and the sentence below it."""

from __future__ import annotations

from dataclasses import replace

from bptui.formatting import sentence_case
from bptui.session import notices
from bptui.session.activity import Answer
from bptui.session.commands.now import Now


def toggle_pin(now: Now) -> Answer:
    """Pin the run that is shown to compare the live run with, or unpin it if it is pinned already.

    If all pins are in use, the run replaces the oldest one.
    """
    document = now.document
    label = document.pins.label_of(document.shown)
    if label is not None:
        return unpin(now, label)
    pins, label, replaced = document.pins.adding(document.shown)
    answer = replace(
        now.unchanged(notices.pinned(label, replaced=replaced)), document=replace(document, pins=pins)
    )
    return replace(answer, undo=f"another run pinned as {label}", of_pins=True) if replaced else answer


def unpin(now: Now, label: str) -> Answer:
    """Remove the pin with this letter, if there is one; undo restores it."""
    document = now.document
    pins = document.pins.without(label)
    if len(pins.runs) == len(document.pins.runs):
        return now.unchanged(None)
    document, words = replace(document, pins=pins), f"unpinned {label}"
    return Answer(document, now.activity, notices.unpinned(label), words, of_pins=True)


def toggle_what_if(now: Now) -> Answer:
    """Turn what-if on or off: whether each change retrains to the current epoch to show its effect."""
    if now.document.what_if:
        document = replace(now.document, what_if=False, baseline=None)
        return Answer(document, now.activity, notices.WHAT_IF_OFF)
    return Answer(replace(now.document, what_if=True), now.activity, notices.WHAT_IF_ON)


def toggle_cloud(now: Now) -> Answer:
    """Show the run as one of many starts, or alone."""
    now.cloud.switch(on=not now.cloud.is_on)
    if not now.cloud.is_on:
        return now.unchanged(notices.CLOUD_OFF)
    return now.unchanged("" if now.document.view is None else notices.cloud_waits())


def change_speed(now: Now, direction: int) -> Answer:
    """Train faster (1) or slower (-1)."""
    return now.unchanged(now.speed.change(direction))


def refuse(now: Now, reason: str) -> Answer:
    """Say why a change is refused."""
    return now.unchanged(f"{sentence_case(reason)}.")


def say(now: Now, text: str) -> Answer:
    """Show a sentence as the answer to a key, until the next key; none, if it is empty."""
    return now.unchanged(text)

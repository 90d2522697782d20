"""Where the error has come from and where it goes."""

from __future__ import annotations

import numpy as np

from bpengine.arrays import Array
from bptui.describe.words import counted, number, percent
from bptui.session.snapshot import Snapshot

LEVEL = 0.01
"""A change by less than this part is none."""
SWING = 0.2
"""Width of the ups and downs, as a part of the error, that is worth a word."""
TURNS = 0.25
"""Share of epochs at which the error turns round; noise has 2/3, a smooth curve none."""
RISEN = 1.1
"""How many times the lowest error counts as risen from it."""
MORE = 1.5
"""How many times the training error a test error counts as larger."""


def course(snapshot: Snapshot) -> list[str]:
    """The error, what it was at first and lately, and whether it has been lower."""
    epochs, errors = snapshot.run.curve
    finite = np.isfinite(errors)
    epochs, errors = epochs[finite], errors[finite]
    if snapshot.run.error is None or not len(errors):
        return []
    now, first = float(errors[-1]), float(errors[0])
    if len(errors) == 1:
        return [f"The error of epoch {epochs[0]:.0f} was {number(now)}."]
    sentences = [f"The error is {number(now)}, from {number(first)} at first; {_lately(epochs, errors)}."]
    best = int(errors.argmin())
    if now > RISEN * first:
        sentences.append("It has become worse than at first: a smaller learning rate may help.")
    elif now > RISEN * errors[best]:
        sentences.append(f"It was lowest, {number(errors[best])}, in epoch {epochs[best]:.0f}.")
    return sentences


def _lately(epochs: Array, errors: Array) -> str:
    """What it did over the last tenth; since the start where there is too little of it."""
    recent = epochs >= epochs[0] + 0.9 * (epochs[-1] - epochs[0])
    period = "over the last tenth of the run it"
    if recent.sum() < 4:
        recent, period = np.ones(len(errors), dtype=np.bool), "since then it"
    late = errors[recent]
    fifth = max(1, len(late) // 5)
    before, after = float(late[:fifth].mean()), float(late[-fifth:].mean())
    if before == 0:
        return f"{period} was 0"
    change = (after - before) / before
    steps = np.diff(late)
    turns = float((np.sign(steps[1:]) * np.sign(steps[:-1]) < 0).mean()) if len(steps) > 1 else 0.0
    line = np.linspace(before, after, len(late))
    width = float(np.ptp(late - line) / late.mean())
    if width > max(SWING, abs(change)) and turns > TURNS:
        return f"{period} swung between {number(late.min())} and {number(late.max())}"
    if abs(change) < LEVEL:
        return f"{period} stayed level"
    if change > 1:
        return f"{period} rose to {number(after / before)} times as much"
    return f"{period} {'fell' if change < 0 else 'rose'} by {percent(abs(change))}"


def test_course(snapshot: Snapshot) -> list[str]:
    """How the test samples fare beside those it learns from, once it has learned."""
    test, metrics = snapshot.run.test_metrics, snapshot.run.metrics
    if snapshot.run.error is None or test is None or snapshot.run.dataset.test is None:
        return []
    if not (np.isfinite(test.error) and np.isfinite(metrics.error)):
        return []
    found = (
        f"On the {counted(len(snapshot.run.dataset.test), 'test sample')} the error is {number(test.error)}"
    )
    right = "" if test.accuracy is None else f" {percent(test.accuracy)} of them are right."
    if test.error <= MORE * metrics.error:
        beside = "less than" if test.error * MORE < metrics.error else "about as much as"
        return [f"{found}, {beside} in training.{right}"]
    times = (
        "" if metrics.error <= 0 else f", {number(test.error / metrics.error)} times as much as in training"
    )
    rise = _rise(snapshot)
    if rise:
        return [f"{found}{times}, {rise}: it overfits; stop earlier, or take fewer units or some l2.{right}"]
    return [f"{found}{times}: it fits its own samples better than new ones.{right}"]


def _rise(snapshot: Snapshot) -> str:
    epochs, errors = snapshot.run.curve[0], snapshot.run.test_curve
    finite = np.isfinite(errors)
    epochs, errors = epochs[finite], errors[finite]
    if not len(errors) or errors[-1] <= RISEN * errors.min():
        return ""
    best = int(errors.argmin())
    return f"and it has risen from {number(errors[best])} in epoch {epochs[best]:.0f}"

"""The cursor of a curve: the steps that it can be at; and of the error curve, the errors there."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing import ROLES, Legend
from bptui.screen.tabs.compared_runs import comparable_runs
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, word
from bpwords.numbers import error_text

STRIDES = 100
"""The number of strides over the whole run; in a run with fewer steps, each stride is one step."""


def moved_along(steps: Array, cursor: int | None, strides: int, *, newest: int, count: int) -> int | None:
    """The step that the cursor moves to.

    Args:
        steps: those that it can be at, in ascending order.
        cursor: the step that the cursor is at; None if there is no cursor: then one stride shows it at the
            newest step of the run, and larger moves begin there.
        strides: how far to move it, to earlier steps if negative.
        newest: the newest step.
        count: how many steps the whole run has.

    Returns:
        None if there is no step to be at.
    """
    if not len(steps):
        return None
    if cursor is None:
        cursor = newest
        if abs(strides) == 1:
            return cursor
    target = cursor + strides * max(1.0, count / STRIDES)
    on_the_way = steps[steps > cursor] if strides > 0 else steps[steps < cursor]
    return nearest_step(on_the_way if len(on_the_way) else steps, target)


def index_of(cursor: float | None, steps: Array) -> int | None:
    """The index of the step that is nearest to the cursor, since long curves are thinned; None without."""
    return None if cursor is None or not len(steps) else int(np.abs(steps - cursor).argmin())


def nearest_step(steps: Array, cursor: float | None) -> int | None:
    """The step that is nearest to the cursor; None without a cursor or steps."""
    place = index_of(cursor, steps)
    return None if place is None else int(steps[place])


def moved(snapshot: Snapshot, cursor: int | None, strides: int) -> int | None:
    """The epoch that the cursor of the error curve moves to: one whose error is known; see `moved_along`."""
    epochs, own = _known(snapshot), snapshot.run.curve[0]
    newest = int((own if len(own) else epochs)[-1]) if len(epochs) else 0
    return moved_along(epochs, cursor, strides, newest=newest, count=snapshot.run.config.epochs)


def epoch_at(snapshot: Snapshot, cursor: int | None) -> int | None:
    """The epoch at the cursor: the nearest one with a known error; None if there is none."""
    return None if cursor is None else nearest_step(_known(snapshot), cursor)


def reading(snapshot: Snapshot, cursor: int) -> Legend:
    """The epoch at the cursor and its errors, with fewer digits and words in its shorter variants.

    An error that the run does not have, or does not remember, is a dash.
    """
    run, previous = snapshot.run, snapshot.comparison.previous_curve
    compared = comparable_runs(snapshot)
    errors = [("", "", _at(cursor, *run.curve))]
    if run.dataset.test is not None:
        errors.append(("╌", f" {word('test', 'legend')}", _at(cursor, run.curve[0], run.test_curve)))
    sign = ROLES["compared"].sign
    for other in compared:
        name = "" if other.label else f" {word('before', 'legend')}"
        errors.append((f"{sign}{other.label}", name, _at(cursor, *other.snapshot.run.curve)))
    if not compared and previous is not None:
        errors.append((sign, f" {word('previous run', 'legend')}", _at(cursor, *previous)))
    titles = []
    for digits, with_names in ((3, True), (3, False), (2, False)):
        parts = (
            f"{sign}{name if with_names else ''} {error_text(error, digits)}".strip()
            for sign, name, error in errors
        )
        titles.append(Sentence("epoch {epoch}: {errors}")(epoch=cursor, errors=", ".join(parts)))
    for digits in (3, 2, 1):
        parts = (f"{sign}{error_text(error, digits)}" for sign, _, error in errors)
        titles.append(f"{cursor}: {' '.join(parts)}")
    return Legend.of_variants(*map(Legend.of, titles))


def _known(snapshot: Snapshot) -> Array:
    """The epochs on the axis of which an error is known, in ascending order."""
    compared, previous = comparable_runs(snapshot), snapshot.comparison.previous_curve
    curves = [snapshot.run.curve, *(other.snapshot.run.curve for other in compared)]
    if not compared and previous is not None:
        curves.append(previous)
    known: Array = np.unique(np.concatenate([epochs for epochs, _ in curves]))
    return known[known < snapshot.run.config.epochs]


def _at(epoch: int, epochs: Array, errors: Array) -> float | None:
    """The error of an epoch; None if it is not known."""
    place = int(np.searchsorted(epochs, epoch))
    if place == len(epochs) or epochs[place] != epoch or np.isnan(errors[place]):
        return None
    return float(errors[place])

"""Making the timeline of a run: its progress, and marks for changes, branches and pins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bptui.session.snapshot import Comparison, Curve, Mark, MarkKind, RunProgress, Timeline

_MAX_COMPARED = 64
"""How many epochs of a pin are searched for in a curve; long curves are thinned and lack some."""


def timeline_of(done: int, run: RunProgress, comparison: Comparison, stop: int | None) -> Timeline:
    """The timeline of the run.

    Args:
        done: the completed epochs of the run.
        run: the run.
        comparison: what it is compared with.
        stop: the stop that the user looks at; None for the latest epoch.
    """
    latest = done - 1
    if stop is None:
        viewed, ahead = None, None
    else:
        viewed = stop - 1
        later = run.curve[0] >= viewed
        ahead = run.curve[0][later], run.curve[1][later]
    marks = [
        Mark(epoch - 1, MarkKind.EDIT if epoch in run.weight_change_epochs else MarkKind.SETTING)
        for epoch in dict.fromkeys(run.change_epochs)
    ]
    branch = None if comparison.baseline is None else comparison.baseline.branched_at
    if branch is not None:
        marks.append(Mark(branch, MarkKind.BRANCH))
    last = max(latest, run.config.epochs - 1)
    return Timeline(latest, viewed, (*marks, *_pins(comparison, run.curve)), ahead, last)


def _pins(comparison: Comparison, curve: Curve) -> Iterator[Mark]:
    """The marks of the pins of this run, which are recognized by equal errors."""
    for pin in comparison.pins:
        epochs, errors = pin.snapshot.run.curve
        recent = epochs[-_MAX_COMPARED:]
        places = np.searchsorted(curve[0], recent)
        known = places < len(curve[0])
        known[known] = curve[0][places[known]] == recent[known]
        if known.any():
            last = int(np.flatnonzero(known)[-1])
            if curve[1][places[last]] == errors[-_MAX_COMPARED:][last]:
                yield Mark(int(epochs[-1]), MarkKind.PIN, pin.label)

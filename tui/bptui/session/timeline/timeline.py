"""Making the timeline of a run: its progress, and marks for changes, branches and pins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bptui.session.snapshot import Comparison, Curve, RunProgress
from bptui.session.timeline.viewing import Viewing
from bptui.session.timeline_snapshot import Mark, MarkKind, Timeline

_MAX_COMPARED = 64
"""How many epochs of a pin are searched for in a curve; long curves are thinned and lack some."""


def timeline_of(
    epochs_done: int, run: RunProgress, comparison: Comparison, viewing: Viewing | None
) -> Timeline:
    """The timeline of the run.

    Args:
        epochs_done: the completed epochs of the run as it is shown.
        run: the run as it is shown or, while an earlier epoch is on view, as it was before.
        comparison: what it is compared with.
        viewing: the epoch on view; None if there is none.
    """
    if viewing is None:
        latest, viewed, ahead = epochs_done - 1, None, None
    else:
        latest, viewed = viewing.latest.state.epochs_done - 1, viewing.stop - 1
        later = run.curve[0] >= viewed
        ahead = run.curve[0][later], run.curve[1][later]
    marks = [
        Mark(epoch - 1, MarkKind.EDIT if epoch in run.weight_change_epochs else MarkKind.SETTING)
        for epoch in dict.fromkeys(run.change_epochs)
    ]
    branch = None if comparison.baseline is None else comparison.baseline.branched_at
    if branch is not None:
        marks.append(Mark(branch, MarkKind.BRANCH))
    return Timeline(latest, viewed, (*marks, *_pins(comparison, run.curve)), ahead)


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

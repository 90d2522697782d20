"""What the live run and one that it is compared with have in common."""

from __future__ import annotations

import numpy as np

from bpengine import TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.network.losses import LOSSES
from bpengine.training.judging import paired
from bptui.formatting import changed_settings, is_of_data
from bptui.session.snapshot import Snapshot


def same_data(one: Snapshot, other: Snapshot) -> bool:
    """Whether both runs learn from the same data, so that their outputs can share a plot."""
    first, second = one.run.dataset, other.run.dataset
    return (first.name, first.domain, first.classes) == (second.name, second.domain, second.classes)


def has_other_data(pinned: Snapshot, live: Snapshot) -> bool:
    """Whether the runs learn from different samples, so that neither error is better than the other."""
    one, other = pinned.run.dataset, live.run.dataset
    return one is not other and not (
        same_data(pinned, live)
        and np.array_equal(one.coordinates, other.coordinates)
        and np.array_equal(one.targets, other.targets)
    )


def changes_data(pinned: TrainingConfig, live: TrainingConfig) -> bool:
    """Whether a setting of the data differs."""
    return any(
        is_of_data(field) and (pinned.uses(field) or live.uses(field))
        for field, _, _ in changed_settings(pinned, live)
    )


def test_errors(pinned: Snapshot, live: Snapshot) -> tuple[float, float] | None:
    """By how much the test error of the pinned run differs from the live one's now, and two standard errors.

    None if they have no common test samples.
    """
    losses, test = list[Array](), live.run.dataset.test
    if test is None or len(test) < 2 or has_other_data(pinned, live):
        return None
    for snapshot in (live, pinned):
        if (own := snapshot.run.dataset.test) is None or not np.array_equal(
            own.coordinates, test.coordinates
        ):
            return None
        assert snapshot.network.test_outputs is not None
        outputs = own.target_scaling.apply(snapshot.network.test_outputs)
        losses.append(LOSSES[own.task].value(outputs, own.targets))
    return paired(*losses)


def common_errors(pinned: Snapshot, live: Snapshot) -> tuple[int, float, float] | None:
    """The last epoch that the error curves of both runs have, and their errors; None if there is none."""
    before, after = pinned.run.curve, live.run.curve
    common, here, there = np.intersect1d(before[0], after[0], return_indices=True)
    if not len(common):
        return None
    return int(common[-1]), float(before[1][here[-1]]), float(after[1][there[-1]])

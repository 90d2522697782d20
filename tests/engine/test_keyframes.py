"""The moments that rewind starts from: few, well spread, and the first among them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.keyframes import Keyframes
from bpengine.run_state import RunState

MOMENT = Trainer(TrainingConfig(samples=2)).run_state()


def moment(epoch: int, parameters: int = 10) -> RunState:
    """One at the beginning of that epoch."""
    return replace(MOMENT, epochs_done=epoch, parameters=np.zeros(parameters))


def filled(epochs: int, parameters: int = 10, start: int = 0) -> Keyframes:
    """What is kept of a run of so many epochs."""
    keyframes = Keyframes()
    for epoch in range(start, epochs + 1):
        if keyframes.wants(epoch):
            keyframes.add(moment(epoch, parameters))
    return keyframes


def kept(keyframes: Keyframes, upto: int) -> list[int]:
    """The epochs of all that it has."""
    return sorted({keyframes.nearest(epoch).epochs_done for epoch in range(keyframes.first, upto + 1)})


def test_every_16th_at_first() -> None:
    assert kept(filled(100), 100) == [0, 16, 32, 48, 64, 80, 96]


@pytest.mark.parametrize("epochs", [0, 1, 1000, 1024, 1040, 5000, 30_000])
def test_at_most_so_many_and_evenly_spread(epochs: int) -> None:
    found = kept(filled(epochs), epochs)
    assert found[0] == 0
    assert len(found) <= Keyframes.CAPACITY
    gaps = {after - before for before, after in pairwise([*found, epochs])}
    # Never further to go than a 32nd of the run, or 16 epochs.
    assert max(gaps) <= max(epochs / (Keyframes.CAPACITY / 2 - 1), 16)


def test_large_ones_are_fewer() -> None:
    parameters = 500_000
    size = moment(0, parameters).size
    assert size == pytest.approx(3 * 8 * parameters, rel=0.01)
    found = kept(filled(3000, parameters=parameters), 3000)
    assert found[0] == 0
    assert 2 <= len(found) <= Keyframes.MAX_BYTES // size


def test_huge_ones_are_two() -> None:
    with patch.object(Keyframes, "MAX_BYTES", 1):
        found = kept(filled(3000), 3000)
    assert found[0] == 0
    assert len(found) == 2


def test_nearest_is_not_after() -> None:
    keyframes = filled(5000)
    found = kept(keyframes, 5000)
    for epoch in (0, 1, found[1] - 1, found[1], found[1] + 1, 4999, 5000):
        assert keyframes.nearest(epoch).epochs_done == max(one for one in found if one <= epoch)


def test_forgetting_the_future() -> None:
    keyframes = filled(1000)
    keyframes.forget_after(40)
    assert kept(keyframes, 1000) == [0, 16, 32]
    assert not keyframes.wants(47)
    assert keyframes.wants(48)
    keyframes.forget_after(0)
    assert kept(keyframes, 1000) == [0]


def test_a_run_that_starts_later() -> None:
    keyframes = filled(100, start=50)
    assert keyframes.first == 50
    assert kept(keyframes, 100) == [50, 66, 82, 98]
    within = Keyframes()
    within.add(replace(MOMENT, epochs_done=50, samples_done=1))
    assert within.first == 51

"""Snapshots of networks of any shape and any weights, and what holds for every one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from bpengine import FIELDS, Task, TrainingConfig
from bpengine.arrays import Array
from bptui.drawing.unit_position import sizes_of
from bptui.session.kernel_choice import KernelChoice
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, State


def moment(task: Task = "regression", *, epochs: int = 0, **settings: Any) -> Snapshot:
    """A run after so many epochs."""
    session = Session(TrainingConfig.defaults(task, **settings), kernels=KernelChoice("numpy"))
    if epochs:
        session.advance_to(epochs - 1)
    return session.snapshot()


_REGRESSION = moment()
_CLASSIFICATION = moment("classification")


def network(*sizes: int, weights: float | None = None, seed: int = 0) -> Snapshot:
    """A network of these layers, inputs and outputs included, of which nobody knows what it gives.

    Args:
        sizes: units; with two outputs it tells two classes apart.
        weights: the value of all weights and biases; random ones if it isn't given.
        seed: of the random ones.
    """
    random = np.random.RandomState(seed)
    layers = tuple(
        random.normal(size=(inputs + 1, units)) if weights is None else np.full((inputs + 1, units), weights)
        for inputs, units in pairwise(sizes)
    )
    base = _CLASSIFICATION if sizes[-1] == 2 else _REGRESSION
    config = base.config.replace(hidden_units=sizes[1:-1])
    features = tuple(f"feature {number}" for number in range(sizes[0]))
    dataset = replace(base.dataset, domain=((0.0, 1.0),) * sizes[0], features=features)
    return replace(base, config=config, dataset=dataset, layers=layers, grid_outputs=None, unit_outputs=None)


def with_weight(snapshot: Snapshot, layer: int, where: tuple[int, int], value: float) -> Snapshot:
    """With one parameter changed."""
    layers = [each.copy() for each in snapshot.layers]
    layers[layer][where] = value
    return replace(snapshot, layers=tuple(layers))


def with_outputs(snapshot: Snapshot, values: Array) -> Snapshot:
    """With every hidden unit giving these values over the domain; shape as for one unit."""
    assert snapshot.unit_outputs is not None
    units = tuple(
        np.repeat(values[..., np.newaxis], each.shape[-1], axis=-1) for each in snapshot.unit_outputs
    )
    return replace(snapshot, unit_outputs=units)


def check_snapshot(snapshot: Snapshot) -> None:
    """What holds for every moment."""
    config, state = snapshot.config, snapshot.state
    for field in FIELDS:
        assert field.validate(getattr(config, field.name)) == getattr(config, field.name)
    assert config.replace() == config
    assert snapshot.advice
    assert 0 <= snapshot.epoch < config.epochs or state in (State.FINISHED, State.DIVERGED)
    assert 0 <= snapshot.sample < len(snapshot.dataset) or state is State.DIVERGED
    assert (state is State.READY) <= (snapshot.epoch == 0 and snapshot.error is None)
    assert sizes_of(snapshot)[:-1] == config.hidden_units
    if snapshot.unit_outputs is not None:
        assert tuple(each.shape[-1] for each in snapshot.unit_outputs) == config.hidden_units
    assert len(snapshot.curve[0]) == len(snapshot.curve[1]) == len(snapshot.test_curve)
    assert len(snapshot.outputs) == len(snapshot.dataset)

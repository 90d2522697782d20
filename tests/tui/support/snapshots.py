"""Snapshots of networks of any shape and any weights, and what holds for every one."""

from __future__ import annotations

import functools
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from bpengine import FIELDS, Dataset, Task, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from bptui.session.units import sizes_of


def snapshot_of(
    task: Task | TrainingConfig = "regression",
    *,
    trained: int = 0,
    source: Dataset | None = None,
    **settings: Any,
) -> Snapshot:
    """A run that was trained for some epochs.

    Args:
        task: the task, with its defaults, or a whole config.
        trained: how many epochs.
        source: the samples, in place of a named data set.
        settings: what differs from the defaults.
    """
    config = TrainingConfig.defaults(task, **settings) if isinstance(task, str) else task
    return _cached(config, trained, None) if source is None else _trained(config, trained, source)


def _trained(config: TrainingConfig, trained: int, source: Dataset | None) -> Snapshot:
    session = Session(config, source)
    if trained:
        session.advance_to(trained - 1)
    return session.snapshot()


_cached = functools.lru_cache(maxsize=256)(_trained)
"""Many tests look at the same run."""


def changed(snapshot: Snapshot, **values: Any) -> Snapshot:
    """The snapshot with other values, each in the part that has a field of that name."""
    for part in fields(snapshot):
        old = getattr(snapshot, part.name)
        if old is None:
            continue
        own = {name: values.pop(name) for name in type(old).__annotations__ if name in values}
        new = old._replace(**own) if hasattr(old, "_replace") else replace(old, **own)
        snapshot = replace(snapshot, **{part.name: new})
    assert not values, f"no part of a snapshot has {', '.join(values)}"
    return snapshot


def with_errors(snapshot: Snapshot, errors: Any) -> Snapshot:
    """The snapshot with another error curve, and no test errors."""
    errors = np.asarray(errors, dtype=np.float64)
    epochs = np.arange(len(errors), dtype=np.float64)
    return changed(snapshot, curve=(epochs, errors), test_curve=np.full(len(errors), np.nan))


_REGRESSION = snapshot_of()
_CLASSIFICATION = snapshot_of("classification")


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
    config = base.run.config.replace(hidden_units=sizes[1:-1])
    features = tuple(f"feature {number}" for number in range(sizes[0]))
    dataset = replace(base.run.dataset, domain=((0.0, 1.0),) * sizes[0], features=features)
    return changed(base, config=config, dataset=dataset, layers=layers, grid_outputs=None, unit_outputs=None)


def with_weight(snapshot: Snapshot, layer: int, where: tuple[int, int], value: float) -> Snapshot:
    """With one parameter changed."""
    layers = [each.copy() for each in snapshot.network.layers]
    layers[layer][where] = value
    return changed(snapshot, layers=tuple(layers))


def with_unit_outputs(snapshot: Snapshot, values: Array) -> Snapshot:
    """With every hidden unit giving these values over the domain; shape as for one unit."""
    assert snapshot.network.unit_outputs is not None
    units = tuple(
        np.repeat(values[..., np.newaxis], each.shape[-1], axis=-1) for each in snapshot.network.unit_outputs
    )
    return changed(snapshot, unit_outputs=units)


def check_snapshot(snapshot: Snapshot) -> None:
    """Assert what holds for every snapshot."""
    config, state = snapshot.run.config, snapshot.status.stage
    for field in FIELDS:
        assert field.validate(getattr(config, field.name)) == getattr(config, field.name)
    assert config.replace() == config
    assert snapshot.status.advice
    assert 0 <= snapshot.run.epoch < config.epochs or state in (Stage.FINISHED, Stage.DIVERGED)
    assert 0 <= snapshot.run.sample < len(snapshot.run.dataset) or state is Stage.DIVERGED
    assert (state is Stage.READY) <= (snapshot.run.epoch == 0 and snapshot.run.error is None)
    assert sizes_of(snapshot)[:-1] == config.hidden_units
    if snapshot.network.unit_outputs is not None:
        assert tuple(each.shape[-1] for each in snapshot.network.unit_outputs) == config.hidden_units
    assert len(snapshot.run.curve[0]) == len(snapshot.run.curve[1]) == len(snapshot.run.test_curve)
    assert len(snapshot.network.outputs) == len(snapshot.run.dataset)

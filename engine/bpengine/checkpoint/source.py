"""The user's own samples in a checkpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpengine.arrays import Array
from bpengine.checkpoint.raw_columns import decode_raw_columns, encode_raw_columns
from bpengine.checkpoint.values import any_reals, damaged, encode, items, members, reals, text
from bpengine.datasets import Dataset, Scaling
from bpengine.datasets.checks import LARGEST
from bpengine.tasks import TASKS

_PARTS = ("name", "task", "coordinates", "targets", "domain", "features", "target", "classes", "border")


def encode_source(source: Dataset | None) -> dict[str, Any] | None:
    """The samples as a JSON object, without the function `truth` that may have generated them.

    Raises:
        DamagedError: `decode_source` would refuse them.
    """
    if source is None:
        return None
    encoded: dict[str, Any] = {
        "name": source.name,
        "task": source.task,
        "coordinates": encode(source.coordinates),
        "targets": encode(source.targets),
        "domain": encode(np.array(source.domain, dtype=np.float64)),
        "features": list(source.features),
        "target": source.target,
        "classes": list(source.classes),
        "border": None if source.border is None else encode(source.border),
    }
    if source.columns:
        encoded["columns"] = encode_raw_columns(source.columns)
    if source.test is not None:
        encoded["test"] = {
            "coordinates": encode(source.test.coordinates),
            "targets": encode(source.test.targets),
        }
    decode_source(encoded)
    return encoded


def decode_source(value: Any) -> Dataset | None:
    """The samples before standardization; None if the run has a named data set.

    Raises:
        DamagedError: no run can have such samples.
    """
    if value is None:
        return None
    # Test samples exist only if the user gave them, and columns only if not all rows were plain numbers.
    optional = [part for part in ("columns", "test") if isinstance(value, dict) and part in value]
    with_test = "test" in optional
    parts = (*_PARTS, *optional)
    name, task, *arrays, features, target, classes, border = members(value, parts, "data")[: len(_PARTS)]
    if task not in TASKS:
        raise damaged("data.task", "is not a known task")
    coordinates, targets = _samples(arrays[0], arrays[1], task, "data")
    columns, outputs = coordinates.shape[1], targets.shape[1]
    domain = reals(arrays[2], (columns, 2), "data.domain")
    if not (domain[:, 0] < domain[:, 1]).all():
        raise damaged("data.domain", "has an empty range")
    labels = outputs if task == "classification" else 0
    source = Dataset(
        name=text(name, "data.name"),
        task=task,
        inputs=coordinates,
        targets=targets,
        coordinates=coordinates,
        scaling=Scaling.identity(columns),
        target_scaling=Scaling.identity(outputs),
        domain=tuple((low, high) for low, high in domain.tolist()),
        features=_texts(features, columns, "data.features"),
        target=text(target, "data.target"),
        border=None if border is None else any_reals(border, (None, 2), "data.border"),
        classes=_texts(classes, labels, "data.classes"),
        columns=decode_raw_columns(value["columns"], columns, "data.columns")
        if "columns" in optional
        else (),
    )
    if not with_test:
        return source
    test_arrays = members(value["test"], ("coordinates", "targets"), "data.test")
    test_coordinates, test_targets = _samples(test_arrays[0], test_arrays[1], task, "data.test")
    if (test_coordinates.shape[1], test_targets.shape[1]) != (columns, outputs):
        raise damaged("data.test", "has other columns than the training samples")
    test = replace(source, inputs=test_coordinates, targets=test_targets, coordinates=test_coordinates)
    return replace(source, test=test)


def _samples(coordinates_value: Any, targets_value: Any, task: str, where: str) -> tuple[Array, Array]:
    """The coordinates and the targets, which have the same number of rows."""
    coordinates = reals(coordinates_value, (None, None), f"{where}.coordinates")
    targets = reals(targets_value, (len(coordinates), None), f"{where}.targets")
    if min(*coordinates.shape, targets.shape[1]) < 1:
        raise damaged(where, "has no samples")
    for array in (coordinates, targets):
        if np.abs(array).max() > LARGEST:
            raise damaged(where, f"has numbers outside {-LARGEST:g} to {LARGEST:g}")
    if task == "classification" and not _is_one_hot(targets):
        raise damaged(f"{where}.targets", "does not have exactly one of two or more classes per sample")
    return coordinates, targets


def _is_one_hot(targets: Any) -> bool:
    is_binary = ((targets == 0) | (targets == 1)).all()
    return bool(targets.shape[1] >= 2 and is_binary and (targets.sum(axis=1) == 1).all())


def _texts(value: Any, count: int, where: str) -> tuple[str, ...]:
    return tuple(text(item, where) for item in items(value, count, where))

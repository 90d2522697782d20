"""The user's own samples in a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.checkpoint.values import any_reals, damaged, encode, items, members, reals, text
from bpengine.csv_data.numbers import LARGEST
from bpengine.datasets import Dataset, Scaling
from bpengine.tasks import TASKS

_PARTS = ("name", "task", "coordinates", "targets", "domain", "features", "target", "classes", "border")


def encode_source(source: Dataset | None) -> dict[str, Any] | None:
    """The samples as a JSON object, without the function `truth` that may have generated them.

    Raises:
        DamagedError: `decode_source` would refuse them.
    """
    if source is None:
        return None
    encoded = {
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
    decode_source(encoded)
    return encoded


def decode_source(value: Any) -> Dataset | None:
    """The samples before standardization; None if the run has a named data set.

    Raises:
        DamagedError: no run can have such samples.
    """
    if value is None:
        return None
    name, task, *arrays, features, target, classes, border = members(value, _PARTS, "data")
    if task not in TASKS:
        raise damaged("data.task", "is not a known task")
    coordinates = reals(arrays[0], (None, None), "data.coordinates")
    targets = reals(arrays[1], (len(coordinates), None), "data.targets")
    columns, outputs = coordinates.shape[1], targets.shape[1]
    if min(*coordinates.shape, outputs) < 1:
        raise damaged("data", "has no samples")
    for array in (coordinates, targets):
        if np.abs(array).max() > LARGEST:
            raise damaged("data", f"has numbers outside {-LARGEST:g} to {LARGEST:g}")
    domain = reals(arrays[2], (columns, 2), "data.domain")
    if not (domain[:, 0] < domain[:, 1]).all():
        raise damaged("data.domain", "has an empty range")
    if task == "classification" and not _is_one_hot(targets):
        raise damaged("data.targets", "does not have exactly one class per sample")
    labels = outputs if task == "classification" else 0
    return Dataset(
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
    )


def _is_one_hot(targets: Any) -> bool:
    return bool(((targets == 0) | (targets == 1)).all() and (targets.sum(axis=1) == 1).all())


def _texts(value: Any, count: int, where: str) -> tuple[str, ...]:
    return tuple(text(item, where) for item in items(value, count, where))

"""The origin of a run in a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpengine.checkpoint.values import damaged, members, whole
from bpengine.config import TrainingConfig
from bpengine.edits import Edit
from bpengine.errors import ConfigError
from bpengine.hyperparameters import FIELD, FIELDS
from bpengine.kernels.choice import KERNELS
from bpengine.origin import Origin, OriginChange

MAX_CHANGES = 100_000
"""The most changes that are read."""
_KINDS = ("settings", "kernel", "weights", "edit")


def encode_origin(origin: Origin, config: TrainingConfig) -> dict[str, Any]:
    """The origin as a JSON object.

    Args:
        origin: the origin of a run.
        config: the settings that the run has now; other settings are written as differences from them.
    """
    changes, before = [], origin.config
    for change in origin.changes:
        epoch, sample = change.position
        what: dict[str, Any] = {"weights": True}  # as earlier versions wrote, without the numbers
        if isinstance(change.value, Edit):
            what = {"edit": True}  # the next edit of the state
        elif isinstance(change.value, str):
            what = {"kernel": change.value}
        elif change.value is not None:
            what, before = {"settings": _differences(change.value, before)}, change.value
        changes.append({"epoch": epoch, "sample": sample, **what})
    return {"kernel": origin.kernel, "settings": _differences(origin.config, config), "changes": changes}


def decode_origin(
    value: Any, config: TrainingConfig, end: tuple[int, int], edits: Sequence[Edit] = ()
) -> Origin:
    """The origin that `encode_origin` encoded.

    Args:
        value: the encoded origin.
        config: the settings that the run has now.
        end: the epoch and the sample that the run has reached.
        edits: the edits in the state of the run.

    Raises:
        DamagedError: no run at that point can have this origin.
    """
    kernel, settings, encoded = members(value, ("kernel", "settings", "changes"), "origin")
    if not isinstance(encoded, list) or len(encoded) > MAX_CHANGES:
        raise damaged("origin.changes", f"is not a list of at most {MAX_CHANGES} changes")
    first = current = _changed(config, settings)
    changes: list[OriginChange] = []
    to_come = list(edits)
    for change in encoded:
        kind = next((name for name in _KINDS if name in dict(_object(change))), "")
        epoch, sample, what = members(change, ("epoch", "sample", kind or "settings"), "origin.changes")
        position = (whole(epoch, 0, end[0], "origin.epoch"), whole(sample, 0, 2**62, "origin.sample"))
        if position > end or (changes and position < changes[-1].position):
            raise damaged("origin.changes", "is not in order")
        made: TrainingConfig | str | Edit | None = None
        if kind == "settings":
            made = current = _changed(current, what)
        elif kind == "kernel":
            made = _kernel(what)
        elif what is not True:
            raise damaged(f"origin.{kind}", "is not true")
        elif kind == "edit":
            if not to_come or position != (to_come[0].epoch, to_come[0].sample):
                raise damaged("origin.edit", "is not among the edits of the run")
            made = to_come.pop(0)
        changes.append(OriginChange(position, made))
    if to_come:
        raise damaged("origin.changes", "lacks edits of the run")
    if current != config:
        raise damaged("origin.changes", "does not lead to the settings of the run")
    return Origin(first, _kernel(kernel), tuple(changes))


def _differences(config: TrainingConfig, other: TrainingConfig) -> dict[str, Any]:
    names = (field.name for field in FIELDS)
    return {name: getattr(config, name) for name in names if getattr(config, name) != getattr(other, name)}


def _changed(config: TrainingConfig, settings: Any) -> TrainingConfig:
    for name in _object(settings):
        if name not in FIELD or FIELD[name].needs_restart:
            raise damaged("origin.settings", "has a setting that can't change during a run")
    try:
        return config.replace(**settings)
    except ConfigError as error:
        raise damaged("origin.settings", f"is not possible: {error}") from None


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise damaged("origin", "is not an object")
    return value


def _kernel(value: Any) -> str:
    if value not in KERNELS or value == "auto":
        raise damaged("origin.kernel", "is not a known kernel")
    return str(value)

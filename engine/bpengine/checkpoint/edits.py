"""The edits of a run in a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.arrays import Array
from bpengine.checkpoint.values import damaged, encode, members, real, reals, whole
from bpengine.edits import Edit, effects_of
from bpengine.errors import ConfigError

MAX_EDITS = 100_000
"""The most edits that are read."""

_PARTS = ("kind", "layer", "unit", "input", "value", "epoch", "sample", "kept")
_ALL = "parameters"
"""The key that only an edit that sets all weights and biases has."""


def encode_edits(edits: tuple[Edit, ...]) -> list[dict[str, Any]]:
    """The edits as a JSON list."""
    return list(map(_encoded, edits))


def _encoded(edit: Edit) -> dict[str, Any]:
    parts = {name: getattr(edit, name) for name in _PARTS}
    parts["kept"] = encode(np.array(edit.kept, dtype=np.float64)) if edit.kept else None
    return parts | {_ALL: encode(np.frombuffer(edit.parameters))} if edit.parameters else parts


def decode_edits(
    value: Any,
    sizes: tuple[int, ...],
    parameters: Array,
    *,
    end: tuple[int, int],
    samples: int,
    batch_size: int,
) -> tuple[Edit, ...]:
    """The edits that `encode_edits` encoded.

    Args:
        value: the encoded edits.
        sizes: the number of units of each layer, the inputs first.
        parameters: the weights and biases that the run has now; shape (parameters,).
        end: the epoch and the sample that the run has reached.
        samples: the number of training samples.
        batch_size: the number of samples per update, from 1 to all.

    Raises:
        DamagedError: no run at that point can have these edits.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_EDITS:
        raise damaged("edits", f"is not a list of 1 to {MAX_EDITS} edits")
    edits, before = tuple(map(_decoded, value)), (0, 0)
    for edit in edits:
        position = (
            whole(edit.epoch, 0, end[0], "edits.epoch"),
            whole(edit.sample, 0, samples - 1, "edits.sample"),
        )
        if not before <= position <= end or edit.sample % batch_size:
            raise damaged("edits", "is not in order, or not between two steps of the run")
        before = position
    try:
        effects = effects_of(sizes, edits)
    except ConfigError as error:
        raise damaged("edits", f"has one that is not possible: {error}") from None
    if reason := effects.disagreement(parameters):
        raise damaged("parameters", f"does not go together with the edits: {reason}")
    return effects.edits


def _decoded(value: Any) -> Edit:
    has_all = isinstance(value, dict) and _ALL in value
    parts = members(value, (*_PARTS, _ALL) if has_all else _PARTS, "edits")
    kind, layer, unit, index, number, epoch, sample, kept = parts[: len(_PARTS)]
    number = None if number is None else real(number, "edits.value")
    outgoing = () if kept is None else tuple(reals(kept, (None,), "edits.kept").tolist())
    parameters = reals(parts[-1], (None,), f"edits.{_ALL}").tobytes() if has_all else b""
    return Edit(kind, layer, unit, index, number, epoch, sample, outgoing, parameters)

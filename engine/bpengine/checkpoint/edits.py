"""The edits of a run in a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.arrays import Array
from bpengine.checkpoint.values import damaged, encode, members, real, reals, whole
from bpengine.edits import BIAS, KINDS, Edit, Effects
from bpengine.errors import ConfigError
from bpengine.network import parameter_count

MAX_EDITS = 100_000
"""The most edits that are read."""

_PARTS = ("kind", "layer", "unit", "input", "value", "epoch", "sample", "kept")


def encode_edits(edits: tuple[Edit, ...]) -> list[dict[str, Any]]:
    """The edits as a JSON list."""
    return [
        {name: getattr(edit, name) for name in _PARTS}
        | {"kept": encode(np.array(edit.kept, dtype=np.float64)) if edit.kept else None}
        for edit in edits
    ]


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
        DamagedError: no run that has come there can have these edits.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_EDITS:
        raise damaged("edits", f"is not a list of 1 to {MAX_EDITS} edits")
    effects, nowhere = Effects(sizes), np.zeros(parameter_count(sizes))
    before = (0, 0)
    for each in value:
        edit = _decoded(each, sizes)
        position = (
            whole(edit.epoch, 0, end[0], "edits.epoch"),
            whole(edit.sample, 0, samples - 1, "edits.sample"),
        )
        if not before <= position <= end or edit.sample % batch_size:
            raise damaged("edits", "is not in order, or not between two steps of the run")
        before = position
        try:
            edit = effects.check(edit)
        except ConfigError as error:
            raise damaged("edits", f"has one that is not possible: {error}") from None
        out = (edit.layer, edit.unit) in effects.out
        if edit.kind in ("knock out", "bring back") and out != (edit.kind == "bring back"):
            raise damaged("edits", "has a unit that is knocked out or brought back twice")
        effects = effects.applied(edit, nowhere, kept=edit.kept)
    if reason := effects.disagreement(parameters):
        raise damaged("parameters", f"does not go together with the edits: {reason}")
    return effects.edits


def _decoded(value: Any, sizes: tuple[int, ...]) -> Edit:
    kind, layer, unit, index, number, epoch, sample, kept = members(value, _PARTS, "edits")
    if kind not in KINDS:
        raise damaged("edits.kind", "is not a known kind")
    layer = whole(layer, 0, len(sizes) - 2, "edits.layer")
    if unit is not None:
        unit = whole(unit, 0, sizes[layer + 1] - 1, "edits.unit")
    if index not in (None, BIAS):
        index = whole(index, 0, sizes[layer] - 1, "edits.input")
    if (number is None) == (kind == "set"):
        raise damaged("edits.value", "is missing, or not that of a weight that is set")
    number = None if number is None else real(number, "edits.value")
    outgoing: tuple[float, ...] = ()
    if kind == "knock out" and layer < len(sizes) - 2:
        outgoing = tuple(reals(kept, (sizes[layer + 2],), "edits.kept").tolist())
    elif kept is not None:
        raise damaged("edits.kept", "is not that of a unit that is knocked out")
    return Edit(kind, layer, unit, index, number, epoch, sample, outgoing)

"""A moment of a run in a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.checkpoint.records import decode_history, encode_history
from bpengine.checkpoint.values import damaged, encode, members, real, reals, whole, wholes
from bpengine.config import TrainingConfig
from bpengine.errors import DivergedError
from bpengine.field_table import MOST_EPOCHS
from bpengine.moment import Moment

_PARTS = (
    *("parameters", "first", "second", "updates", "generator", "epochs_done", "samples_done"),
    *("order", "losses", "history", "diverged"),
)
_WORDS = 624
"""Of the Mersenne Twister's state, 32 bits each."""


def encode_moment(moment: Moment) -> dict[str, Any]:
    """All but its settings."""
    within = moment.samples_done > 0  # else the order is one of an epoch before
    return {
        "parameters": encode(moment.parameters),
        "first": encode(moment.first),
        "second": encode(moment.second),
        "updates": moment.updates,
        "generator": _encode_generator(moment.generator),
        "epochs_done": moment.epochs_done,
        "samples_done": moment.samples_done,
        "order": encode(moment.order) if within else None,
        "losses": encode(moment.losses) if within else None,
        "history": encode_history(moment.history),
        "diverged": moment.divergence is not None,
    }


def decode_moment(
    value: Any, config: TrainingConfig, *, parameters: int, samples: int, batch_size: int, tests: bool
) -> Moment:
    """A moment that a run with these settings can be in.

    Args:
        value: what `encode_moment` made.
        config: the settings.
        parameters: how many the network has.
        samples: how many there are to train on.
        batch_size: from 1 to that.
        tests: whether there are test samples.

    Raises:
        DamagedError: no such run can be there.
    """
    parts = dict(zip(_PARTS, members(value, _PARTS, "moment"), strict=True))
    epochs_done = whole(parts["epochs_done"], 0, MOST_EPOCHS, "epochs_done")
    samples_done = whole(parts["samples_done"], 0, samples - 1, "samples_done")
    if samples_done % batch_size:
        raise damaged("samples_done", "is within a batch")
    updates = epochs_done * -(-samples // batch_size) + samples_done // batch_size
    if whole(parts["updates"], 0, 2**62, "updates") != updates:
        raise damaged("updates", f"are not {updates}, as epochs and samples make them")
    second = reals(parts["second"], (parameters,), "second")
    if (second < 0).any():
        raise damaged("second", "has squares below 0")
    order, losses = np.arange(samples), np.zeros(0)
    if samples_done:
        order = wholes(parts["order"], (samples,), 0, samples - 1, "order")
        if (np.bincount(order, minlength=samples) != 1).any():
            raise damaged("order", "has a sample twice")
        losses = reals(parts["losses"], (samples_done,), "losses")
    elif parts["order"] is not None or parts["losses"] is not None:
        raise damaged("order", "is there, but no epoch has begun")
    if not isinstance(parts["diverged"], bool):
        raise damaged("diverged", "is neither true nor false")
    return Moment(
        config=config,
        parameters=reals(parts["parameters"], (parameters,), "parameters"),
        first=reals(parts["first"], (parameters,), "first"),
        second=second,
        updates=updates,
        generator=_decode_generator(parts["generator"]),
        epochs_done=epochs_done,
        samples_done=samples_done,
        order=order,
        losses=losses,
        history=decode_history(parts["history"], epochs_done=epochs_done, epochs=config.epochs, tests=tests),
        divergence=DivergedError(epochs_done, samples_done) if parts["diverged"] else None,
    )


def _encode_generator(state: dict[str, Any]) -> dict[str, Any]:
    inner = state["state"]
    return {
        "key": encode(np.asarray(inner["key"]).astype(np.int64)),
        "position": int(inner["pos"]),
        "has_gauss": int(state["has_gauss"]),
        "gauss": float(state["gauss"]),
    }


def _decode_generator(value: Any) -> dict[str, Any]:
    """The state as `RandomState.set_state` takes it, which checks almost nothing itself."""
    key, position, has_gauss, gauss = members(value, ("key", "position", "has_gauss", "gauss"), "generator")
    words = wholes(key, (_WORDS,), 0, 2**32 - 1, "generator.key")
    if not words.any():
        raise damaged("generator.key", "is all 0")
    return {
        "bit_generator": "MT19937",
        "state": {
            "key": words.astype(np.uint32),
            "pos": whole(position, 0, _WORDS, "generator.position"),
        },
        "has_gauss": whole(has_gauss, 0, 1, "generator.has_gauss"),
        "gauss": real(gauss, "generator.gauss"),
    }

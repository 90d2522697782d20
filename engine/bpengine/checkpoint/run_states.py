"""The state of a run in a checkpoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine.arrays import Array
from bpengine.checkpoint.edits import decode_edits, encode_edits
from bpengine.checkpoint.records import decode_history, encode_history
from bpengine.checkpoint.values import damaged, encode, members, real, reals, whole, wholes
from bpengine.config import TrainingConfig
from bpengine.errors import DivergedError
from bpengine.hyperparameters import MAX_EPOCHS
from bpengine.network import parameter_count
from bpengine.optimizers import OPTIMIZERS
from bpengine.run_state import RunState

_PARTS = (
    *("parameters", "first", "second", "updates", "generator", "epochs_done", "samples_done"),
    *("order", "losses", "history", "diverged"),
)
_WORDS = 624
"""The number of 32-bit words in the state of the Mersenne Twister."""


def encode_run_state(state: RunState) -> dict[str, Any]:
    """The state as a JSON object, without the settings."""
    within = state.samples_done > 0  # otherwise the order is that of an earlier epoch
    buffers = OPTIMIZERS[state.config.optimizer].buffers
    edits = {"edits": encode_edits(state.edits)} if state.edits else {}
    return {
        "parameters": encode(state.parameters),
        "first": encode(state.first_moment) if "first_moment" in buffers else None,
        "second": encode(state.second_moment) if "second_moment" in buffers else None,
        "updates": state.updates,
        "generator": _encode_generator(state.generator),
        "epochs_done": state.epochs_done,
        "samples_done": state.samples_done,
        "order": encode(state.order) if within else None,
        "losses": encode(state.losses) if within else None,
        "history": encode_history(state.history),
        "diverged": state.divergence is not None,
        **edits,
    }


def decode_run_state(
    value: Any,
    config: TrainingConfig,
    *,
    sizes: tuple[int, ...],
    samples: int,
    batch_size: int,
    tests: bool,
) -> RunState:
    """The state that `encode_run_state` encoded.

    Args:
        value: the encoded state.
        config: the settings of the run.
        sizes: the number of units of each layer, the inputs first.
        samples: the number of training samples.
        batch_size: the number of samples per update, from 1 to all.
        tests: whether there are test samples.

    Raises:
        DamagedError: no run with these settings can be in such a state.
    """
    # Only runs that were edited have edits.
    edited = isinstance(value, dict) and "edits" in value
    names = (*_PARTS, "edits") if edited else _PARTS
    parts = dict(zip(names, members(value, names, "moment"), strict=True))
    parameters = parameter_count(sizes)
    epochs_done = whole(parts["epochs_done"], 0, MAX_EPOCHS, "epochs_done")
    samples_done = whole(parts["samples_done"], 0, samples - 1, "samples_done")
    if samples_done % batch_size:
        raise damaged("samples_done", "is not at the end of a batch")
    updates = epochs_done * -(-samples // batch_size) + samples_done // batch_size
    if whole(parts["updates"], 0, 2**62, "updates") != updates:
        raise damaged("updates", f"is not {updates}, as the epochs and samples require")
    first = _decode_moment(parts["first"], "first", config, parameters)
    second = _decode_moment(parts["second"], "second", config, parameters)
    if (second < 0).any():
        raise damaged("second", "has negative squares")
    order, losses = np.arange(samples), np.zeros(0)
    if samples_done:
        order = wholes(parts["order"], (samples,), 0, samples - 1, "order")
        if (np.bincount(order, minlength=samples) != 1).any():
            raise damaged("order", "has a sample twice")
        losses = reals(parts["losses"], (samples_done,), "losses")
    elif parts["order"] is not None or parts["losses"] is not None:
        raise damaged("order", "is present, but no epoch has begun")
    if not isinstance(parts["diverged"], bool):
        raise damaged("diverged", "is neither true nor false")
    weights = reals(parts["parameters"], (parameters,), "parameters")
    end = (epochs_done, samples_done)
    return RunState(
        config=config,
        parameters=weights,
        first_moment=first,
        second_moment=second,
        updates=updates,
        generator=_decode_generator(parts["generator"]),
        epochs_done=epochs_done,
        samples_done=samples_done,
        order=order,
        losses=losses,
        history=decode_history(parts["history"], epochs_done=epochs_done, epochs=config.epochs, tests=tests),
        divergence=DivergedError(epochs_done, samples_done) if parts["diverged"] else None,
        edits=decode_edits(parts["edits"], sizes, weights, end=end, samples=samples, batch_size=batch_size)
        if edited
        else (),
    )


def _decode_moment(value: Any, which: str, config: TrainingConfig, parameters: int) -> Array:
    """A buffer of the optimizer; null or zeros if it has no such buffer."""
    used = f"{which}_moment" in OPTIMIZERS[config.optimizer].buffers
    if value is None and not used:
        return np.zeros(parameters)
    moment = reals(value, (parameters,), which)
    if not used and moment.any():
        raise damaged(which, f"has values, but {config.optimizer} keeps none there")
    return moment


def _encode_generator(state: dict[str, Any]) -> dict[str, Any]:
    inner = state["state"]
    return {
        "key": encode(np.asarray(inner["key"]).astype(np.int64)),
        "position": int(inner["pos"]),
        "has_gauss": int(state["has_gauss"]),
        "gauss": float(state["gauss"]),
    }


def _decode_generator(value: Any) -> dict[str, Any]:
    """The state for `RandomState.set_state`, which checks almost nothing itself."""
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

"""A trace as one JSON object, in full precision."""

from __future__ import annotations

import json
import math
from typing import Any

from bpengine import Trace
from bpengine.edits import edited_at
from bpengine.tracing import LayerTrace, Parameters


def trace_json(trace: Trace, row: int) -> str:
    """Return the object as one line; docs/tracing.md describes its keys.

    Args:
        trace: the step.
        row: the index in the batch of the sample whose numbers are written.
    """
    content: dict[str, Any] = {
        "epoch": trace.epoch,
        "sample": trace.sample + row,
        "index": trace.indices[row],
        "inputs": trace.inputs[row].tolist(),
        "target": trace.targets[row].tolist(),
        "output": trace.outputs[row].tolist(),
        "loss": float(trace.losses[row]),
        "learning_rate": trace.learning_rate,
        "layers": [_layer(trace, layer, row) for layer in trace.layers],
    }
    if trace.edits:
        content["edited"] = edited_at(trace.edits)
    if len(trace.indices) > 1:
        content["batch"] = {
            "sample": trace.sample,
            "indices": list(trace.indices),
            "mean_loss": trace.mean_loss,
        }
    if trace.config.clip > 0:
        content |= {"clip": trace.config.clip, "gradient_norm": trace.norm}
    return json.dumps(_finite(content), allow_nan=False)


def _layer(trace: Trace, layer: LayerTrace, row: int) -> dict[str, Any]:
    content: dict[str, Any] = {
        "z": layer.z[row].tolist(),
        "a": layer.a[row].tolist(),
        "delta": layer.delta[row].tolist(),
        **_parameters(layer.before),
        "gradient": _parameters(layer.gradient),
        "new": _parameters(layer.new),
    }
    further = {
        "penalized_gradient": layer.penalized if trace.is_penalized else None,
        "clipped_gradient": layer.clipped if trace.config.clip > 0 else None,
        "first_moment": layer.first_moment,
        "second_moment": layer.second_moment,
        "new_first_moment": layer.new_first_moment,
        "new_second_moment": layer.new_second_moment,
    }
    return content | {name: _parameters(each) for name, each in further.items() if each is not None}


def _parameters(parameters: Parameters) -> dict[str, Any]:
    return {"weights": parameters.weights.tolist(), "biases": parameters.biases.tolist()}


def _finite(value: Any) -> Any:
    """The value with null for each number that is not finite, which JSON does not have."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

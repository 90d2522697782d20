"""A reader of the JSON export, written from docs/export.md alone. It does not import bptui's engine."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

LARGEST = 1e100


def _sigmoid(z: float) -> float:
    e = math.exp(-abs(z))
    return (1 if z >= 0 else e) / (1 + e)


ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky-relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "softplus": lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
    "swish": lambda z: z * _sigmoid(z),
    "gelu": lambda z: z * _sigmoid(math.sqrt(8 / math.pi) * (z + 0.044715 * z * z * z)),
    "sin": math.sin,
    "identity": lambda z: z,
}
NAMES = ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "log", "log2"]
NAMES += ["log10", "sqrt", "abs", "sign", "floor", "ceil", "round"]
FUNCTIONS: dict[str, Any] = {name: getattr(np, name) for name in NAMES}
FUNCTIONS |= {"min": np.minimum, "max": np.maximum, "inf": math.inf, "nan": math.nan}


def predictions(text: str, rows: Sequence[Sequence[Any]]) -> list[list[float]]:
    """The answers for rows: probabilities of the classes, or values in the units of the data."""
    model = json.loads(text)
    return [_answer(model, row) for row in rows]


def _answer(model: dict[str, Any], row: Sequence[Any]) -> list[float]:
    coordinates = [
        number
        for given, value in zip(model["inputs"], row, strict=True)
        for number in _coordinates(given, value)
    ]
    values = [_feature(feature, coordinates) for feature in model["features"]]
    for layer in model["layers"]:
        sums = [
            unit["bias"] + sum(weight * value for weight, value in zip(unit["weights"], values, strict=True))
            for unit in layer["units"]
        ]
        if layer["activation"] == "softmax":
            powers = [math.exp(each - max(sums)) for each in sums]
            values = [power / sum(powers) for power in powers]
        else:
            values = [ACTIVATIONS[layer["activation"]](each) for each in sums]
    if model["task"] == "classification":
        return values
    return [
        value * output["scale"] + output["offset"]
        for value, output in zip(values, model["outputs"], strict=True)
    ]


def _coordinates(given: dict[str, Any], value: Any) -> list[float]:
    if value is None:
        return list(given["gap"])
    if given["kind"] == "text":
        assert value in given["texts"]
        return [float(value == text) for text in given["texts"]]
    return [value - given["from"] if given["kind"] == "date" else float(value)]


def _feature(feature: dict[str, Any], coordinates: Sequence[float]) -> float:
    if "coordinate" in feature:
        value = float(coordinates[feature["coordinate"]])
    else:
        assert re.fullmatch(r"[\w\s.,()\[\]+*/%-]+", feature["formula"])
        with np.errstate(all="ignore"):
            value = float(eval(feature["formula"], {"x": np.array(coordinates), **FUNCTIONS}))
    assert abs(value) <= LARGEST, "has no finite value"
    scaled: float = (value - feature["offset"]) / feature["scale"]
    return scaled

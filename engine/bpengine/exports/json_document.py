"""The export as JSON, whose keys docs/export.md describes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bpengine.data.formulas import Formula
from bpengine.data.formulas.language import EXTREMES, FUNCTIONS
from bpengine.exports.formulas import NEGATIVE, templates, translated
from bpengine.exports.pathway import Pathway, column_description

_OPERATIONS = templates(
    {sign: f"({{}} {sign} {{}})" for sign in ("+", "-", "*", "/", "%", "**")}
    | {NEGATIVE: "(-{})"}
    | {name: f"{name}({{}}, {{}})" for name in EXTREMES}
    | {name: f"{name}({{}})" for name in FUNCTIONS}
)


def written(pathway: Pathway) -> str:
    """The content of the file. Each number has the digits from which the same bits are read."""
    scaling, targets = pathway.scaling, pathway.target_scaling
    content = {
        "format": "bpengine network",
        "name": pathway.name,
        "task": pathway.task,
        "run": pathway.run,
        "inputs": [column_description(column) for column in pathway.columns],
        "features": [
            {"name": name, **_part(part), "offset": offset, "scale": scale}
            for name, part, offset, scale in zip(
                pathway.input_names,
                pathway.parts,
                scaling.offset.tolist(),
                scaling.scale.tolist(),
                strict=True,
            )
        ],
        "layers": _layers(pathway),
        "outputs": [
            {"name": name} | ({} if pathway.is_classifier else {"offset": offset, "scale": scale})
            for name, offset, scale in zip(
                pathway.outputs, targets.offset.tolist(), targets.scale.tolist(), strict=True
            )
        ],
        "test vectors": [
            {"row": row, "answer": answer}
            for row, answer in zip(pathway.vectors.rows, pathway.vectors.answers.tolist(), strict=True)
        ],
    }
    return json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _part(part: int | Formula) -> dict[str, object]:
    """The number of a coordinate, or a formula whose names, precedence and constants need no explanation."""
    if isinstance(part, int):
        return {"coordinate": part}
    return {"formula": translated(part, "x[{}]".format, "({!r})".format, _OPERATIONS)}


def _layers(pathway: Pathway) -> list[dict[str, object]]:
    layers: list[dict[str, object]] = []
    given: Sequence[str] = pathway.input_names
    for number, layer in enumerate(pathway.layers, 1):
        is_last = number == len(pathway.layers)
        count = len(layer.biases)
        units = pathway.outputs if is_last else [f"layer {number} unit {unit + 1}" for unit in range(count)]
        output = "softmax" if pathway.is_classifier else "identity"
        layers.append(
            {
                "activation": output if is_last else layer.activation,
                "inputs": given,
                "units": [
                    {"name": name, "bias": bias, "weights": weights}
                    for name, bias, weights in zip(
                        units, layer.biases.tolist(), layer.weights.T.tolist(), strict=True
                    )
                ],
            }
        )
        given = units
    return layers

"""The export as an ONNX graph of opset 18, in 64-bit floats.

Where all columns are numbers, its input is one matrix; otherwise there is an input for each column.

This module needs the extra `onnx`. The operators are those that onnxruntime computes in 64-bit floats;
a formula with another function is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import RawColumn
from bpengine.errors import ConfigError
from bpengine.exports.formulas import translated
from bpengine.exports.identifiers import Identifiers
from bpengine.exports.pathway import Pathway

OPSET = 18
_TEXTS = "ai.onnx.ml"
"""The domain of the operator that encodes texts."""
_TEXTS_OPSET = 3
_IR_VERSION = 8
"""The version of the file format that came with the opset, so that runtimes of its time read the file."""


class _Graph:
    """Collects the nodes and the constants of a graph."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def op(self, kind: str, *inputs: str | float, output: str = "", **attributes: Any) -> str:
        """Add a node.

        Args:
            kind: the operator.
            inputs: the names of its inputs, or numbers.
            output: the name of its output; by default a new one.
            attributes: those of the operator.

        Returns:
            The name of its output.
        """
        names = [value if isinstance(value, str) else self.constant(value) for value in inputs]
        output = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, names, [output], **attributes))
        return output

    def constant(self, value: Any) -> str:
        """Add a constant, an array or a number; return its name."""
        array = value if isinstance(value, np.ndarray) else np.array(value, dtype=np.float64)
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def axis(self, axis: int) -> str:
        """Add an axis as a constant; return its name."""
        return self.constant(np.array([axis], dtype=np.int64))

    def choose(self, one: str | float, relation: str, other: str | float, then: str | float, els: str) -> str:
        """Add a choice between two values for each number."""
        return self.op("Where", self.op(relation, one, other), then, els)


def _gelu(graph: _Graph, z: str) -> str:
    cube = graph.op("Mul", graph.op("Mul", z, z), graph.op("Mul", z, 0.044715))
    gate = graph.op("Mul", graph.op("Add", z, cube), 2 * math.sqrt(2 / math.pi))
    return graph.op("Mul", z, graph.op("Sigmoid", gate))


def _softplus(graph: _Graph, z: str) -> str:
    power = graph.op("Exp", graph.op("Neg", graph.op("Abs", z)))
    return graph.op("Add", graph.op("Relu", z), graph.op("Log", graph.op("Add", power, 1.0)))


_ACTIVATIONS: dict[str, Callable[[_Graph, str], str]] = {
    "sigmoid": lambda graph, z: graph.op("Sigmoid", z),
    "tanh": lambda graph, z: graph.op("Tanh", z),
    "relu": lambda graph, z: graph.op("Relu", z),
    "leaky-relu": lambda graph, z: graph.op(
        "Max", z, graph.op("Mul", z, 0.01)
    ),  # whose slope is a 32-bit float
    "elu": lambda graph, z: graph.op("Elu", z),
    "softplus": _softplus,
    "swish": lambda graph, z: graph.op("Mul", z, graph.op("Sigmoid", z)),
    "gelu": _gelu,
    "sin": lambda graph, z: graph.op("Sin", z),
    "identity": lambda _graph, z: z,
}


def _modulo(graph: _Graph, a: str, b: str) -> str:
    """The rest with the sign of b, from the rest with the sign of a."""
    rest = graph.op("Mod", a, b, fmod=1)
    return graph.choose(graph.op("Mul", rest, b), "Less", 0.0, graph.op("Add", rest, b), rest)


def _extreme(relation: str, graph: _Graph, a: str, b: str) -> str:
    """The smaller or the larger number, or the one that is not a number."""
    return graph.choose(a, "Equal", a, graph.choose(a, relation, b, a, b), a)


def _sign(graph: _Graph, a: str) -> str:
    return graph.choose(a, "Greater", 0.0, 1.0, graph.choose(a, "Less", 0.0, -1.0, a))


def _operations(graph: _Graph) -> dict[str, Callable[..., str]]:
    """What writes the operations of formulas."""
    plain = {"+": "Add", "-": "Sub", "*": "Mul", "/": "Div", "**": "Pow", "negative": "Neg"}
    same = ("sin", "cos", "tanh", "exp", "log", "sqrt", "abs", "floor", "ceil", "round")
    kinds = plain | {name: name.capitalize() for name in same}
    composed: dict[str, Callable[..., str]] = {
        "%": _modulo,
        "min": partial(_extreme, "Less"),
        "max": partial(_extreme, "Greater"),
        "sign": _sign,
    }
    operations: dict[str, Callable[..., str]] = {
        name: partial(graph.op, kind) for name, kind in kinds.items()
    }
    return operations | {name: partial(function, graph) for name, function in composed.items()}


def written(pathway: Pathway) -> bytes:
    """The content of the file."""
    graph, identifiers = _Graph(), Identifiers()
    originals = [column.name for column in pathway.columns]
    if _are_numbers(pathway):
        names = [identifiers.of("inputs")]
        shape, meaning = ["rows", len(originals)], ", ".join(originals)
        inputs = [helper.make_tensor_value_info(names[0], TensorProto.DOUBLE, shape, doc_string=meaning)]
        columns: Any = originals
    else:
        names = [identifiers.of(name) for name in originals]
        inputs = [
            helper.make_tensor_value_info(name, _type_of(column), ["rows"], doc_string=_meaning(column))
            for name, column in zip(names, pathway.columns, strict=True)
        ]
        columns = dict(zip(names, originals, strict=True))
    outputs = _add_all(graph, pathway, names, identifiers)
    content = helper.make_graph(graph.nodes, pathway.name, inputs, outputs, initializer=graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_TEXTS, _TEXTS_OPSET)]
    model = helper.make_model(
        content,
        opset_imports=opsets if any(column.kind == "text" for column in pathway.columns) else opsets[:1],
        ir_version=_IR_VERSION,
        producer_name="bptui",
        doc_string="A neural network that bptui has trained. The metadata say by which run.",
    )
    vectors = {"rows": pathway.vectors.rows, "answers": pathway.vectors.answers.tolist()}
    facts = {**pathway.run, "columns": columns, "outputs": pathway.outputs, "test vectors": vectors}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in facts.items()}
    helper.set_model_props(model, texts)
    checker.check_model(model, full_check=True)
    data: bytes = model.SerializeToString()
    return data


def _are_numbers(pathway: Pathway) -> bool:
    """Whether every column of the user's rows is a number; a gap in it has no effect on this."""
    return all(column.kind == "number" for column in pathway.columns)


def _type_of(column: RawColumn) -> int:
    return int(TensorProto.STRING if column.kind == "text" else TensorProto.DOUBLE)


def _meaning(column: RawColumn) -> str:
    kinds = {
        "number": "",
        "boolean": ": 0 for false, 1 for true",
        "date": ": a date, as days from 1970-01-01",
        "text": f": one of {', '.join(column.categories)}",
    }
    return column.name + kinds[column.kind]


def _add_all(graph: _Graph, pathway: Pathway, names: Sequence[str], identifiers: Identifiers) -> list[Any]:
    """Add everything from the inputs to the outputs; return the outputs."""
    coordinates = _add_coordinates(graph, pathway, names)
    features = _add_features(graph, pathway, coordinates)
    checked = coordinates if features == coordinates else graph.op("Concat", coordinates, features, axis=1)
    allowed = graph.op("LessOrEqual", graph.op("Abs", checked), LARGEST)
    least = graph.op("ReduceMin", graph.op("Cast", allowed, to=TensorProto.DOUBLE), graph.axis(1))
    has_answer = graph.op("Greater", least, 0.0)
    a = graph.op(
        "Div",
        graph.op("Sub", features, graph.constant(pathway.scaling.offset)),
        graph.constant(pathway.scaling.scale),
    )
    for layer in pathway.layers:
        z = graph.op("MatMul", a, graph.constant(layer.weights))
        a = _ACTIVATIONS[layer.activation](graph, graph.op("Add", z, graph.constant(layer.biases)))
    target = identifiers.of(pathway.target)
    if pathway.is_classifier:
        shares = identifiers.of("probabilities")
        a = graph.op("Softmax", a, axis=1)
        graph.op("Where", has_answer, a, math.nan, output=shares)
        classes = graph.constant(np.array(pathway.outputs, dtype=object))
        label = graph.op("Gather", classes, graph.op("ArgMax", a, axis=1, keepdims=0))
        none = graph.constant(np.array("", dtype=object))
        graph.op("Where", graph.op("Squeeze", has_answer, graph.axis(1)), label, none, output=target)
        return [
            helper.make_tensor_value_info(target, TensorProto.STRING, ["rows"]),
            helper.make_tensor_value_info(shares, TensorProto.DOUBLE, ["rows", len(pathway.outputs)]),
        ]
    scaling = pathway.target_scaling
    values = graph.op(
        "Add", graph.op("Mul", a, graph.constant(scaling.scale)), graph.constant(scaling.offset)
    )
    if len(pathway.outputs) > 1:
        graph.op("Where", has_answer, values, math.nan, output=target)
        return [helper.make_tensor_value_info(target, TensorProto.DOUBLE, ["rows", len(pathway.outputs)])]
    graph.op("Squeeze", graph.op("Where", has_answer, values, math.nan), graph.axis(1), output=target)
    return [helper.make_tensor_value_info(target, TensorProto.DOUBLE, ["rows"])]


def _add_coordinates(graph: _Graph, pathway: Pathway, names: Sequence[str]) -> str:
    """Add the matrix of coordinates, shape (rows, coordinates)."""
    if _are_numbers(pathway):
        return names[0]
    parts = []
    for name, column in zip(names, pathway.columns, strict=True):
        if column.kind == "text":
            # Refuses unknown texts; with zeros=1, they would all be alike.
            encoded = graph.op("OneHotEncoder", name, cats_strings=column.categories, zeros=0, domain=_TEXTS)
            parts.append(graph.op("Cast", encoded, to=TensorProto.DOUBLE))
        else:
            number = graph.op("Sub", name, column.origin) if column.origin else name
            parts.append(graph.op("Unsqueeze", number, graph.axis(1)))
    return graph.op("Concat", *parts, axis=1)


def _add_features(graph: _Graph, pathway: Pathway, coordinates: str) -> str:
    """Add the matrix of features."""
    if not pathway.has_features:
        return coordinates

    def gathered(*places: int) -> str:
        return graph.op("Gather", coordinates, graph.constant(np.array(places, dtype=np.int64)), axis=1)

    operations, columns = _operations(graph), []
    for is_place, group in groupby(pathway.parts, lambda part: isinstance(part, int)):
        if is_place:
            columns.append(gathered(*(part for part in group if isinstance(part, int))))
            continue
        for part in group:
            assert not isinstance(part, int)
            try:
                columns.append(translated(part, gathered, graph.constant, operations))
            except KeyError as error:
                reason = f"ONNX has no {error.args[0]} in 64-bit floats: choose another format"
                raise ConfigError(part.text, reason) from None
    return graph.op("Concat", *columns, axis=1)

"""The export as a Python module that needs NumPy only."""

from __future__ import annotations

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import LARGEST
from bpengine.exports import python_text
from bpengine.exports.formulas import definitions, of_module, python_number
from bpengine.exports.pathway import Pathway
from bpengine.exports.python_text import literal

_HELPERS = {
    "gelu": """
def gelu(z):
    return z * sigmoid(2 * np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
""",
    "swish": """
def swish(z):
    return z * sigmoid(z)
""",
    "sigmoid": """
def sigmoid(z):
    e = np.exp(-np.abs(z))  # at most 1, so that nothing overflows
    return np.where(z >= 0, 1, e) / (1 + e)
""",
    "relu": """
def relu(z):
    return np.maximum(z, 0)
""",
    "leaky_relu": """
def leaky_relu(z):
    return np.maximum(0.01 * z, z)
""",
    "elu": """
def elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
""",
    "softplus": """
def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
""",
}
_ACTIVATIONS = {
    "sigmoid": "sigmoid({})",
    "tanh": "np.tanh({})",
    "relu": "relu({})",
    "leaky-relu": "leaky_relu({})",
    "elu": "elu({})",
    "softplus": "softplus({})",
    "swish": "swish({})",
    "gelu": "gelu({})",
    "sin": "np.sin({})",
    "identity": "{}",
}
_DOCSTRING = {
    "regression": """A network that bptui has trained, for programs that have NumPy but not bptui.

    predict(rows)   the answer for each row, in the units of the data
""",
    "classification": """A network that bptui has trained, for programs that have NumPy but not bptui.

    predict(rows)         the class of each row
    predict_proba(rows)   the probability of each of CLASSES, for each row
""",
}


def written(pathway: Pathway) -> str:
    """The source of the module."""
    return python_text.spaced(
        (
            python_text.head(pathway, _DOCSTRING[pathway.task], "python -I FILE", "import numpy as np"),
            python_text.reader(pathway),
            _features(pathway),
            _network(pathway),
            _answers(pathway),
            _numbers(pathway),
            python_text.vectors(pathway),
            python_text.check(pathway, f"{'predict_proba' if pathway.is_classifier else 'values_of'}(rows)"),
        )
    )


def _features(pathway: Pathway) -> str:
    places = [part for part in pathway.parts if isinstance(part, int)]
    if not pathway.has_features:
        features = "x"
    elif len(places) == len(pathway.parts):
        features = f"x[:, {places}]"
    else:
        lines = python_text.features(pathway, " " * 12, python_number, of_module("np"))
        features = f"np.column_stack(\n        [\n{lines}        ]\n    )"
    check = ""
    if pathway.formulas:
        check = f"""    for row, place in np.argwhere(~(np.abs(features) <= {LARGEST})):
        raise ValueError(f"row {{row}}, {{FEATURES[place]}}: has no finite value")
"""
    x, fast = f"np.array(coordinates_of(rows)).reshape(-1, {pathway.coordinates})", ""
    if pathway.is_plain:
        x, fast = (
            f"rows if fits else {x}",
            f"""    # An array of finite numbers needs no reading, which would take long for many rows.
    fits = isinstance(rows, np.ndarray) and rows.dtype == float and rows.shape[1:] == ({pathway.coordinates},)
    fits = fits and (np.abs(rows) <= {LARGEST}).all()
""",
        )
    return f'''
def inputs_of(rows):
    """What the network is given for each row: the features, scaled."""
{fast}    x = {x}
    features = {features}
{check}    return (features - OFFSETS) / SCALES

'''


def _network(pathway: Pathway) -> str:
    lines = "".join(
        f"    x = {_ACTIVATIONS[layer.activation].format(f'x @ WEIGHTS_{number} + BIASES_{number}')}\n"
        for number, layer in enumerate(pathway.layers, 1)
    )
    return f'''{definitions(_HELPERS, lines)}
def outputs_of(x):
    """The outputs of the network for its inputs."""
{lines}    return x

'''


_SOFTMAX = '''
@np.errstate(all="ignore")
def predict_proba(rows):
    """The probability of each class for each row."""
    u = outputs_of(inputs_of(rows))
    e = np.exp(u - u.max(axis=1, keepdims=True))  # at most 1, so that nothing overflows
    return e / e.sum(axis=1, keepdims=True)


def predict(rows):
    """The class of each row."""
    return np.array(CLASSES)[predict_proba(rows).argmax(axis=1)]


'''


def _answers(pathway: Pathway) -> str:
    if pathway.is_classifier:
        return _SOFTMAX
    result = "[:, 0]" if len(pathway.outputs) == 1 else ""
    return f'''
@np.errstate(all="ignore")
def values_of(rows):
    """The outputs for each row, in the units of the data."""
    return outputs_of(inputs_of(rows)) * TARGET_SCALES + TARGET_OFFSETS


def predict(rows):
    """The answer for each row, in the units of the data."""
    return values_of(rows){result}


'''


def _numbers(pathway: Pathway) -> str:
    text = ""
    if pathway.formulas:
        text = f"# The names of the features.\n{literal(list(pathway.input_names), 'FEATURES = ')}\n\n"
    text += "# The features are scaled before the network sees them: (feature - offset) / scale.\n"
    text += _array("OFFSETS", pathway.scaling.offset) + _array("SCALES", pathway.scaling.scale)
    text += "\n# A row for each input of a layer, and a column for each of its units.\n"
    for number, layer in enumerate(pathway.layers, 1):
        text += _array(f"WEIGHTS_{number}", layer.weights) + _array(f"BIASES_{number}", layer.biases)
    if not pathway.is_classifier:
        text += "\n# From the outputs to the units of the data.\n"
        text += _array("TARGET_OFFSETS", pathway.target_scaling.offset)
        text += _array("TARGET_SCALES", pathway.target_scaling.scale)
    return text + "\n"


def _array(name: str, values: Array) -> str:
    return literal(values.tolist(), f"{name} = np.array(") + ")\n"

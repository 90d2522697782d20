"""The export as a Python module with a module of PyTorch, which can be trained further."""

from __future__ import annotations

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import LARGEST
from bpengine.exports import python_text
from bpengine.exports.formulas import of_module, python_number
from bpengine.exports.pathway import Pathway
from bpengine.exports.python_text import literal

_ACTIVATIONS = {
    "sigmoid": "torch.sigmoid({})",
    "tanh": "torch.tanh({})",
    "relu": "torch.relu({})",
    "leaky-relu": "nn.functional.leaky_relu({}, 0.01)",
    "elu": "nn.functional.elu({})",
    # nn.functional.softplus is z itself where z is large.
    "softplus": "torch.logaddexp({}, torch.zeros((), dtype=torch.float64))",
    "swish": "nn.functional.silu({})",
    "gelu": 'nn.functional.gelu({}, approximate="tanh")',
    "sin": "torch.sin({})",
    "identity": "{}",
}
_DOCSTRING = {
    "regression": """A network that bptui has trained, as a module of PyTorch, in 64-bit floats.

    Model()            the network with its weights, which can be trained further
    inputs_of(rows)    a tensor with the numbers for each row
    Model()(inputs)    the answers in the units of the data
""",
    "classification": """A network that bptui has trained, as a module of PyTorch, in 64-bit floats.

    Model()                  the network with its weights, which can be trained further
    inputs_of(rows)          a tensor with the numbers for each row
    Model()(inputs)          the probability of each of CLASSES, for each row
    Model().outputs(inputs)  the same before softmax, for torch.nn.CrossEntropyLoss
""",
}


def written(pathway: Pathway) -> str:
    """The source of the module."""
    single = not pathway.is_classifier and len(pathway.outputs) == 1
    answers = f"Model()(inputs_of(rows)){'.unsqueeze(1)' if single else ''}.tolist()"
    return python_text.spaced(
        (
            python_text.head(
                pathway, _DOCSTRING[pathway.task], "python FILE", "import torch", "from torch import nn"
            ),
            python_text.reader(pathway),
            _inputs(pathway),
            _model(pathway),
            _state(pathway),
            python_text.vectors(pathway),
            python_text.check(pathway, answers),
        )
    )


def _inputs(pathway: Pathway) -> str:
    columns = pathway.coordinates
    rows = "rows if torch.is_tensor(rows) else " if pathway.is_plain else ""
    return f'''

def inputs_of(rows):
    """The numbers for each row, as a tensor."""
    inputs = torch.as_tensor({rows}coordinates_of(rows), dtype=torch.float64).reshape(-1, {columns})
    if not torch.all(inputs.abs() <= {LARGEST}):
        raise ValueError("the numbers must be finite")
    return inputs

'''


def _model(pathway: Pathway) -> str:
    layers = "".join(
        f"        self.layer_{number} = nn.Linear({', '.join(map(str, layer.weights.shape))}, **kind)\n"
        for number, layer in enumerate(pathway.layers, 1)
    )
    buffers = "".join(
        f'        self.register_buffer("{name}", torch.empty({len(values)}, **kind))\n'
        for name, values in _buffers(pathway).items()
    )
    lines = "".join(
        f"        x = {_ACTIVATIONS[layer.activation].format(f'self.layer_{number}(x)')}\n"
        for number, layer in enumerate(pathway.layers, 1)
    )
    numbers = ""
    if pathway.formulas:
        numbers = '''

def number(value):
    """A constant of a formula."""
    return torch.tensor(value, dtype=torch.float64)

'''
    what = " before softmax" if pathway.is_classifier else ", in its own units"
    answers = "probability of each class" if pathway.is_classifier else "answers in the units of the data"
    return f'''{numbers}
class Model(nn.Module):
    """The network, from numbers in the units of the data to answers."""

    def __init__(self):
        super().__init__()
        kind = {{"dtype": torch.float64}}
{layers}{buffers}        state = {{name: torch.tensor(values, **kind) for name, values in STATE.items()}}
        self.load_state_dict(state)

    def outputs(self, x):
        """The outputs of the last layer{what}."""
{_features(pathway)}        x = (x - self.offsets) / self.scales  # as the network was trained
{lines}        return x

    def forward(self, x):
        """The {answers}."""
        return {_answer(pathway)}

'''


def _answer(pathway: Pathway) -> str:
    if pathway.is_classifier:
        return "torch.softmax(self.outputs(x), dim=1)"
    values = "self.outputs(x) * self.target_scales + self.target_offsets"
    return f"({values}).squeeze(1)" if len(pathway.outputs) == 1 else values


def _features(pathway: Pathway) -> str:
    if not pathway.has_features:
        return ""
    lines = python_text.features(pathway, " " * 16, _number, of_module("torch"))
    return f"""        x = torch.stack(
            [
{lines}            ],
            dim=1,
        )
        if not torch.all(x.abs() <= {LARGEST}):
            raise ValueError("a feature has no finite value")
"""


def _number(value: float) -> str:
    return f"number({python_number(value)})"


def _buffers(pathway: Pathway) -> dict[str, Array]:
    buffers = {"offsets": pathway.scaling.offset, "scales": pathway.scaling.scale}
    if not pathway.is_classifier:
        scaling = pathway.target_scaling
        buffers |= {"target_offsets": scaling.offset, "target_scales": scaling.scale}
    return buffers


def _state(pathway: Pathway) -> str:
    state: dict[str, object] = {}
    for number, layer in enumerate(pathway.layers, 1):
        state[f"layer_{number}.weight"] = layer.weights.T.tolist()
        state[f"layer_{number}.bias"] = layer.biases.tolist()
    state |= {name: values.tolist() for name, values in _buffers(pathway).items()}
    return "# A row of weights for each unit.\n" + literal(state, "STATE = ") + "\n\n"

"""Records `torch_traces.json` with PyTorch, where it is installed: `python -m tests.engine.torch_traces`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from bpengine import Task, Trainer, TrainingConfig

FILE = Path(__file__).with_suffix(".json")
STEPS = 3


def _case(task: Task, **settings: Any) -> TrainingConfig:
    return TrainingConfig.defaults(task, **{"samples": 7, "init_scale": 0.7} | settings)


CASES = {
    "sgd": _case("regression"),
    "momentum, two layers": _case(
        "regression", optimizer="momentum", hidden_units=(3, 2), activation="tanh", batch_size=3
    ),
    "nesterov": _case("regression", optimizer="nesterov", activation="leaky-relu", batch_size=2),
    "rmsprop, clipped": _case("regression", optimizer="rmsprop", batch_size=0, clip=0.05),
    "adam, classes": _case("classification", optimizer="adam", activation="relu", batch_size=4, samples=9),
    "linear regression": _case("regression", dataset="plane", hidden_units=(), batch_size=3),
    "logistic regression": _case("classification", hidden_units=(), optimizer="momentum", samples=9),
    "elu and softplus": _case("regression", hidden_units=(3, 2), activation=("elu", "softplus")),
    "swish and gelu": _case("classification", hidden_units=(3, 2), activation=("swish", "gelu"), samples=9),
}


def record(config: TrainingConfig) -> list[dict[str, Any]]:
    """What PyTorch computes in the first steps of a run, from its start and with its order of samples."""
    import torch  # type: ignore[import-not-found]  # only to record

    torch.set_default_dtype(torch.float64)
    trainer = Trainer(config)
    layers = []
    for layer in trainer.network.layers:
        linear = torch.nn.Linear(*layer.weights.shape)
        linear.weight.data = torch.tensor(layer.weights.T.copy())
        linear.bias.data = torch.tensor(layer.biases.copy())
        layers.append(linear)
    parameters = [each for layer in layers for each in (layer.weight, layer.bias)]
    rate, mu, rho = config.learning_rate, config.momentum, config.decay
    optimizer = {
        "sgd": lambda: torch.optim.SGD(parameters, rate),
        "momentum": lambda: torch.optim.SGD(parameters, rate, momentum=mu),
        "nesterov": lambda: torch.optim.SGD(parameters, rate, momentum=mu, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, rate, alpha=rho),
        "adam": lambda: torch.optim.Adam(parameters, rate, betas=(mu, rho)),
    }[config.optimizer]()
    functions = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky-relu": torch.nn.functional.leaky_relu,
        "elu": torch.nn.functional.elu,
        "softplus": torch.nn.functional.softplus,
        "swish": torch.nn.functional.silu,
        "gelu": partial(torch.nn.functional.gelu, approximate="tanh"),
    }
    steps = []
    for _ in range(STEPS):
        step = trainer.step()
        assert step is not None
        indices = list(step.indices)
        a = torch.tensor(trainer.dataset.inputs[indices])
        targets = torch.tensor(trainer.dataset.targets[indices])
        found: dict[str, Any] = {"z": [], "a": []}
        for number, layer in enumerate(layers):
            z = layer(a)
            hidden = number < len(config.activations)
            if hidden:
                a = functions[config.activations[number]](z)
            else:
                a = z if config.task == "regression" else torch.softmax(z, dim=1)
            found["z"].append(z.tolist())
            found["a"].append(a.tolist())
        if config.task == "regression":
            loss = 0.5 * ((z - targets) ** 2).sum(dim=1).mean()
        else:
            loss = torch.nn.functional.cross_entropy(z, targets)
        optimizer.zero_grad()
        loss.backward()
        found["gradient"] = [_plain(layer.weight.grad, layer.bias.grad) for layer in layers]
        if config.clip:
            torch.nn.utils.clip_grad_norm_(parameters, config.clip)
        optimizer.step()
        found["new"] = [_plain(layer.weight.data, layer.bias.data) for layer in layers]
        steps.append(found)
    return steps


def _plain(weights: Any, biases: Any) -> dict[str, Any]:
    """The numbers in the order of `LayerTrace`: inputs x units, then the biases."""
    return {"weights": weights.T.tolist(), "biases": biases.tolist()}


if __name__ == "__main__":
    FILE.write_text(json.dumps({name: record(config) for name, config in CASES.items()}), encoding="ascii")

"""The verdict on a diagnosis: every sentence by a made-up case, and some by real runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from bpengine import Diagnostics, LayerDiagnostics, Trainer, TrainingConfig, diagnose, verdict
from bpengine.csv_data import parse_csv


def sentence(diagnostics: Diagnostics) -> str:
    """The verdict, with checks that apply to every verdict."""
    text = verdict(diagnostics)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) <= 78
    assert text.endswith(".")
    assert text[0].isupper() or text[0].isdigit()
    return text


def made_up(
    *,
    config: dict[str, Any] | None = None,
    rate: float = 0.1,
    epochs: int = 100,
    left: float = 0.5,
    output: dict[str, Any] | None = None,
    **layer: Any,
) -> Diagnostics:
    """A healthy hidden layer and an output layer, except for the given values."""
    sound: dict[str, Any] = {
        "number": 1,
        "name": "layer 1",
        "activation": "sigmoid",
        "units": 6,
        "gradient_norm": 0.1,
        "parameter_norm": 3.0,
        "update_log10": -3.0,
        "saturation": 0.1,
        "dead": (),
        "equal_units": False,
        "minimum": 0.1,
        "maximum": 0.9,
        "mean": 0.5,
    }
    last: dict[str, Any] = {
        "number": 2,
        "name": "output layer",
        "activation": "identity",
        "units": 1,
        "saturation": 0.0,
    }
    return Diagnostics(
        config=TrainingConfig(**(config or {})),
        learning_rate=rate,
        epochs_done=epochs,
        layers=(
            LayerDiagnostics(**(sound | layer)),
            LayerDiagnostics(**(sound | last | (output or {}))),
        ),
        samples=63,
        error=left * 0.25,
        constant_error=0.25,
    )


NONE = {"update_log10": None}
XAVIER = {"initializer": "xavier"}
CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "Healthy: updates are about 1/1000 of the weights."),
    ({"update_log10": -3.5}, "Healthy: updates are about 1/2000 of the weights."),
    ({"left": 0.02}, "Healthy: 98% of the error is gone, updates are 1/1000 of the weights."),
    ({"left": 0.0}, "Healthy: 99.9% of the error is gone, updates are 1/1000 of the weights."),
    ({"left": 0.02, "output": NONE} | NONE, "Healthy: 98% of the error is gone."),
    (
        {"left": 0.02, "saturation": 0.9},
        "Healthy: 98% of the error is gone, updates are 1/1000 of the weights.",
    ),
    (
        {"saturation": 0.838},
        "Layer 1 is 83% saturated: try a smaller init scale or learning rate.",
    ),
    ({"saturation": 0.838, "config": XAVIER}, "Layer 1 is 83% saturated: try a smaller learning rate."),
    ({"saturation": 0.79}, "Healthy: updates are about 1/1000 of the weights."),
    ({"saturation": 0.9, "activation": "relu"}, "Healthy: updates are about 1/1000 of the weights."),
    (
        {"equal_units": True, "config": {"init_scale": 0}},
        "All units of layer 1 are equal: init scale 0 can't break the symmetry.",
    ),
    (
        {"equal_units": True, "config": {"initializer": "zeros"}, "left": 0.01},
        "All units of layer 1 are equal: a start from zeros can't break the symmetry.",
    ),
    ({"equal_units": True, "config": {"l2": 1}}, "All units of layer 1 are equal: lower l1 and l2."),
    ({"equal_units": True}, "All units of layer 1 are equal: try another seed."),
    ({"gradient_norm": 1e-10}, "Gradient vanishes in layer 1 (1e-9 of the output's): try tanh or xavier."),
    ({"gradient_norm": 0.0}, "Gradient vanishes in layer 1 (0 of the output's): try tanh or xavier."),
    (
        {"gradient_norm": 1e-10, "config": {"activation": ("tanh",)}},
        "Gradient vanishes in layer 1 (1e-9 of the output's): try xavier.",
    ),
    (
        {"gradient_norm": 1e-10, "config": {"activation": ("relu",)}, "activation": "relu"},
        "Gradient vanishes in layer 1 (1e-9 of the output's): try leaky-relu or he.",
    ),
    (
        {"gradient_norm": 1e-10, "config": XAVIER | {"activation": ("tanh",)}},
        "Gradient vanishes in layer 1 (1e-9 of the output's): try fewer layers.",
    ),
    ({"gradient_norm": 2e-4}, "Healthy: updates are about 1/1000 of the weights."),
    (
        {"gradient_norm": 0.0, "output": {"gradient_norm": 0.0}},
        "Healthy: updates are about 1/1000 of the weights.",
    ),
    ({"update_log10": -0.48}, "Updates are large (1/3 of the weights): lower the learning rate."),
    ({"update_log10": 0.0}, "Updates are large (as large as the weights): lower the learning rate."),
    ({"output": {"update_log10": 1.3}}, "Updates are large (20 times the weights): lower the learning rate."),
    ({"update_log10": 9.0}, "Updates are large (over 1000 times the weights): lower the learning rate."),
    (
        {"update_log10": -0.48, "epochs": 0},
        "Fast: updates are about 1/50 of the weights, usual early in a run.",
    ),
    (
        {"update_log10": -0.48, "epochs": 0, "config": XAVIER},
        "Updates are large (1/3 of the weights): lower the learning rate.",
    ),
    (
        {"update_log10": -0.48, "epochs": 0, "config": {"init_scale": 1}},
        "Updates are large (1/3 of the weights): lower the learning rate.",
    ),
    (
        {"update_log10": 1.1, "epochs": 0},
        "Updates are large (10 times the weights): lower the learning rate.",
    ),
    ({"left": 3.04}, "Worse than a constant output (3 times its error): lower the learning rate."),
    ({"left": 1e9}, "Worse than a constant output (by far): lower the learning rate."),
    ({"left": 3.04, "epochs": 0}, "Healthy: updates are about 1/1000 of the weights."),
    (
        {"activation": "relu", "dead": (0, 3)},
        "Layer 1 has 2 dead units of 6: try leaky-relu or a lower learning rate.",
    ),
    ({"activation": "relu", "dead": (3,)}, "Healthy: updates are about 1/1000 of the weights."),
    (
        {"activation": "relu", "dead": tuple(range(6))},
        "All units of layer 1 are dead: try leaky-relu or a lower learning rate.",
    ),
    (
        {"activation": "leaky-relu", "dead": tuple(range(6))},
        "6 of 6 units of layer 1 are always off: try another seed.",
    ),
    ({"rate": 0.0}, "The learning rate is 0 because of the schedule: nothing changes."),
    ({"rate": 0.0, "config": {"learning_rate": 0}}, "The learning rate is 0: nothing changes."),
    ({"left": 0.95, "config": {"l2": 1}}, "The penalty keeps layer 1 from learning: lower l2."),
    ({"left": 0.95, "config": {"l1": 1}}, "The penalty keeps layer 1 from learning: lower l1."),
    ({"left": 0.95, "config": {"l2": 0.001}}, "Healthy: updates are about 1/1000 of the weights."),
    ({"left": 0.5, "config": {"l2": 1}}, "Healthy: updates are about 1/1000 of the weights."),
    (
        {"left": 0.32, "update_log10": -6.0, "output": {"update_log10": -5.5}},
        "Stalled with 32% of the error left: try more units or a higher learning rate.",
    ),
    (
        {"left": 1.0, "update_log10": -6.0, "output": {"update_log10": -5.9}},
        "Updates are tiny (1e-6 of the weights): raise the learning rate.",
    ),
    (
        {"update_log10": -4.4, "output": {"update_log10": -4.4}},
        "Slow: updates are about 1/30000 of the weights; try a higher learning rate.",
    ),
    ({"output": NONE} | NONE, "No weight is updated yet: the weights of other layers are 0."),
    ({"left": math.inf}, "Numbers overflow: try a smaller init scale or learning rate, then restart."),
    (
        {"gradient_norm": math.inf, "config": XAVIER},
        "Numbers overflow: try a smaller learning rate, then restart.",
    ),
]


@pytest.mark.parametrize(("case", "text"), CASES, ids=[str(number) for number in range(len(CASES))])
def test_each_verdict(case: dict[str, Any], text: str) -> None:
    assert sentence(made_up(**case)) == text


def test_the_longest_verdicts_fit() -> None:
    many = tuple(range(999))
    for name in ("relu", "leaky-relu"):
        told = sentence(made_up(name="layer 8", activation=name, units=1000, dead=many))
        assert "999" in told and "1000" in told
    for norm in (1e-98, 1e-200, 1e-300):
        sentence(made_up(name="layer 8", gradient_norm=norm))
        sentence(made_up(name="layer 8", gradient_norm=norm, config={"activation": ("relu",)}))
    for update in (-320, *np.arange(-8, 5, 0.07), 320):
        for left in (0.0, 0.012345, 0.5, 0.999, 1.0, 12345.678, 1e300):
            for epochs in (0, 1):
                alike = {"update_log10": float(update)}
                sentence(made_up(update_log10=float(update), output=alike, left=left, epochs=epochs))


@pytest.mark.parametrize(
    ("changes", "epochs", "start"),
    [
        ({}, 300, "Healthy: 9"),
        ({"init_scale": 0}, 3, "All units of layer 1 are equal: init scale 0"),
        ({"init_scale": 20}, 1, "Layer 1 is 9"),
        ({"hidden_units": (8, 8, 8)}, 1, "Gradient vanishes in layer 1"),
        ({"learning_rate": 1e-5}, 3, "Updates are tiny"),
        ({"learning_rate": 0}, 3, "The learning rate is 0:"),
        (
            {"activation": ("relu",), "learning_rate": 0.5, "init_scale": 1},
            5,
            "All units of layer 1 are dead",
        ),
        ({"l2": 2}, 50, "The penalty keeps layer 1 from learning: lower l2."),
    ],
)
def test_verdicts_of_runs(changes: dict[str, Any], epochs: int, start: str) -> None:
    run = Trainer(TrainingConfig(**changes))
    for _ in range(epochs):
        run.run_epoch()
    assert sentence(diagnose(run)).startswith(start)


def test_where_all_targets_are_the_same() -> None:
    constant = Trainer(
        TrainingConfig(init_scale=0, hidden_units=(1,)),
        parse_csv("x,y\n1,5\n2,5\n3,5\n", "same.csv", "regression"),
    )
    assert diagnose(constant).error_left == 0
    constant.network.output.biases[:] = 1
    assert diagnose(constant).error_left == math.inf
    constant.run_epoch()
    assert "constant" not in sentence(diagnose(constant))
    one_class = parse_csv("x,y\n1,a\n2,a\n3,a\n4,b\n", "same.csv", "classification")
    trainer = Trainer(TrainingConfig.defaults("classification", init_scale=1), one_class)
    trainer.network.output.biases[:] = [1e3, 0]
    assert diagnose(trainer).error_left > 1

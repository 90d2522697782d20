"""What a diagnosis shows in words: every sentence by a made-up case, and some by real runs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpengine import (
    Diagnostics,
    DivergedError,
    Finding,
    LayerDiagnostics,
    Sharpness,
    Trainer,
    TrainingConfig,
    diagnose,
    findings,
    verdict,
)
from bpengine.data.csv import parse_csv
from bpengine.explain.diagnostics import FindingKind

REMEDIES = {FindingKind.DIVERGED, FindingKind.EQUAL_UNITS}
"""The kinds of findings with a remedy that mathematics is certain of."""


def found_in(diagnostics: Diagnostics) -> tuple[Finding, ...]:
    """The findings, with checks that apply to all of them."""
    found = findings(diagnostics)
    for finding in found:
        text = finding.sentence
        assert text.isascii()
        assert text.isprintable()
        assert len(text) <= (120 if finding.kind is FindingKind.SHARPNESS else 88)
        assert text.endswith(".")
        assert text[0].isupper() or text[0].isdigit()
        assert finding.remedy in text
        assert not finding.remedy or finding.kind in REMEDIES
        assert not any(word in text.lower() for word in (" try ", "healthy", "raise the"))
    assert verdict(diagnostics) == " ".join(finding.sentence for finding in found)
    return found


def made_up(
    *,
    config: dict[str, Any] | None = None,
    output: dict[str, Any] | None = None,
    whole: dict[str, Any] | None = None,
    left: float = 0.5,
    **layer: Any,
) -> Diagnostics:
    """A hidden layer and an output layer with nothing to mention, except for the given values."""
    sound: dict[str, Any] = {
        "number": 1,
        "name": "layer 1",
        "activation": "sigmoid",
        "units": 6,
        "gradient_norm": 0.1,
        "update_ratio": 0.001,
        "saturation": 0.1,
        "off": (),
        "equal_units": False,
    }
    last: dict[str, Any] = {
        "number": 2,
        "name": "output layer",
        "activation": "identity",
        "units": 1,
        "saturation": 0.0,
    }
    figures: dict[str, Any] = {
        "learning_rate": 0.1,
        "updates": 100,
        "divergence_epoch": None,
        "update_ratio": None,
        "samples": 63,
        "all_samples": True,
        "error": left * 0.25,
        "test_error": None,
        "constant_error": 0.25,
    }
    return Diagnostics(
        config=TrainingConfig(**(config or {})),
        layers=(
            LayerDiagnostics(**(sound | layer)),
            LayerDiagnostics(**(sound | last | (output or {}))),
        ),
        **(figures | (whole or {})),
    )


RELU = {"activation": "relu"}
CASES: dict[FindingKind, list[tuple[dict[str, Any], str]]] = {
    FindingKind.DIVERGED: [
        ({}, ""),
        (
            {"whole": {"divergence_epoch": 12}},
            "The run diverged in epoch 12: go back before it, then lower the learning rate.",
        ),
        ({"whole": {"divergence_epoch": 0, "learning_rate": 0.0}}, "The run diverged in epoch 0."),
        (
            {"whole": {"divergence_epoch": 0, "updates": 0, "error": math.inf}},
            "The run diverged in epoch 0.",
        ),
    ],
    FindingKind.OVERFLOW: [
        ({}, ""),
        ({"left": math.inf}, "The error is too large for a floating-point number."),
        ({"gradient_norm": math.inf}, "A gradient is too large for a floating-point number."),
    ],
    FindingKind.EQUAL_UNITS: [
        ({"config": {"init_scale": 0}}, ""),
        (
            {"equal_units": True, "config": {"init_scale": 0}},
            "All 6 units of layer 1 are equal and learn alike: restart with an init scale above 0.",
        ),
        (
            {"equal_units": True, "config": {"initializer": "zeros"}},
            "All 6 units of layer 1 are equal and learn alike: restart with another initializer.",
        ),
        ({"equal_units": True, "config": {"l2": 1}}, "All 6 units of layer 1 are equal."),
        (
            {"equal_units": True, "config": {"initializer": "he", "init_scale": 0}},
            "All 6 units of layer 1 are equal.",
        ),
    ],
    FindingKind.ERROR: [
        ({"left": 0.021}, "The error is 1/48 of that of the best constant."),
        ({"left": 0.5}, "The error is 50% of that of the best constant."),
        ({"left": 0.99}, "The error is 99% of that of the best constant."),
        ({"left": 0.0031}, "The error is 1/320 of that of the best constant."),
        ({"left": 1.01e-6}, "The error is 1/990000 of that of the best constant."),
        ({"left": 9e-7}, "The error is under a millionth of that of the best constant."),
        ({"left": -1e-8}, "The error is under a millionth of that of the best constant."),
        ({"left": 0.996}, "The error is about that of the best constant."),
        ({"left": 1.004}, "The error is about that of the best constant."),
        ({"left": 1.04}, "The error is 1.04 times that of the best constant."),
        ({"left": 333.3}, "The error is 330 times that of the best constant."),
        ({"left": 1e9}, "The error is 1e9 times that of the best constant."),
        (
            {"whole": {"constant_error": 0.0}},
            "The error is 0.125; that of the best constant is at most 1e-06.",
        ),
        ({"left": math.inf}, ""),
    ],
    FindingKind.TEST_ERROR: [
        ({}, ""),
        ({"whole": {"test_error": 19 * 0.125}}, "The test error is 19 times the training error."),
        ({"whole": {"test_error": 0.125}}, "The test error is about equal to the training error."),
        ({"whole": {"test_error": 0.1}}, "The test error is 0.8 times the training error."),
        ({"whole": {"test_error": 1e6}}, "The test error is 8e6 times the training error."),
        (
            {"left": 0.0, "whole": {"test_error": 0.5}},
            "The test error is 0.5, the training error 0.",
        ),
        ({"whole": {"test_error": math.inf}}, ""),
        ({"left": math.inf, "whole": {"test_error": 1.0}}, ""),
    ],
    FindingKind.UNITS_OFF: [
        ({"activation": "relu"}, ""),
        ({"off": (2,), "left": math.inf} | RELU, ""),
        ({"off": (2,)} | RELU, "Unit 3 of layer 1 is off for all 63 samples and can't recover."),
        ({"off": (0, 3)} | RELU, "Units 1 and 4 of layer 1 are off for all 63 samples and can't recover."),
        (
            {"off": (0, 3, 5)} | RELU,
            "Units 1, 4 and 6 of layer 1 are off for all 63 samples and can't recover.",
        ),
        (
            {"off": (0, 1, 2, 3)} | RELU,
            "4 of 6 units of layer 1 are off for all 63 samples and can't recover.",
        ),
        (
            {"off": (0, 3), "config": {"optimizer": "rmsprop"}} | RELU,
            "Units 1 and 4 of layer 1 are off for all 63 samples and can't recover.",
        ),
        *(
            ({"off": (0, 3), **others}, f"Units 1 and 4 of layer 1 are off for all {samples} samples now.")
            for samples, others in (
                (63, {"config": {"optimizer": "momentum"}} | RELU),
                (63, {"config": {"optimizer": "adam"}} | RELU),
                (63, {"config": {"l2": 0.1}} | RELU),
                (63, {"config": {"l1": 0.1}} | RELU),
                (1000, {"whole": {"all_samples": False, "samples": 1000}} | RELU),
                (63, {"activation": "leaky-relu"}),
            )
        ),
    ],
    FindingKind.SATURATION: [
        ({"saturation": 0.499}, ""),
        ({"saturation": 0.838}, "Layer 1: 83% of the outputs for 63 samples are saturated."),
        ({"saturation": 0.57}, "Layer 1: 57% of the outputs for 63 samples are saturated."),
        ({"saturation": 0.838} | RELU, ""),
    ],
    FindingKind.GRADIENT: [
        ({"gradient_norm": 1.01e-4}, ""),
        ({"gradient_norm": 1.3e-10}, "The gradient of layer 1 is 1.3e-9 of that of the output layer."),
        ({"gradient_norm": 0.0}, "The gradient of layer 1 is 0."),
        ({"gradient_norm": 0.0, "output": {"gradient_norm": 0.0}}, ""),
    ],
    FindingKind.UPDATE: [
        ({}, ""),
        (
            {"whole": {"update_ratio": 1 / 17_123}},
            "An update changes the weights by about 1/17000 of their size.",
        ),
        (
            {"whole": {"update_ratio": 1.6e-7}},
            "An update changes the weights by about 1.6e-7 of their size.",
        ),
        ({"whole": {"update_ratio": 0.151}}, "An update changes the weights by about 1/6.62 of their size."),
        ({"whole": {"update_ratio": 0.251}}, "An update changes the weights by about 0.25 times their size."),
        ({"whole": {"update_ratio": 31.4}}, "An update changes the weights by about 31 times their size."),
        ({"whole": {"update_ratio": 0.0}}, "An update changes no weight."),
        ({"whole": {"update_ratio": math.inf}}, ""),
        (
            {"whole": {"learning_rate": 0.0}},
            "The learning rate is 0 because of the schedule: no weight changes.",
        ),
        (
            {"whole": {"learning_rate": 0.0}, "config": {"learning_rate": 0}},
            "The learning rate is 0: no weight changes.",
        ),
    ],
    FindingKind.SHARPNESS: [
        ({}, ""),
        ({"whole": {"sharpness": Sharpness(0.0, holds=False)}}, ""),
        ({"left": math.inf, "whole": {"sharpness": Sharpness(31.0, holds=True)}}, ""),
        (
            {"whole": {"sharpness": Sharpness(31.0, holds=True)}},
            "Sharpness 31: for full batches and plain steps, not set here, the limit is 0.0645 (2/31). "
            "100 full-batch steps never rise above the start at 0.9 of 0.0645 (2/31); at 1.2 they do, for a "
            "while or for good.",
        ),
        (
            {"whole": {"sharpness": Sharpness(0.299123, holds=True)}, "config": {"batch_size": 0}},
            "Sharpness 0.299: the learning rate may be raised to about 6.02. "
            "100 full-batch steps never rise above the start at 0.9 of 6.69 (2/0.299); at 1.2 they do, for a "
            "while or for good.",
        ),
        (
            {"whole": {"sharpness": Sharpness(31.0, holds=True)}, "config": {"batch_size": 0}},
            "Sharpness 31: the learning rate is near its limit, 0.0645 (2/31), or above it. "
            "100 full-batch steps never rise above the start at 0.9 of 0.0645 (2/31); at 1.2 they do, for a "
            "while or for good.",
        ),
        (
            {"whole": {"sharpness": Sharpness(31.0, holds=False)}},
            "Sharpness 31: the limit of the learning rate, 0.0645 (2/31), is only a guide here. "
            "It is that of full batches and plain steps, which are not set here.",
        ),
        (
            {"whole": {"sharpness": Sharpness(31.0, holds=False), "divergence_epoch": 3}},
            "The learning rate was 1.55 times the limit of full-batch steps, 0.0645 (2/31).",
        ),
        (
            {"whole": {"sharpness": Sharpness(8.0, holds=True), "divergence_epoch": 3}, "left": math.inf},
            "The learning rate was 0.4 of the limit of full-batch steps, 0.25 (2/8).",
        ),
        (
            {"whole": {"sharpness": Sharpness(8.0, True), "divergence_epoch": 3, "learning_rate": 0.0}},
            "",
        ),
    ],
}


@pytest.mark.parametrize(
    ("kind", "case", "text"), [(kind, *case) for kind, cases in CASES.items() for case in cases]
)
def test_each_situation_has_its_sentence(kind: FindingKind, case: dict[str, Any], text: str) -> None:
    found = found_in(made_up(**case))
    assert " ".join(finding.sentence for finding in found if finding.kind is kind) == text


@pytest.mark.parametrize(
    ("off", "recover"),
    [
        ([1, 1, 1], [False, True, True]),  # the inputs of the first layer alone never change
        ([2, 1, 0], [False, False]),  # layer 1 learns nothing any more, so the inputs of layer 2 stay
        ([1, 2, 1], [False, False, False]),  # nor does layer 1 learn below a layer that is off
        ([0, 1, 2], [False, False]),
        ([2, 0, 1], [False, True]),  # layer 2 learns: its biases still have a gradient
    ],
)
def test_units_of_later_layers_recover_unless_their_inputs_stay(off: list[int], recover: list[bool]) -> None:
    base = made_up(units=2, activation="relu")
    hidden = [
        replace(base.layers[0], number=number, off=tuple(range(count)))
        for number, count in enumerate(off, start=1)
    ]
    found = found_in(replace(base, layers=(*hidden, base.output)))
    sentences = [finding.sentence for finding in found if finding.kind is FindingKind.UNITS_OFF]
    assert [sentence.endswith(" now.") for sentence in sentences] == recover


def test_units_that_come_back_were_not_said_to_be_lost() -> None:
    settings: dict[str, Any] = {"dataset": "spiral", "hidden_units": (4, 4), "activation": ("relu",)}
    settings |= {"initializer": "he", "learning_rate": 0.05, "seed": 4, "epochs": 99}
    run = Trainer(TrainingConfig.defaults("classification", **settings))
    said = []
    for _ in range(12):
        run.run_epoch()
        found = findings(diagnose(run))
        said.append(" ".join(each.sentence for each in found if each.kind is FindingKind.UNITS_OFF))
    assert "off for all" in said[4]
    assert said[4].endswith(" now.")
    assert "off for all" not in said[7]


def test_every_kind_has_cases() -> None:
    assert set(CASES) == set(FindingKind)


def test_the_longest_sentences_fit() -> None:
    many = tuple(range(999))
    for name in ("relu", "leaky-relu"):
        last = found_in(made_up(name="layer 8", activation=name, units=1000, off=many))[1].sentence
        assert "999 of 1000 units" in last
    for initializer in ("normal", "zeros"):
        config = {"initializer": initializer, "init_scale": 0}
        found_in(made_up(name="layer 8", units=1000, equal_units=True, config=config))
    found_in(made_up(whole={"divergence_epoch": 1_000_000}))
    for exponent in (-320, *np.arange(-8, 5, 0.07), 300):
        size = float(10.0**exponent)
        found_in(made_up(gradient_norm=size, left=size, whole={"update_ratio": size, "test_error": size}))
        for holds in (True, False):
            sharp = {"sharpness": Sharpness(size, holds)}
            found_in(made_up(whole=sharp))
            found_in(made_up(whole=sharp | {"divergence_epoch": 1, "learning_rate": 1 / size}))


@pytest.mark.parametrize(
    ("changes", "epochs", "text"),
    [
        ({}, 300, "The error is 1/32 of that of the best constant."),
        ({"init_scale": 0}, 3, "All 3 units of layer 1 are equal and learn alike: restart"),
        ({"init_scale": 20}, 1, "Layer 1: 9"),
        ({"hidden_units": (8, 8, 8)}, 1, "The gradient of layer 1 is "),
        ({"learning_rate": 0}, 3, "The learning rate is 0: no weight changes."),
        (
            {"activation": ("relu",), "learning_rate": 0.5, "init_scale": 1},
            5,
            "Units 1, 2 and 3 of layer 1 are off for all 63 samples and can't recover.",
        ),
        ({"hidden_units": ()}, 300, "The error is 43% of that of the best constant."),
        ({"l2": 2}, 50, "The error is about that of the best constant."),
        ({"dataset": "noisy-sine", "test_share": 0.9, "samples": 40}, 2000, "The test error is "),
    ],
)
def test_known_runs_get_their_sentences(changes: dict[str, Any], epochs: int, text: str) -> None:
    run = Trainer(TrainingConfig(**changes))
    for _ in range(epochs):
        run.run_epoch()
    found_in(diagnose(run))
    assert text in verdict(diagnose(run))


def test_divergence_is_the_first_finding_of_a_diverged_run() -> None:
    run = Trainer(TrainingConfig(learning_rate=10))
    with pytest.raises(DivergedError):
        for _ in run.reports():
            pass
    assert run.divergence is not None
    first = found_in(diagnose(run))[0]
    assert (first.kind, first.figure, first.layer) == (FindingKind.DIVERGED, run.divergence.epoch, 0)
    assert "lower the learning rate" in first.remedy


def test_an_error_is_compared_with_the_best_constant_where_all_targets_are_equal() -> None:
    constant = Trainer(
        TrainingConfig(init_scale=0, hidden_units=(1,)),
        parse_csv("x,y\n1,5\n2,5\n3,5\n", "same.csv", "regression"),
    )
    assert "The error is 0; that of the best constant is at most 1e-06." in verdict(diagnose(constant))
    constant.network.output.biases[:] = 1
    assert "The error is 0.5; that of the best constant is at most 1e-06." in verdict(diagnose(constant))

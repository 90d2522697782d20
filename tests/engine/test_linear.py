"""The best linear model agrees with scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from bpengine import Dataset, TrainingConfig, make_dataset
from bpengine.linear import RIDGES, fit_linear
from bpengine.training.predictions import measure_outputs

# scikit-learn 1.9.1: LogisticRegression(C=1 / ridge), 2 / ridge for two classes, or Ridge(alpha=ridge), with
# the same cross-validation, fitted with tol=1e-10: the ridge, log loss or half the mean squared error and
# accuracy or R² of the test samples, and the weights of the first output (half of them for two classes).
REFERENCES = [
    (
        {"task": "classification", "dataset": "blobs", "noise": 0.3, "features": ("x", "y", "x*y", "x**2")},
        (0.8, 0.3140779237581929, 0.8466666666666667),
        [-0.12612757924238657, 1.9617869179290814, -0.12573175782043886, -0.4399631469311452],
    ),
    (
        {"task": "classification", "dataset": "moons", "noise": 0.3},
        (0.16, 0.4455769371839988, 0.76),
        [-2.4032264131543206 / 2, 3.0868507462186825 / 2],
    ),
    (
        {"task": "regression", "dataset": "noisy-sine", "features": ("x", "x**2", "x**3", "x**4")},
        (0.03, 0.021533999335176475, 0.9191585137538898),
        [2.0702371873349086, -4.950164494710853, -0.35517715833439495, 2.9459832485444633],
    ),
]


@pytest.mark.parametrize(("settings", "figures", "weights"), REFERENCES)
def test_it_agrees_with_scikit_learn(
    settings: dict[str, object], figures: tuple[float, ...], weights: list[float]
) -> None:
    training = make_dataset(TrainingConfig.defaults(test_share=0.5, **settings))  # type: ignore[arg-type]
    model, test = fit_linear(training), training.test
    assert model is not None
    assert test is not None
    outputs = model.outputs(test)
    metrics = measure_outputs(outputs, test)
    assert (model.ridge, metrics.error, metrics.accuracy or metrics.r2) == pytest.approx(figures, abs=2e-6)
    assert model.weights[:-1, 0].tolist() == pytest.approx(weights, abs=2e-4)
    if model.task == "classification":
        assert outputs.sum(axis=1) == pytest.approx(1)


def test_a_class_in_the_middle_is_found_where_least_squares_hides_it() -> None:
    x = np.linspace(0, 3, 91)
    model = fit_linear(
        samples := make_dataset(
            TrainingConfig.defaults("classification"),
            Dataset.from_arrays(x, np.array(list("abc"))[(x - 1e-9).astype(int)]),
        )
    )
    assert model is not None
    assert (measure_outputs(model.outputs(samples), samples).accuracy or 0) > 0.97


def test_few_and_hostile_samples_end_in_a_model_or_in_none() -> None:
    rng = np.random.RandomState(0)
    inputs = rng.standard_normal((12, 40))
    targets = rng.standard_normal(12)
    for columns, values in (
        (inputs, targets),  # more inputs than samples
        (inputs[:2, :1], targets[:2]),
        (np.ones((12, 3)), targets),  # nothing to learn from
        (inputs * 1e90, targets * 1e90),
        (np.column_stack([inputs[:, 0], inputs[:, 0]]), inputs[:, 0]),
    ):
        for labels in (values, np.where(values > np.median(values), "a", "b")):
            source = Dataset.from_arrays(columns, labels)
            dataset = make_dataset(TrainingConfig.defaults(source.task), source)
            model = fit_linear(dataset)
            assert model is not None
            assert model.ridge in RIDGES
            assert np.isfinite(model.outputs(dataset)).all()


def test_a_model_that_has_not_converged_in_time_is_none() -> None:
    assert fit_linear(make_dataset(TrainingConfig.defaults("classification")), seconds=0) is None

"""Importance, partial dependence and calibration, beside scikit-learn's on the same networks.

`make test-frameworks` compares ten made tables; a few of scikit-learn's numbers are kept for the suite.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.random import RandomState

from bpengine import TASKS, Dataset, Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.calibration import calibration
from bpengine.explain.importance import measuring_importance, partial_dependence
from bpengine.network.losses import LOSSES
from bpengine.training.predictions import network_outputs

DEPENDENCE = (-0.7517215427, -0.117400585, 0.3257981819)
"""The partial dependence of table 0 on its second column, at its lowest, its 20th and its highest value, as
`sklearn.inspection.partial_dependence` of scikit-learn 1.9 gives it."""
CURVE = ((0.47467357, 0.5), (0.9787108, 10 / 12))
"""The confidence and accuracy of the first and the last of ten bins of table 1, as
`sklearn.calibration.calibration_curve` gives them."""
RISE = 0.7525
"""The importance of the first column of table 0, as `sklearn.inspection.permutation_importance` gives it with
1,000 shuffles; four standard errors of 200 are 0.022."""


def trained(number: int) -> Trainer:
    """A network on a made table: even numbers for regression, odd ones for three classes."""
    rng, task = RandomState(number), TASKS[number % 2]
    x = rng.normal(size=(480, 3 + number % 3))
    score = np.sin(2 * x[:, 0]) + 0.3 * x[:, 1] * (x[:, 2] > 0) + 0.2 * rng.normal(size=480)
    target: Any = score if task == "regression" else np.array([*"abc"])[np.digitize(score, (-0.5, 0.5))]
    config = TrainingConfig.defaults(
        task, hidden_units=(8,), activation="tanh", optimizer="adam", learning_rate=0.02, batch_size=16,
        epochs=30, test_share=0.25, seed=number,
    )  # fmt: skip
    trainer = Trainer(config, Dataset.from_arrays(x, target))
    trainer.fit()
    return trainer


def outputs(trainer: Trainer) -> Any:
    """The outputs of its single start."""
    return lambda inputs: network_outputs(trainer.network, inputs)[np.newaxis]


def rises(trainer: Trainer, permutations: int) -> Array:
    """The importance of each column."""
    pieces = measuring_importance(trainer.dataset, outputs(trainer), RandomState(1), permutations)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return np.array([each.mean for each in end.value])


def curve(trainer: Trainer) -> list[tuple[float, float]]:
    """The confidence and the accuracy of each bin."""
    test = trainer.dataset.test
    assert test is not None
    return [each[:2] for each in calibration(trainer.dataset, trainer.predict_proba(test.coordinates)).bins]


def test_the_kept_numbers_of_scikit_learn() -> None:
    first, second = trained(0), trained(1)
    shape = partial_dependence(first.dataset, outputs(first), 1)
    np.testing.assert_allclose(shape.means[0, [0, 19, 39]], DEPENDENCE, atol=1e-9)
    np.testing.assert_allclose([curve(second)[place] for place in (0, -1)], CURVE, atol=1e-7)
    assert rises(first, 200)[0] == pytest.approx(RISE, abs=0.025)


@pytest.mark.parametrize("number", range(10))
def test_ten_tables_beside_scikit_learn(number: int) -> None:
    pytest.importorskip("sklearn", reason="make test-frameworks installs scikit-learn")
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.calibration import calibration_curve
    from sklearn.inspection import partial_dependence as reference_dependence
    from sklearn.inspection import permutation_importance

    trainer = trained(number)
    dataset, test = trainer.dataset, trainer.dataset.test
    assert test is not None

    class Fitted(BaseEstimator):  # type: ignore[misc]
        """The network as an estimator."""

        def fit(self, x: Array, y: Array) -> Fitted:
            return self

        def __sklearn_is_fitted__(self) -> bool:
            return True

        def predict(self, x: Array) -> Any:
            return np.asarray(trainer.predict(x))

        def predict_proba(self, x: Array) -> Array:
            return trainer.predict_proba(x)

    class Regressor(RegressorMixin, Fitted):  # type: ignore[misc]
        """The network of a regression."""

    class Classifier(ClassifierMixin, Fitted):  # type: ignore[misc]
        """The network of a classification."""

        classes_ = np.arange(len(dataset.classes))

    is_regression = dataset.task == "regression"
    estimator = Regressor() if is_regression else Classifier()

    def score(_: Any, x: Array, y: Array) -> float:
        answers = network_outputs(trainer.network, dataset.inputs_at(x))
        return -float(LOSSES[dataset.task].value(answers, y).mean())

    found = permutation_importance(
        estimator, test.coordinates, test.targets, scoring=score, n_repeats=200, random_state=0
    )
    error = 4 * np.sqrt(2) * found.importances_std / np.sqrt(200) + 1e-12
    assert (np.abs(rises(trainer, 200) - found.importances_mean) < error).all()

    for output in range(1 if is_regression else len(dataset.classes)):
        shape = partial_dependence(dataset, outputs(trainer), 1, output)
        expected = reference_dependence(
            estimator, test.coordinates, [1], kind="both", method="brute", custom_values={1: shape.values}
        )
        np.testing.assert_allclose(shape.means[0], expected["average"][output], atol=1e-9)
        np.testing.assert_allclose(shape.rows, expected["individual"][output], atol=1e-9)

    if not is_regression:
        answers = trainer.predict_proba(test.coordinates)
        is_right = answers.argmax(axis=1) == test.targets.argmax(axis=1)
        right, confidence = calibration_curve(is_right, answers.max(axis=1), n_bins=10, strategy="quantile")
        np.testing.assert_allclose(curve(trainer), np.column_stack([confidence, right]), atol=1e-9)

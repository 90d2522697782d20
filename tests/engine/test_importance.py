"""What matters and in which way: importance and partial dependence, on tables with a known truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.random import RandomState

from bpengine import DataError, Dataset, Trainer, TrainingConfig, load_csv
from bpengine.arithmetic.arrays import Array
from bpengine.explain.calibration import calibration
from bpengine.explain.importance import Importance, column_groups, measuring_importance, partial_dependence
from bpengine.network.losses import LOSSES
from bpengine.training.predictions import network_outputs

SETTINGS = {"test_share": 0.25, "optimizer": "adam", "learning_rate": 0.02, "batch_size": 16, "epochs": 60}


class Starts:
    """Some networks of the same settings and data, each from its own start."""

    def __init__(self, source: Dataset, count: int = 3, **settings: object) -> None:
        config = TrainingConfig.defaults(source.task, **{**SETTINGS, **settings})
        self.trainers = [Trainer(config.replace(seed=seed), source) for seed in range(count)]
        for trainer in self.trainers:
            trainer.fit()
        self.dataset = self.trainers[0].dataset

    def outputs(self, inputs: Array) -> Array:
        """The outputs of all of them."""
        return np.stack([network_outputs(trainer.network, inputs) for trainer in self.trainers])

    def importance(self, permutations: int = 20) -> dict[tuple[str, ...], Importance]:
        """The importance of each group of columns, by their names."""
        pieces = measuring_importance(self.dataset, self.outputs, RandomState(7), permutations)
        while True:
            try:
                next(pieces)
            except StopIteration as end:
                return {importance.columns: importance for importance in end.value}


def table(rows: int = 400) -> Dataset:
    """y follows a and, where c is 1, b; copy is nearly a, and idle has no effect."""
    rng = RandomState(3)
    a, b, idle = rng.normal(size=(3, rows))
    c = rng.randint(2, size=rows).astype(float)
    y = np.sin(a) + np.where(c == 1, b, -b) + 0.1 * rng.normal(size=rows)
    columns = [a, b, c, a + 0.01 * rng.normal(size=rows), idle, np.ones(rows)]
    return Dataset.from_arrays(np.column_stack(columns), y, features=["a", "b", "c", "copy", "idle", "same"])


@pytest.fixture(scope="module")
def starts() -> Starts:
    return Starts(table(), hidden_units=(12,), activation="tanh")


def rises_by_hand(starts: Starts, places: Sequence[int], rng: RandomState, permutations: int) -> Array:
    """The rise of each start's loss for each test sample, by a plain loop; shape (starts, samples)."""
    dataset, test = starts.dataset, starts.dataset.test
    assert test is not None
    loss, rises = LOSSES[dataset.task].value, np.zeros((len(starts.trainers), len(test)))
    for _ in range(permutations):
        order = rng.permutation(len(test))
        shuffled = test.coordinates.copy()
        for place in places:
            shuffled[:, place] = test.coordinates[order, place]
        for number, trainer in enumerate(starts.trainers):
            after = network_outputs(trainer.network, dataset.inputs_at(shuffled))
            before = network_outputs(trainer.network, test.inputs)
            rises[number] += loss(after, test.targets) - loss(before, test.targets)
    return rises / permutations


def test_what_is_known_of_a_made_table_is_found(starts: Starts) -> None:
    importance = starts.importance()
    assert [*importance] == [("a", "copy"), ("b",), ("c",), ("idle",), ("same",)]
    assert all(importance[(name,)].is_decided for name in "bc")
    assert importance["a", "copy"].is_decided
    assert not importance["idle",].is_decided
    assert importance["same",].mean == 0 and not importance["same",].is_decided
    rng = RandomState(7)  # the same shuffles, by a plain loop
    for one, places in zip(importance.values(), [(0, 3), (1,), (2,), (4,), (5,)], strict=True):
        rises = rises_by_hand(starts, places, rng, 20)
        np.testing.assert_allclose(one.rises, rises.mean(axis=1), atol=1e-12)
        assert one.standard_error == pytest.approx(np.std(rises.mean(axis=0), ddof=1) / 10, abs=1e-12)


def test_columns_without_effect_are_seldom_decided_and_chance_of_the_starts_does_not_count(
    starts: Starts,
) -> None:
    sure = Importance(("x",), np.ones(2), np.array([0.2, 0.1]), 0.05)
    assert sure.is_decided
    assert not Importance(("x",), np.ones(2), np.array([0.2, -0.1]), 0.001).is_decided
    assert not Importance(("x",), np.ones(2), np.array([0.2, 0.1]), 0.08).is_decided


def test_the_inputs_of_a_category_move_together_and_rare_ones_connect_nothing(tmp_path: Path) -> None:
    rng, lines = RandomState(1), ["color,twin,form,size,label"]
    for number in range(200):
        color, form = ["red", "green", "blue"][rng.randint(3)], ["round", "square"][rng.randint(2)]
        twin = color[0]
        if number == 5:  # a rare color and a rare form in the same row correlate fully, by chance
            color, twin, form = "gray", "x", "flat"
        lines.append(f"{color},{twin},{form},{rng.normal():.3f},{'yes' if color == 'red' else 'no'}")
    path = tmp_path / "colors.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    source = load_csv(path, task="classification")
    wanted = [("color", "twin"), ("form",), ("size",)]
    assert [group.columns for group in column_groups(source)] == wanted
    starts = Starts(source, count=2, hidden_units=(4,))
    importance = starts.importance(5)
    assert [*importance] == wanted  # also where the rare row is held out
    assert importance["color", "twin"].is_decided and not importance["size",].is_decided
    shape = partial_dependence(starts.dataset, starts.outputs, 0, output=source.classes.index("yes"))
    assert shape.column.categories == source.columns[0].categories and shape.means.shape == (2, 4)
    assert shape.column.categories[int(shape.means.mean(axis=0).argmax())] == "red"


def test_the_partial_dependence_is_the_mean_over_the_rows(starts: Starts) -> None:
    shape, test = partial_dependence(starts.dataset, starts.outputs, 1), starts.dataset.test
    assert test is not None
    known = np.concatenate([starts.dataset.coordinates, test.coordinates])[:, 1]
    assert shape.values.shape == (40,) and (shape.values[0], shape.values[-1]) == (known.min(), known.max())
    for step in (0, 17, 39):
        rows = test.coordinates.copy()
        rows[:, 1] = shape.values[step]
        answers = np.stack([trainer.predict(rows) for trainer in starts.trainers])
        np.testing.assert_allclose(shape.means[:, step], answers.mean(axis=1), atol=1e-12)
        np.testing.assert_allclose(shape.rows[:, step], answers.mean(axis=0), atol=1e-12)
    slopes = shape.rows[:, -1] - shape.rows[:, 0]  # an interaction shows in single rows alone
    rises = test.coordinates[:, 2] == 1
    assert slopes[rises].mean() > 2 and slopes[~rises].mean() < -2
    assert [*partial_dependence(starts.dataset, starts.outputs, 2).values] == [0.0, 1.0]


def test_features_are_computed_again_and_where_they_have_no_value_there_is_no_answer() -> None:
    rng = RandomState(2)
    x = np.column_stack([rng.uniform(1, 2, 200), rng.uniform(0, 0.9, 200)])
    source = Dataset.from_arrays(x, np.log(x[:, 0] - x[:, 1]), features=["u", "v"])
    starts = Starts(source, count=2, features=("log(u - v)",), epochs=5)
    assert all(one.is_decided for one in starts.importance(3).values())
    beyond = np.column_stack([x[:, 0], x[:, 0] * x[:, 1]])
    source = Dataset.from_arrays(beyond, x[:, 0], features=["u", "v"])
    starts = Starts(source, count=2, features=("log(u - v)",), epochs=5)
    shape = partial_dependence(starts.dataset, starts.outputs, 0)
    assert np.isnan(shape.means[:, 0]).all() and np.isfinite(shape.rows).any()
    with pytest.raises(DataError, match=r"with shuffled values of u, .*no finite value"):
        starts.importance(3)


def test_too_few_test_samples_and_those_of_one_class_are_refused() -> None:
    with pytest.raises(DataError, match=r"needs 2 test samples or more, got 0: --test-share 0\.25"):
        Starts(table(), count=1, test_share=0.0, epochs=1).importance(1)
    x = np.arange(40.0)
    one_class = Dataset.from_arrays(
        x, ["b"] * 10 + ["a"] * 30, (x[:5], ["b"] * 5), task="classification", features=["x"]
    )
    with pytest.raises(DataError, match="needs test samples of two classes, got b only"):
        Starts(one_class, count=1, epochs=1).importance(1)


def test_the_calibration_counts_what_is_right_in_bins_of_equal_counts() -> None:
    rng = RandomState(4)
    sure = rng.uniform(0.5, 1, size=240)
    outputs = np.column_stack([sure, 1 - sure])
    is_right = rng.uniform(size=240) < sure - 0.2  # right less often than they say
    classes = np.where(is_right, "a", "b")
    source = Dataset.from_arrays(np.arange(8.0), ["a", "b"] * 4, (np.arange(240.0), classes))
    known = calibration(source, outputs)
    assert (known.samples, len(known.bins)) == (240, 10)
    assert known.confidence == pytest.approx(sure.mean()) and known.accuracy == is_right.mean()
    order = np.argsort(sure, kind="stable").reshape(10, 24)
    for part, found in zip(order, known.bins, strict=True):
        assert found.confidence == pytest.approx(sure[part].mean())
        assert found.accuracy == is_right[part].mean()
        assert found.low <= found.accuracy <= found.high
    assert known.error == pytest.approx(-np.log(np.where(is_right, sure, 1 - sure) + 1e-7).mean())
    assert known.constant_error == pytest.approx(-np.log(0.5 + 1e-7))
    assert known.confidence > known.high  # what the words call too sure
    few = Dataset.from_arrays(np.arange(8.0), ["a", "b"] * 4, (np.arange(4.0), ["a", "b"] * 2))
    with pytest.raises(DataError, match="needs 50 test samples or more, got 4: 12 samples are too few"):
        calibration(few, outputs[:4])
    with pytest.raises(DataError, match="only the probabilities of classes"):
        calibration(table(20), outputs)

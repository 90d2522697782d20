"""Features: the inputs of the network by names and formulas, computed from the coordinates of the samples."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import ConfigError, DataError, Dataset, Task, Trainer, TrainingConfig, make_dataset
from bpengine.checkpoint import load, save
from bpengine.checkpoint.verification import verify
from bpengine.data.csv import parse_csv
from bpengine.data.features import MAX_FORMULAS, FeatureError
from bpengine.data.formulas.fields import FEATURES, parts_of
from bpengine.kernels.loading import is_installed
from bpengine.network.activations import ACTIVATIONS
from bpengine.training.predictions import layer_outputs

SQUARES = ("x**2", "y**2")
OWN = "petal length,petal-width,kind,area\n" + "".join(
    f"{row},{row % 5},{'ab'[row % 2]},{row * (row % 5)}\n" for row in range(1, 13)
)


def config(task: Task = "classification", **changes: Any) -> TrainingConfig:
    return TrainingConfig.defaults(task, **changes)


def own(task: Task = "regression", **options: Any) -> tuple[Dataset, TrainingConfig]:
    """The user's own data, and settings with the features that it was read for."""
    source = parse_csv(OWN, "own.csv", task, **options)
    return source, config(task, features=source.asked_features)


def test_features_are_computed_in_units_of_the_data_and_standardized() -> None:
    raw = make_dataset(config(dataset="circle", test_share=0.2))
    dataset = make_dataset(config(dataset="circle", test_share=0.2, features=("y", "x*y", "max(x, 0.1)")))
    x, y = raw.coordinates.T
    expected = np.stack([y, x * y, np.maximum(x, 0.1)], axis=1)
    np.testing.assert_allclose(dataset.inputs, (expected - expected.mean(axis=0)) / expected.std(axis=0))
    assert dataset.input_names == ("y", "x*y", "max(x, 0.1)")
    assert dataset.test is not None
    assert raw.test is not None
    assert np.array_equal(dataset.test.inputs, dataset.inputs_at(raw.test.coordinates)), "scaled as training"
    for name in ("coordinates", "targets", "domain", "features", "border"):
        assert np.array_equal(getattr(dataset, name), getattr(raw, name)), "what is drawn stays as it is"


def test_naming_all_inputs_as_features_changes_no_number() -> None:
    assert config().features == ()
    dataset = make_dataset(config())
    assert dataset.feature_map is None
    assert np.array_equal(dataset.inputs, dataset.scaling.apply(dataset.coordinates))
    source, _ = own()
    named = make_dataset(
        config("regression", features=tuple(column.name for column in source.columns)), source
    )
    assert np.array_equal(named.inputs, make_dataset(config("regression"), source).inputs)


def test_squares_separate_the_circle_with_one_unit() -> None:
    for features, least, most in ((SQUARES, 0.98, 1.0), ((), 0.0, 0.75)):
        trainer = Trainer(config(dataset="circle", hidden_units=(1,), features=features))
        trainer.fit()
        accuracy = trainer.metrics().accuracy
        assert accuracy is not None
        assert least <= accuracy <= most


def test_predictions_with_features_take_coordinates() -> None:
    trainer = Trainer(config(dataset="circle", hidden_units=(1,), features=(*SQUARES, "1/x")))
    trainer.fit()
    assert trainer.predict([[0.1, 0.1], [-0.9, 0.9]]).tolist() == ["inside", "outside"]
    with pytest.raises(DataError, match="inputs, row 1: a feature has no finite value there"):
        trainer.predict([[0.1, 0.1], [0.0, 0.9]])
    with pytest.raises(DataError, match="must have 2 columns, got 3"):
        trainer.predict([[1, 2, 3]])


@pytest.mark.parametrize("kernel", ["numpy", *(["numba"] if is_installed() else [])])
def test_outputs_are_unknown_where_a_feature_is(kernel: str) -> None:
    for activation in ACTIVATIONS:
        settings = config(dataset="circle", activation=(activation,), features=("1/x", "sqrt(y + 1)"))
        trainer = Trainer(settings, kernel=kernel)
        inputs = trainer.dataset.inputs_at(np.array([[0.0, 0.5], [0.5, 0.5], [0.5, -1.5]]))
        for outputs in layer_outputs(trainer.network, inputs):
            assert np.isnan(outputs).all(axis=1).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        (("x", "x*z"), "the feature 'x*z', column 3: unknown name 'z'; allowed: x, y, pi"),
        (("x", "sin x"), "the feature 'sin x', column 1: write sin(...), with brackets"),
        (("x > 0",), "the feature 'x > 0', column 1: expected a number such as sin(x), got a comparison"),
        (
            ("log(x)",),
            "the feature 'log(x)' has no finite value for 142 of 300 samples, such as x = -0.1527",
        ),
        (("exp(1e3*x)",), "the feature 'exp(1e3*x)' has no finite value for 117 of 300 samples"),
        (
            ("x - x",),
            "the feature 'x - x' is 0 for all samples, so that the network can learn nothing from it",
        ),
        (("2",), "the feature '2' is 2 for all samples"),
        (
            tuple(f"x**{power}" for power in range(2, MAX_FORMULAS + 3)),
            f"the feature 'x**34' is one too many: at most {MAX_FORMULAS} formulas are allowed",
        ),
    ],
)
def test_bad_features_are_refused_in_one_line(features: tuple[str, ...], reason: str) -> None:
    with pytest.raises(DataError) as caught:
        Trainer(config(dataset="circle", features=features))
    assert str(caught.value).startswith(reason)
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_a_huge_argument_is_a_number() -> None:
    dataset = make_dataset(config(dataset="circle", features=("sin(1e300*x)",)))
    assert np.isfinite(dataset.inputs).all()


def test_the_field_of_features_reads_and_writes_formulas() -> None:
    assert FEATURES.parse(" x,min(x,  y) ,log(x)") == ("x", "min(x, y)", "log(x)")
    assert FEATURES.format(("x", "min(x, y)")) == "x, min(x, y)"
    assert (FEATURES.parse("All"), FEATURES.format(())) == ((), "all")
    assert FEATURES.validate([1, "b"]) == ("1", "b")
    assert FEATURES.validate(["all"]) == ()
    assert parts_of("x, f((y), z), )a,b") == [(0, "x"), (2, " f((y), z)"), (13, " )a"), (17, "b")]
    for text in ("", "x,", "x,,y", "x, x", "\x1b", "x" * 201):
        with pytest.raises(ConfigError):
            FEATURES.parse(text)


def test_a_run_with_features_is_saved_continued_and_verified(tmp_path: Path) -> None:
    for source, settings in ((None, config(features=SQUARES)), own(features=["petal length*petal-width"])):
        features = settings.features
        trainer = Trainer(settings.replace(epochs=5), source)
        trainer.run_epoch()
        trainer.step()
        save(trainer, tmp_path / "run.bptui")
        loaded, copied = load(tmp_path / "run.bptui"), copy.deepcopy(trainer)
        assert loaded.config.features == features
        for each in (trainer, loaded, copied):
            each.fit()
        assert np.array_equal(loaded.parameters_now(), trainer.parameters_now())
        assert np.array_equal(copied.parameters_now(), trainer.parameters_now())
        result = verify(loaded.run_state())
        assert result.same, result.text


def test_features_may_be_formulas_of_a_user_s_columns() -> None:
    product = "petal length*petal-width"
    source, settings = own(features=["1", product, "kind", f"log({product} + 1)"])
    assert settings.features == ("petal length", product, "kind", f"log({product} + 1)")
    assert source.features == ("petal length", "petal-width", "kind=a", "kind=b")
    dataset = make_dataset(settings, source)
    assert dataset.input_names == ("petal length", product, "kind=a", "kind=b", f"log({product} + 1)")
    length, width = source.coordinates[:, 0], source.coordinates[:, 1]
    np.testing.assert_allclose(dataset.scaling.undo(dataset.inputs)[:, 1], length * width)
    trainer = Trainer(settings, source)
    assert np.array_equal(trainer.predict([[3, 2, "b"]]), trainer.predict([[3, 2, 0, 1]]))


def test_a_column_of_texts_is_refused_in_a_formula_by_what_it_is() -> None:
    rows = "width,color,y\n1,red,3\n2,blue,6\n3,red,8\n"
    source = parse_csv(rows, "f.csv", "regression", features=["width", "2*color"])
    with pytest.raises(DataError) as caught:
        Trainer(TrainingConfig.defaults("regression", features=("width", "2*color")), source)
    assert "'2*color', column 3: the column color has texts, and formulas take numbers" in str(caught.value)
    whole = parse_csv(rows, "f.csv", "regression")
    for feature in ("color=red", "2*color=red", "nothing"):  # as typed on the screen
        with pytest.raises(DataError, match=f"the feature '{re.escape(feature)}', column") as caught:
            Trainer(TrainingConfig.defaults("regression", features=(feature,)), whole)
        assert "color=" not in str(caught.value).removeprefix(f"the feature '{feature}'")
    trainer = Trainer(TrainingConfig.defaults("regression", features=("color",)), whole)
    assert trainer.dataset.inputs.shape[1] == 2


def test_only_the_columns_of_formulas_are_read() -> None:
    source = parse_csv("a,b,note,y\n1,2,hello,3\n4,5,,6\n", "f.csv", "regression", features=["a*b"])
    assert (source.features, source.asked_features) == (("a", "b"), ("a*b",))
    unnamed = parse_csv("1,2,3\n4,5,6\n", "f.csv", "regression", features=["2", "column 1*column 2"])
    assert (len(unnamed), unnamed.features) == (2, ("column 2", "column 1"))
    assert unnamed.asked_features == ("column 2", "column 1*column 2")
    for features, reason in (
        (["a*y"], "f.csv, line 1: features: 'a*y', column 3: unknown name 'y'; allowed: a, b, note, pi"),
        (["a", "1"], "f.csv, line 1: features: column 1 (a) is named twice"),
        (["a*"], "f.csv, line 1: features: 'a*', column 3: the formula ends where"),
    ):
        with pytest.raises(DataError) as caught:
            parse_csv("a,b,note,y\n1,2,hello,3\n4,5,,6\n", "f.csv", "regression", features=features)
        assert str(caught.value).startswith(reason)


def test_names_of_columns_come_before_formulas() -> None:
    text = "a,a-b,e,2x,y\n1,20,3,4,5\n2,10,5,1,6\n3,30,1,1,6\n"
    source = parse_csv(text, "f.csv", "regression", features=["a-b", "a-b*a", "e*2", "2x"])
    assert source.features == ("a-b", "a", "e", "2x")
    dataset = make_dataset(config("regression", features=source.asked_features), source)
    inputs = dataset.scaling.undo(dataset.inputs)
    np.testing.assert_allclose(inputs[0], [20, 20, 6, 4])


def test_an_unknown_name_is_told_apart_from_a_value() -> None:
    for features, column in ((("z",), 1), (("1/(x - x)",), 0)):
        with pytest.raises(FeatureError) as caught:
            make_dataset(config(features=features))
        assert caught.value.column == column


def test_formulas_that_would_take_too_long_are_refused_before_they_are_computed() -> None:
    long = tuple("sin(" * 39 + f"x + {number}" + ")" * 39 for number in range(6))
    config = TrainingConfig(samples=100_000, features=long)
    with pytest.raises(DataError, match="is too much: 60,000,000 operations on all samples are allowed"):
        make_dataset(config)
    assert make_dataset(config.replace(samples=100)).inputs.shape == (100, 6)
    with pytest.raises(DataError, match="the formula is too much: 60,000,000 operations"):
        make_dataset(TrainingConfig(samples=100_000, function="sin(" * 39 + "x" + ")" * 39))

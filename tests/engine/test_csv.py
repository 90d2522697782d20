"""Loading CSV files: formats, the choice of columns, headers and classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bpengine import Task, TrainingConfig
from bpengine.data.csv import load_csv, parse_csv
from bpengine.data.csv.conversion import natural_key
from bpengine.training.training_data import make_dataset
from tests.engine.csv_texts import POINTS, XY


def test_a_regression_file_becomes_a_data_set() -> None:
    dataset = parse_csv("height,weight,age\n1.5,60,20\n1.8,-7e1,30.25\n", "people.csv", "regression")
    assert (dataset.name, dataset.task, len(dataset)) == ("people.csv", "regression", 2)
    assert dataset.inputs.tolist() == dataset.coordinates.tolist() == [[1.5, 60], [1.8, -70]]
    assert dataset.targets.tolist() == [[20], [30.25]]
    assert (dataset.features, dataset.target, dataset.classes) == (("height", "weight"), "age", ())
    assert dataset.domain == ((1.5, 1.8), (-70, 60))
    assert (dataset.truth, dataset.border, dataset.test) == (None, None, None)
    for scaling, columns in ((dataset.scaling, 2), (dataset.target_scaling, 1)):
        assert (scaling.offset.tolist(), scaling.scale.tolist()) == ([0] * columns, [1] * columns)
    assert not dataset.inputs.flags.writeable


def test_a_classification_file_becomes_a_data_set() -> None:
    dataset = parse_csv(POINTS, "f.csv", "classification")
    assert dataset.classes == ("a", "b")
    assert dataset.targets.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert dataset.inputs.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert (dataset.features, dataset.target) == (("x", "y"), "label")
    assert dataset.target_scaling.scale.tolist() == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        XY,
        XY.strip(),
        XY + "\n\n  \n",
        "\n\n" + XY,
        XY.replace("\n", "\r\n"),
        XY.replace("\n", "\r"),
        XY.replace("\n", "\n\n"),
        XY.replace(",", ";"),
        XY.replace(",", "\t"),
        XY.replace(",", " , "),
        '"x","y"\n"1","2"\n"3","4"\n',
        'x, "y"\n1, "2"\n3, "4"\n',
        "x,y\n+1.0,2e0\n.3e1,4.\n",
        "\ufeff" + XY,
    ],
)
def test_variants_of_the_format_give_the_same_data(text: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(text.encode())
    dataset = load_csv(path, "regression")
    assert (dataset.features, dataset.target) == (("x",), "y")
    assert dataset.inputs.tolist() == [[1], [3]]
    assert dataset.targets.tolist() == [[2], [4]]


@pytest.mark.parametrize(
    ("features", "target", "names"),
    [
        (None, None, "ab-c"),
        (None, "a", "bc-a"),
        (None, "1", "bc-a"),
        (["c"], "a", "c-a"),
        (["3", "1"], "b", "ca-b"),
        (["b"], None, "b-c"),
        (["b", " a "], "3", "ba-c"),
    ],
)
def test_columns_are_chosen_by_name_or_position(
    features: list[str] | None, target: str | None, names: str
) -> None:
    dataset = parse_csv("a,b,c\n1,2,3\n4,5,6\n", "f.csv", "regression", features=features, target=target)
    assert ("".join(dataset.features), dataset.target) == tuple(names.split("-"))
    values = {"a": [1, 4], "b": [2, 5], "c": [3, 6]}
    assert dataset.inputs.T.tolist() == [values[name] for name in dataset.features]
    assert dataset.targets[:, 0].tolist() == values[dataset.target]


def test_a_name_takes_precedence_over_a_position() -> None:
    dataset = parse_csv("2,1,y\n10,20,0\n30,40,1\n", "f.csv", "regression", features=["1"], header=True)
    assert dataset.inputs[:, 0].tolist() == [20, 40]


def test_columns_that_are_not_chosen_may_hold_anything() -> None:
    text = "id,x,note,y\nA1,1,,2\nA2,3,nan,4\nA3,5,hm,6\n"
    assert parse_csv(text, "f.csv", "regression", features=["x"]).inputs.tolist() == [[1], [3], [5]]


@pytest.mark.parametrize(
    ("text", "task", "has_header"),
    [
        ("1,2\n3,4", "regression", False),
        ("x,y\n3,4\n5,6", "regression", True),
        ("x,2020\n3,4\n5,6", "classification", True),  # the column of labels does not count
        ("1,2,a\n3,4,b\n5,6,a", "classification", False),
        ("1,2,a\n3,4,0\n5,6,a", "classification", False),
        ("x,y,label\n3,4,0\n5,6,1", "classification", True),
        ("x,y,label\n3,4,b\n5,6,a", "classification", True),
        ("1,x\n2,y\n3,x", "classification", False),
        ('"",x,y\n1,2,3\n4,5,6', "regression", True),
        ("region,2019,2020\nnorth,12,13\nsouth,22,23\nnorth,14,15", "regression", True),
        ("region,01,02\nnorth,12,13\nsouth,22,23\nnorth,14,15", "regression", True),
        ("north,12,13\nsouth,22,23\nsouth,14,15", "regression", False),
        ("north,2019,13\nsouth,2020,23\nsouth,2021,15", "regression", False),
    ],
)
def test_a_header_is_detected(text: str, task: Task, has_header: bool) -> None:
    dataset = parse_csv(text, "f.csv", task)
    assert len(dataset) == text.count("\n") + 1 - has_header
    assert (dataset.features[-1] in text) == has_header


@pytest.mark.parametrize("header", [True, False])
def test_the_header_argument_overrides_detection(header: bool) -> None:
    dataset = parse_csv("2019,2020\n1,2\n3,4\n", "f.csv", "regression", header=header)
    assert len(dataset) == (2 if header else 3)
    assert (*dataset.features, dataset.target) == (("2019", "2020") if header else ("column 1", "column 2"))


def test_column_names_are_unique_and_printable() -> None:
    text = 'a,a,,"two\nlines",\x1b[31mred,y\n1,2,3,4,5,6\n6,5,4,3,2,1\n'
    names = parse_csv(text, "f.csv", "regression").features
    assert names == ("a column 1", "a column 2", "column 3", "two lines", "\\x1b[31mred")


def test_class_names_are_printable_and_short() -> None:
    dataset = parse_csv(f"x,y\n1,\x1b]0;hi\x07\n2,{'long ' * 1000}\n", "f.csv", "classification")
    assert all(name.isprintable() and len(name) <= 100 for name in dataset.classes)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ("10 9 1 -2 1e1", "-2 1 9 10 1e1"),
        ("a10 a2 a1 B1", "a1 a2 a10 B1"),
        ("b a 10 9", "9 10 a b"),
        ("v1.10 v1.9 v1.09", "v1.09 v1.9 v1.10"),
        ("é e z", "e z é"),
    ],
)
def test_classes_are_in_natural_order(labels: str, classes: str) -> None:
    text = "x,y\n" + "".join(f"{index},{label}\n" for index, label in enumerate(labels.split()))
    dataset = parse_csv(text, "f.csv", "classification", header=True)
    assert dataset.classes == tuple(classes.split())
    assert [dataset.classes[index] for index in dataset.targets.argmax(axis=1)] == labels.split()


def test_natural_order_handles_thousands_of_digits() -> None:
    assert natural_key("a" + "1" * 5000) < natural_key("a" + "2" * 5000) < natural_key("a" + "1" * 5001)


def test_a_constant_feature_has_a_range_to_plot() -> None:
    ((low, high), _) = parse_csv("x,z,y\n7,1,5\n7,2,5\n", "f.csv", "regression").domain
    assert low < 7 < high


def test_a_loaded_file_is_standardized(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(POINTS)
    dataset = make_dataset(TrainingConfig.defaults("classification"), load_csv(path, "classification"))
    np.testing.assert_allclose(dataset.inputs.mean(axis=0), 0, atol=1e-12)

"""Columns of texts, dates, truth values and gaps: how they become inputs, and what a person is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import DataError, Dataset, Task, Trainer, TrainingConfig
from bpengine.checkpoint import load, save
from bpengine.data.csv import load_csv, outline_of, parse_csv

PEOPLE = """name,sex,age,member,since,price
Ann,f,20,yes,2024-01-01,1
Bob,m,,no,2024-01-03 12:00,2
Cem,m,40,yes,2024-01-02,4
Dee,d,30,,2024-01-05,8
Eve,,50,yes,2024-01-02,16
"""


def parsed(text: str, task: Task = "regression", **options: Any) -> Dataset:
    return parse_csv(text, "f.csv", task, **options)


def message_for(text: str, task: Task = "regression", **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        parsed(text, task, **options)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    return message


def rows(dataset: Dataset) -> list[list[float]]:
    table: list[list[float]] = np.column_stack([dataset.inputs, dataset.targets]).tolist()
    return table


def test_texts_truth_values_and_dates_become_numbers() -> None:
    dataset = parsed(PEOPLE, missing="drop", ignore=["name"])
    assert dataset.features == ("sex=f", "sex=m", "age", "member", "since")
    assert rows(dataset) == [[1, 0, 20, 1, 0, 1], [0, 1, 40, 1, 1, 4]]
    assert [column.kind for column in dataset.columns] == ["text", "number", "boolean", "date"]
    assert "3 rows of 5 with empty cells left out" in dataset.notes


def test_texts_that_only_rows_that_are_left_out_have_are_no_inputs() -> None:
    """One category that never occurs would be an input that is always 0."""
    assert parsed("x,y\na,1\nb,\nc,2\n", missing="mean").features == ("x=a", "x=c")
    assert parsed("x,z,y\na,1,1\nb,,1\nc,2,2\n", missing="drop").features == ("x=a", "x=c", "z")


def test_gaps_are_filled_with_means_and_the_most_frequent_values() -> None:
    dataset = parsed(PEOPLE, missing="mean", ignore=[1])
    assert rows(dataset) == [
        [0, 1, 0, 20, 1, 0, 1],
        [0, 0, 1, 35, 0, 2.5, 2],
        [0, 0, 1, 40, 1, 1, 4],
        [1, 0, 0, 30, 1, 4, 8],
        [0, 0, 1, 50, 1, 1, 16],
    ]
    assert "1 empty cell of age filled with its mean, 35" in dataset.notes
    assert "1 empty cell of sex filled with its most frequent value, m" in dataset.notes
    marked = parsed("x,y\nyes,1\n-,2\n-,3\n-,4\n", missing="mean")
    assert marked.inputs.tolist() == [[1], [1], [1], [1]], "a mark for a gap is no value, however frequent"
    without_target = parsed("x,y\n1,2\n2,?\n,4\n", missing="mean")
    assert rows(without_target) == [[1, 2], [1, 4]], "the mean of the rows that are kept"


def test_the_first_try_names_everything_that_is_in_the_way() -> None:
    assert message_for(PEOPLE) == (
        "f.csv: sex has an empty cell, age has an empty cell, member has an empty cell: missing='mean' fills "
        "them, missing='drop' leaves their rows out, ignore=['sex', 'age', 'member'] leaves the columns out"
    )
    many = "id;x;when;empty;y\n" + "".join(
        f"n{i};{i or 'none'};{i % 28 + 1}-Jan-2024;;{i}\n" for i in range(30)
    )

    def flag(name: str, value: object) -> str:
        return f"--{name} {value}"

    assert message_for(many, spell=flag) == (
        "f.csv: id has 30 different texts, when has dates that are not like 2024-01-31, 31.01.2024 or "
        "01/31/2024 ('1-Jan-2024'), empty is empty, x has an empty cell ('none'): --ignore ['id', 'when', "
        "'empty'] leaves the columns out, --missing mean fills it, --missing drop leaves its row out"
    )
    spaced = "my id,x,y\n" + "".join(f"n{i},{i},{i}\n" for i in range(30))
    assert "ignore=['1'] leaves the column out" in message_for(spaced), "a name with a space needs quotes"
    wide = ",".join(f"c{i}" for i in range(20)) + "\n" + "1," * 19 + "2\n" + "," * 19 + "3\n"
    assert "features chooses the columns to learn from" in message_for(wide)


def test_a_row_with_a_typing_error_is_named() -> None:
    text = "x,y\n1,2\n2,3\n1O,4\n"
    assert message_for(text) == (
        "f.csv, line 4, column 1 (x): must be a number, got '1O'; ignore=['x'] leaves the column out"
    )


@pytest.mark.parametrize(
    "text",
    [
        "# made by hand\nx,y\n1,2\n# a later one, with three, cells\n3,4\n",
        "# made by hand\nsep=,\n\n#\nx,y\n1,2\n3,4\n# end",
        "sep=;\nx;y\n1;2\n3;4\n",
        '"sep=,"\r\nx,y\r\n1,2\r\n3,4\r\n',
        "sep=\t\nx\ty\n1\t2\n3\t4\n",
        "x|y\n1|2\n3|4\n",
        ",x,y\n0,1,2\n1,3,4\n",
        '"","x","y"\n"1",1,2\n"2",3,4\n',
    ],
)
def test_dialects_of_csv_give_the_same_rows(text: str) -> None:
    dataset = parsed(text)
    assert (dataset.features, dataset.target) == (("x",), "y")
    assert rows(dataset) == [[1, 2], [3, 4]]
    assert len(dataset.notes) == text.startswith(("#", ",", '""'))


def test_a_header_inside_a_comment_is_left_out() -> None:
    dataset = parsed("# x,y\n1,2\n3,4\n")
    assert (dataset.features, dataset.notes) == (("column 1",), ("1 comment line (#) left out",))
    assert "f.csv, line 4: has 1 cell, but line 2 has 2" in message_for("# x,y\n1,2\n3,4\n5\n")


def test_columns_that_only_look_like_comments_or_indexes_are_kept() -> None:
    assert rows(parsed("#,y\n1,2\n2,4\n")) == [[1, 2], [2, 4]]
    colors = parsed("color,x,y\n#ff0000,1,2\n#00ff00,3,4\n", "regression")
    assert colors.features == ("color=#00ff00", "color=#ff0000", "x")
    assert parsed(",x,y\n0,1,2\n1,3,4\n", features=[1, 2]).features == ("column 1", "x")
    assert parsed(",y\n0,2\n1,4\n").features == ("column 1",), "nothing else is left to learn from"
    assert parsed(",x,y\n0,1,2\n2,3,4\n").features == ("column 1", "x")


def test_decimal_commas_are_read_and_told_of() -> None:
    for delimiter in ";\t|":
        dataset = parsed(f"x{delimiter}y\n13104,65{delimiter}-2\n1.000,25{delimiter}3,5e1\n")
        assert rows(dataset) == [[13104.65, -2], [1000.25, 35]]
        assert dataset.notes == ("decimal commas: 13104,65 in line 2 is read as 13104.65",)


def test_files_in_common_encodings_are_read(tmp_path: Path) -> None:
    path, text = tmp_path / "f.csv", "größe,art\n1,schön\n2,häßlich\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        path.write_bytes(text.encode(encoding))
        dataset = load_csv(path, "classification")
        assert (dataset.features, dataset.classes) == (("größe",), ("häßlich", "schön"))
        told = {"utf-16": "read as UTF-16", "cp1252": "read as Western European"}.get(encoding, "")
        assert told in "".join(dataset.notes)
        assert bool(told) == bool(dataset.notes)
    path.write_bytes("größe,art\n1,schön\n".encode() + "2,häßlich\n".encode("cp1252"))  # two editors
    dataset = load_csv(path, "classification")
    assert (dataset.features, dataset.classes) == (("größe",), ("häßlich", "schön"))
    assert "read as Western European" in dataset.notes[0]


def test_a_header_above_texts_alone_and_above_gaps_is_detected() -> None:
    assert parsed("a,b\nyes,u\nno,v\nyes,v\n", "classification").features == ("a",)
    assert len(parsed("yes,u\nno,v\nyes,v\n", "classification")) == 3
    assert parsed("a,b\n,1\n2,\n3,4\n4,5\n", missing="drop").features == ("a",)


def test_class_labels_that_may_be_typing_errors_are_told_of() -> None:
    text = "x,y\n1,1\n2,01\n3,NA\n4,yes\n5,Yes\n"
    dataset = parsed(text, "classification")
    assert dataset.classes == ("01", "1", "NA", "Yes", "yes")
    assert dataset.notes[-2:] == (
        "'NA' in column 2 (y) is taken for a class: missing='drop' leaves its rows out",
        "'01' and '1' in y look alike, and are taken for different classes",
    )
    assert parsed(text, "classification", missing="drop").classes == ("01", "1", "Yes", "yes")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"target": 2}, ("a", "c", "b")),
        ({"features": [np.int64(3)], "target": "a"}, ("c", "a")),
        ({"features": ("a",)}, ("a", "c")),
        ({"ignore": [3]}, ("a", "b")),
        ({"features": "ab"}, "features: must be a list of columns, got 'ab'"),
        ({"ignore": "a"}, "ignore: must be a list of columns, got 'a'"),
        ({"features": 1}, "features: must be a list of columns, got '1'"),
        ({"features": [1.5]}, "features: must be a column, by name or by position from 1, got '1.5'"),
        ({"target": True}, "target: must be a column, by name or by position from 1, got 'True'"),
        ({"target": ["a"]}, "target: must be a column, by name or by position from 1, got 'a'"),
        ({"target": 0}, "f.csv: has no column 0: positions are 1 to 3"),
        ({"header": "yes"}, "header: must be True, False or None, got 'yes'"),
        ({"missing": "median"}, "missing: must be refuse, drop or mean, got 'median'"),
        ({"ignore": ["a"], "target": "a"}, "ignore: column 1 (a) is also a feature or the target"),
        ({"ignore": [1, 2, 3]}, "ignore: must leave a column to predict"),
        ({"ignore": [1, 2]}, "ignore: must leave a column to learn from"),
    ],
)
def test_options_for_columns_are_checked_and_obeyed(
    options: dict[str, Any], told: str | tuple[str, ...]
) -> None:
    text = "a,b,c\n1,2,3\n4,5,6\n"
    if isinstance(told, tuple):
        dataset = parsed(text, **options)
        assert (*dataset.features, dataset.target) == told
    else:
        assert told.removeprefix("f.csv") in message_for(text, **options)


def test_raw_rows_are_predicted_also_after_saving(tmp_path: Path) -> None:
    dataset = parsed(PEOPLE, missing="mean", ignore=["name"])
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=20), dataset)
    trainer.fit()
    save(trainer, tmp_path / "run.bptui")
    loaded = load(tmp_path / "run.bptui")
    cells = [line.split(",")[1:-1] for line in PEOPLE.splitlines()[1:]]
    values = [
        ("f", 20, True, "2024-01-01"),
        ("m", None, False, "2024-01-03 12:00"),
        ("m", 40.0, 1, np.datetime64("2024-01-02")),
        ("d", np.float32(30), float("nan"), 4),
        (None, np.int8(50), "Yes", "2024/01/02"),
    ]
    for one in (trainer, loaded):
        expected = one.predict(dataset.coordinates)
        for raw in (cells, values, np.array(values, dtype=object)):
            np.testing.assert_array_equal(one.predict(raw), expected)
    assert loaded.dataset.columns == dataset.columns
    for inputs, told in (
        ([("x", 1, True, "2024-01-01")], "inputs, row 0, sex: must be one of d, f, m, got 'x'"),
        ([("f", "old", True, 0)], "inputs, row 0, age: must be a number, got 'old'"),
        ([("f", np.inf, True, 0)], "inputs, row 0, age: must be a number from -1e+100 to 1e+100, got 'inf'"),
        ([("f", 1, "maybe", 0)], "inputs, row 0, member: must be true or false, got 'maybe'"),
        ([("f", 1, True, "1.2.24")], "inputs, row 0, since: must be a date such as 2024-01-31, got '1.2.24'"),
        (("f", 1, True, 0), "inputs: must be rows of 4 values (sex, age, member, since), got shape (4,)"),
        ([("f", 1)], "inputs: must be rows of 4 values (sex, age, member, since), got 2 columns"),
        ([], "inputs: must be rows of 4 values (sex, age, member, since), got shape (0,)"),
    ):
        with pytest.raises(DataError) as caught:
            loaded.predict(inputs)
        assert str(caught.value) == told
    series = parsed("month,y\n2024-01,1\n2024-02,2\n2024-03,0\n")
    one_column = Trainer(TrainingConfig.defaults("regression"), series)
    np.testing.assert_array_equal(
        one_column.predict(["2024-01", "2024-02-01", 60]), one_column.predict(series.coordinates)
    )
    strict = Trainer(TrainingConfig.defaults("regression"), parsed(PEOPLE, missing="drop", ignore=["name"]))
    with pytest.raises(DataError, match="inputs, row 0, age: is empty"):
        strict.predict([("f", None, True, 0)])


def test_an_outline_says_what_columns_have_and_which_one_looks_like_the_target() -> None:
    people = outline_of(PEOPLE, "f.csv")
    assert [(column.name, column.values, column.kind) for column in people.columns[1:4]] == [
        ("sex", "f, m, d", "3 different values"),
        ("age", "20, 40, 30, 50", "4 different whole numbers"),
        ("member", "yes, no", "2 different values"),
    ]
    assert people.columns[2].has_gaps
    assert people.likely_target() == (
        5,
        "price is the last column and has 5 different whole numbers.",
    )
    assert outline_of("1;2,5\n3;4\n", "f.csv").likely_target() == (
        1,
        "column 2 is the last column and has numbers.",
    )
    flowers = outline_of(
        "id,kind,a,b\n" + "".join(f"{n},{'xy'[n % 2]},{n}.5,{n}.25\n" for n in range(9)), "f.csv"
    )
    assert flowers.columns[0].problem == "identifies the rows"
    assert flowers.likely_target() == (1, "kind is the only column of texts and has 2 different values.")
    rents = outline_of(
        "user_id,unit,size,town,rent\n"
        + "".join(f"{n * n},EUR,{n},{'xy'[n % 2]},{n}.5\n" for n in range(99)),
        "f.csv",
    )
    assert [column.problem for column in rents.columns[:3]] == [
        "identifies the rows",
        "has one value only",
        "",
    ]
    assert rents.likely_target() == (4, "rent is the last column and has numbers."), (
        "texts between others are inputs"
    )

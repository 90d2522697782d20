"""A user's CSV file: what is read, and how each thing that can be wrong is told in one line."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Task, TrainingConfig
from bpengine.csv_data import load_csv, parse_csv
from bpengine.csv_data.samples import MOST_ROWS, natural_key
from bpengine.datasets import make_dataset
from bpengine.errors import DataError

XY = "x,y\n1,2\n3,4\n"
POINTS = "x,y,label\n1,2,b\n3,4,a\n5,6,b\n"


def refusal(text: str, task: Task = "regression", **options: Any) -> str:
    """The message with which the text is refused."""
    with pytest.raises(DataError) as caught:
        parse_csv(text, "f.csv", task, **options)
    return one_line(caught.value)


def one_line(error: DataError) -> str:
    message = str(error)
    assert message.isprintable()
    assert len(message) < 300
    return message


def file_refusal(path: Path | str) -> str:
    with pytest.raises(DataError) as caught:
        load_csv(path, "regression")
    return one_line(caught.value)


def test_regression() -> None:
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


def test_classification() -> None:
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
def test_written_otherwise(text: str, tmp_path: Path) -> None:
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
def test_columns(features: list[str] | None, target: str | None, names: str) -> None:
    dataset = parse_csv("a,b,c\n1,2,3\n4,5,6\n", "f.csv", "regression", features=features, target=target)
    assert ("".join(dataset.features), dataset.target) == tuple(names.split("-"))
    values = {"a": [1, 4], "b": [2, 5], "c": [3, 6]}
    assert dataset.inputs.T.tolist() == [values[name] for name in dataset.features]
    assert dataset.targets[:, 0].tolist() == values[dataset.target]


def test_a_name_goes_before_a_position() -> None:
    dataset = parse_csv("2,1,y\n10,20,0\n30,40,1\n", "f.csv", "regression", features=["1"], header=True)
    assert dataset.inputs[:, 0].tolist() == [20, 40]


def test_columns_that_are_not_chosen_may_hold_anything() -> None:
    text = "id,x,note,y\nA1,1,,2\nA2,3,nan,4\nA3,5,hm,6\n"
    assert parse_csv(text, "f.csv", "regression", features=["x"]).inputs.tolist() == [[1], [3], [5]]


@pytest.mark.parametrize(
    ("text", "task", "has"),
    [
        ("1,2\n3,4", "regression", False),
        ("x,y\n3,4\n5,6", "regression", True),
        ("x,2020\n3,4\n5,6", "classification", True),  # the label's column doesn't count
        ("1,2,a\n3,4,b\n5,6,a", "classification", False),
        ("1,2,a\n3,4,0\n5,6,a", "classification", False),
        ("x,y,label\n3,4,0\n5,6,1", "classification", True),
        ("x,y,label\n3,4,b\n5,6,a", "classification", True),
        ("1,x\n2,y\n3,x", "classification", False),
        ('"",x,y\n1,2,3\n4,5,6', "regression", True),
    ],
)
def test_guessed_header(text: str, task: Task, has: bool) -> None:
    dataset = parse_csv(text, "f.csv", task)
    assert len(dataset) == text.count("\n") + 1 - has
    assert (dataset.features[-1] in text) == has


@pytest.mark.parametrize("header", [True, False])
def test_said_header(header: bool) -> None:
    dataset = parse_csv("2019,2020\n1,2\n3,4\n", "f.csv", "regression", header=header)
    assert len(dataset) == (2 if header else 3)
    assert (*dataset.features, dataset.target) == (("2019", "2020") if header else ("column 1", "column 2"))


def test_names_are_told_apart_and_printable() -> None:
    text = 'a,a,,"two\nlines",\x1b[31mred,y\n1,2,3,4,5,6\n6,5,4,3,2,1\n'
    names = parse_csv(text, "f.csv", "regression").features
    assert names == ("a column 1", "a column 2", "column 3", "two lines", "\\x1b[31mred")


def test_labels_are_printable_and_cut_short() -> None:
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
def test_natural_order_of_classes(labels: str, classes: str) -> None:
    text = "x,y\n" + "".join(f"{index},{label}\n" for index, label in enumerate(labels.split()))
    dataset = parse_csv(text, "f.csv", "classification", header=True)
    assert dataset.classes == tuple(classes.split())
    assert [dataset.classes[one] for one in dataset.targets.argmax(axis=1)] == labels.split()


def test_natural_order_of_thousands_of_digits() -> None:
    assert natural_key("a" + "1" * 5000) < natural_key("a" + "2" * 5000) < natural_key("a" + "1" * 5001)


def test_most_classes() -> None:
    text = "x,y\n" + "".join(f"{index},c{index}\n" for index in range(100))
    assert len(parse_csv(text, "f.csv", "classification").classes) == 100
    message = refusal(text + "100,c100\n", "classification")
    assert message.startswith("f.csv, line 102, column 2 (y): more than 100 classes")
    assert "--target" in message


def test_constant_target() -> None:
    dataset = parse_csv("x,y\n1,5\n2,5\n", "f.csv", "regression")
    assert make_dataset(TrainingConfig(), dataset).targets.tolist() == [[0], [0]]


def test_constant_feature_has_a_range_to_plot() -> None:
    ((low, high), _) = parse_csv("x,z,y\n7,1,5\n7,2,5\n", "f.csv", "regression").domain
    assert low < 7 < high


def test_trains(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(POINTS)
    dataset = make_dataset(TrainingConfig.defaults("classification"), load_csv(path, "classification"))
    np.testing.assert_allclose(dataset.inputs.mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.csv: is empty"),
        (" \n\n", "f.csv: is empty"),
        ("x,y\n", "f.csv, line 1: has a header, but no data: it takes at least 2 rows of data"),
        ("1,2\n", "f.csv, line 1: has only one row: it takes at least 2 rows of data"),
        ("x,y\n1,2\n", "f.csv: has 1 row of data: it takes at least 2"),
        (
            "x\n1\n2\n",
            "f.csv, line 1: has 1 column: it takes a feature and a target, parted by , or ; or a tab",
        ),
        ("x,y\n1,2\n3\n", "f.csv, line 3: has 1 cell where line 1 has 2"),
        ("x,y\n\n1,2\n\n3,4,5\n", "f.csv, line 5: has 3 cells where line 1 has 2"),
        ("x,y\r\n1,2\r\n3,4,5\r\n", "f.csv, line 3: has 3 cells where line 1 has 2"),
        ("x,y\r1,2\r3,4,5\r", "f.csv, line 3: has 3 cells where line 1 has 2"),
        ('"x\n\n",y\n1,2\n3,4,5\n', "f.csv, line 5: has 3 cells where line 1 has 2"),
        ("x,y\n1,2\n3,abc\n", "f.csv, line 3, column 2 (y): 'abc' is not a number"),
        ("1,2\n3,abc\n", "f.csv, line 2, column 2: 'abc' is not a number"),
        ("x,y\n1,2\n3_0,4\n", "f.csv, line 3, column 1 (x): '3_0' is not a number"),
        ("x,y\n1,2\n٣,4\n", "f.csv, line 3, column 1 (x): '٣' is not a number"),
        ("x,y\n1,2\n0x10,4\n", "f.csv, line 3, column 1 (x): '0x10' is not a number"),
        ("x;y\n1;2\n3,5;4\n", "f.csv, line 3, column 1 (x): '3,5' is not a number (decimals take a point)"),
        ("x,y\n1,2\n3,\n", "f.csv, line 3, column 2 (y): is empty: every row needs a value here"),
        ("x,y\n1,2\n3,NaN\n", "f.csv, line 3, column 2 (y): 'NaN' is not a finite number"),
        ("x,y\n1,2\n-inf,3\n", "f.csv, line 3, column 1 (x): '-inf' is out of range: it takes numbers from"),
        (
            "x,y\n1,2\n1e999,3\n",
            "f.csv, line 3, column 1 (x): '1e999' is out of range: it takes numbers from",
        ),
        ("x,y\n1,2\n1.1e100,3\n", "f.csv, line 3, column 1 (x): '1.1e100' is out of range"),
        (
            "x,y\n-1e101,2\n1,3\n",
            "f.csv, line 2, column 1 (x): '-1e101' is out of range: it takes numbers from",
        ),
        ('x,y\n1,2\n"3,4\n5,6\n', "f.csv, line 3: a quote that opens in this row is never closed"),
        ('x,y\n1,2\n"3"4,5\n', "f.csv, line 3: a closing quote has something behind it"),
        ("x,y\n1,2\n3,\0\n", "f.csv, line 3: has a NUL byte: it is no text"),
        ("1,2,abc\n4,5,6\n", "f.csv, line 1, column 3: 'abc' may be the column's name or a mistake"),
        ("1,5%\n4,6\n", "f.csv, line 1, column 2: '5%' is not a number; if line 1 is a header, say so with"),
        ("1,NA\n4,6\n", "f.csv, line 1, column 2: 'NA' is not a number; if line 1 is a header, say so with"),
        ("1,\n4,6\n", "f.csv, line 1, column 2: is empty: every row needs a value here"),
        ("x,y\n1,2\n3,a\x1b[2J\n", "f.csv, line 3, column 2 (y): 'a\\x1b[2J' is not a number"),
        ('x,"y\nz\x07"\n1,2\n3,\u202ea\n', "f.csv, line 4, column 2 (y z\\x07): '\\u202ea' is not a number"),
        ("x,y\n1,2\n3," + "a" * 999, f"f.csv, line 3, column 2 (y): '{'a' * 39}…' is not a number"),
        ("x," + "y" * 999 + "\n1,2\n3,a\n", f"f.csv, line 3, column 2 ({'y' * 39}…): 'a' is not a number"),
    ],
)
def test_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,y\n1,a\n2,a\n", "f.csv, column 2 (y): has one class only, 'a': it takes at least 2"),
        ("x,y\n1,a\n2,\n", "f.csv, line 3, column 2 (y): is empty: every row needs a value here"),
        ("x,y\n1,a\n2,' '\n,b\n", "f.csv, line 4, column 1 (x): is empty: every row needs a value here"),
        ("x,y\n1,a\nb,b\n", "f.csv, line 3, column 1 (x): 'b' is not a number"),
        ("x,y\n1,a\n", "f.csv: has 1 row of data: it takes at least 2"),
    ],
)
def test_refused_for_classes(text: str, message: str) -> None:
    assert refusal(text, "classification").startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "z"}, "f.csv, line 1: no column 'z': it has a, b, b, c"),
        ({"features": ["a", "nope\n"]}, "f.csv, line 1: no column 'nope': it has a, b, b, c"),
        ({"target": "A"}, "f.csv, line 1: no column 'A': it has a, b, b, c"),
        ({"target": ""}, "f.csv, line 1: no column '': it has a, b, b, c"),
        ({"target": "-1"}, "f.csv, line 1: no column '-1': it has a, b, b, c"),
        ({"target": "0"}, "f.csv, line 1: no column 0: positions are 1 to 4"),
        ({"target": "5"}, "f.csv, line 1: no column 5: positions are 1 to 4"),
        ({"target": "9" * 5000}, f"f.csv, line 1: no column {'9' * 39}…: positions are 1 to 4"),
        ({"target": "b"}, "f.csv, line 1: 'b' is the name of columns 2 and 3: give a position instead"),
        (
            {"features": ["a", "b"]},
            "f.csv, line 1: 'b' is the name of columns 2 and 3: give a position instead",
        ),
        ({"features": ["a", "1"]}, "f.csv, line 1: features: column 1 (a) is named twice"),
        ({"features": ["a", "c"]}, "f.csv, line 1: features: column 4 (c) is the target"),
        ({"features": ["a"], "target": "1"}, "f.csv, line 1: features: column 1 (a) is the target"),
        ({"features": []}, "f.csv, line 1: features: it takes at least one"),
        ({"features": ["a", "\x1b[2J" * 30]}, "f.csv, line 1: no column '\\x1b[2J\\x1b[2J"),
    ],
)
def test_refused_columns(options: dict[str, Any], message: str) -> None:
    assert refusal("a,b,b,c\n1,2,3,4\n5,6,7,8\n", **options).startswith(message)
    assert refusal("a,b,b,c\n1,2,3,4\n5,6,7,8\n", header=True, **options).startswith(message)


def test_no_names_without_a_header() -> None:
    message = refusal("1,2\n3,4\n", header=False, target="y")
    assert message == "f.csv: no column 'y': without a header columns go by position, 1 to 2"
    assert refusal("1,2\n3,4\n", target="7") == "f.csv: no column 7: positions are 1 to 2"


def test_most_columns() -> None:
    def text(columns: int) -> str:
        return "".join(",".join([str(row)] * columns) + "\n" for row in range(2))

    assert len(parse_csv(text(1000), "f.csv", "regression").features) == 999
    assert refusal(text(1001)) == "f.csv, line 1: more than 1000 columns"


def test_many_names_are_cut_short() -> None:
    text = "\n".join(",".join(f"{prefix}{column}" for column in range(50)) for prefix in ("x", "", ""))
    assert "it has x0, x1, x2, x3, x4, x5, x6, x7 and 42 more" in refusal(text, target="z")


def test_most_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS == 1_000_000
    monkeypatch.setattr("bpengine.csv_data.samples.MOST_ROWS", 3)
    assert len(parse_csv("x,y\n" + "0,1\n" * 3, "f.csv", "regression")) == 3
    assert refusal("x,y\n" + "0,1\n" * 4).endswith("line 5: more than 3 rows of data")
    assert len(parse_csv("0,1\n" * 3, "f.csv", "regression")) == 3
    assert refusal("0,1\n" * 4).endswith("line 4: more than 3 rows of data")


def test_cell_too_long() -> None:
    assert "line 2: a cell of more than 131,072 characters" in refusal('x,y\n1,"2' + "a" * 140_000)


def test_missing_file(tmp_path: Path) -> None:
    assert file_refusal(tmp_path / "no.csv").endswith("no.csv: there is no such file")
    assert file_refusal("") == ".: is a folder, not a file"
    (tmp_path / "a.csv").write_text(XY)
    assert "can't be read: not a directory" in file_refusal(tmp_path / "a.csv" / "b.csv")
    assert "can't be read" in file_refusal("x" * 5000)
    assert file_refusal("a\0b.csv") == "a\\x00b.csv: is not a possible file name"
    assert file_refusal("no\n\x1b[2J\udcff.csv") == "no\\n\\x1b[2J\\udcff.csv: there is no such file"


def test_no_file(tmp_path: Path) -> None:
    assert file_refusal(tmp_path).endswith(": is a folder, not a file")
    assert file_refusal(os.devnull) == "/dev/null: is not a regular file"
    assert file_refusal("/dev/zero") == "/dev/zero: is not a regular file"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert file_refusal(pipe).endswith("pipe: is not a regular file")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "can't be read: too many levels of symbolic links" in file_refusal(loop)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text(XY)
    path.chmod(0)
    assert file_refusal(path).endswith("secret.csv: there is no permission to read it")


def test_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.csv"
    path.write_text(XY)
    monkeypatch.setattr(Path, "open", refuse)
    assert file_refusal(path).endswith("secret.csv: there is no permission to read it")


def test_two_gigabytes_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # sparse
    assert stat.S_ISREG(path.stat().st_mode)
    monkeypatch.setattr(Path, "open", lambda *_arguments, **_options: pytest.fail("it was opened"))
    assert file_refusal(path).endswith("big.csv: is too large: it takes at most 100 MB")


def test_a_file_that_grows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "growing.csv"
    path.write_text(XY)
    monkeypatch.setattr("bpengine.csv_data.files.MOST_BYTES", 12)
    assert len(XY) == 12
    assert len(load_csv(path, "regression")) == 2
    size = os.stat_result((stat.S_IFREG, 0, 0, 0, 0, 0, 5, 0, 0, 0))
    path.write_text(XY + "5,6\n")
    monkeypatch.setattr(Path, "stat", lambda self: size)
    assert "is too large" in file_refusal(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x,y\n1,2\n3,\xe9\n", "line 3: byte 0xe9 is not UTF-8: save it as UTF-8 text"),
        (b"x,y\r\n1,2\r\n\r\n3,\xff\n", "line 4: byte 0xff is not UTF-8: save it as UTF-8 text"),
        (XY.encode("utf-16"), "line 1: is UTF-16: save it as UTF-8 text"),
        (XY.encode("utf-16-le"), "line 1: has a NUL byte: it is no text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "line 1: byte 0x89 is not UTF-8: save it as UTF-8 text"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
    ],
)
def test_bytes(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    assert file_refusal(path).endswith(message)


def test_odd_file_name(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b[2J.csv"
    path.write_text(XY + "5\n")
    assert file_refusal(path) == "a\\nb\\x1b[2J.csv, line 4: has 1 cell where line 1 has 2"
    path.write_text(XY)
    assert load_csv(path, "regression").name == "a\\nb\\x1b[2J.csv"


def test_long_path_keeps_its_end(tmp_path: Path) -> None:
    message = file_refusal(tmp_path / ("d" * 100) / "end.csv")
    assert message.startswith("…")
    assert message.endswith("ddd/end.csv: there is no such file")

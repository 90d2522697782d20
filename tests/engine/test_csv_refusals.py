"""What no samples can be made of is refused in one line that says where and why."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from bpengine import Task, TrainingConfig
from bpengine.csv_data import load_csv, parse_csv
from bpengine.csv_data.samples import MAX_ROWS
from bpengine.datasets import make_dataset
from bpengine.errors import DataError
from tests.engine.csv_texts import XY


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


def test_most_classes() -> None:
    text = "x,y\n" + "".join(f"{index},c{index}\n" for index in range(100))
    assert len(parse_csv(text, "f.csv", "classification").classes) == 100
    message = refusal(text + "100,c100\n", "classification")
    assert message.startswith("f.csv, line 102, column 2 (y): more than 100 classes")
    assert "--target" in message


def test_constant_target() -> None:
    dataset = parse_csv("x,y\n1,5\n2,5\n", "f.csv", "regression")
    assert make_dataset(TrainingConfig(), dataset).targets.tolist() == [[0], [0]]


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
    assert MAX_ROWS == 1_000_000
    monkeypatch.setattr("bpengine.csv_data.samples.MAX_ROWS", 3)
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
    monkeypatch.setattr("bpengine.csv_data.files.MAX_BYTES", 12)
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

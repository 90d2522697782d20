"""A file that can't be used is rejected with one line that says where the problem is and what it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from bpengine import Task, TrainingConfig
from bpengine.data.csv import load_csv, parse_csv
from bpengine.errors import DataError
from bpengine.training.training_data import make_dataset
from tests.engine.csv_texts import XY


def message_for(text: str, task: Task = "regression", **options: Any) -> str:
    """Return the message of the error that the text causes."""
    with pytest.raises(DataError) as caught:
        parse_csv(text, "f.csv", task, **options)
    return one_line(caught.value)


def one_line(error: DataError) -> str:
    """Return the message, after checking that it is a single printable line."""
    message = str(error)
    assert message.isprintable()
    assert len(message) < 300
    return message


def file_message_for(path: Path | str) -> str:
    """Return the message of the error that loading the file causes."""
    with pytest.raises(DataError) as caught:
        load_csv(path, "regression")
    return one_line(caught.value)


def test_there_are_at_most_100_classes() -> None:
    text = "x,y\n" + "".join(f"{index},c{index}\n" for index in range(100))
    assert len(parse_csv(text, "f.csv", "classification").classes) == 100
    message = message_for(text + "100,c100\n", "classification")
    assert message.startswith("f.csv, line 102, column 2 (y): has more than 100 classes")
    assert message.endswith("with target")


def test_a_single_class_is_rejected() -> None:
    message = message_for("x,y\n1,a\n2,a\n", "classification")
    assert message == "f.csv, column 2 (y): has only one class, 'a', but needs at least 2"


def test_a_constant_target_is_allowed() -> None:
    dataset = parse_csv("x,y\n1,5\n2,5\n", "f.csv", "regression")
    assert make_dataset(TrainingConfig(), dataset).targets.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" \n\n", "f.csv: is empty"),
        ("x,y\n", "f.csv, line 1: has a header and no data, but needs at least 2 rows of data"),
        ("1,2\n", "f.csv, line 1: has only one row, but needs at least 2 rows of data"),
        ("x,y\n1,2\n", "f.csv: has 1 row of data, but needs at least 2"),
        (
            "x\n1\n2\n",
            "f.csv, line 1: has only one column: separate features and target with commas, semicolons, tabs",
        ),
        ("x,y\r\n1,2\r\n\r\n3,4,5\r\n", "f.csv, line 4: has 3 cells, but line 1 has 2"),
        ('"x\n\n",y\n1,2\n3\n', "f.csv, line 5: has 1 cell, but line 1 has 2"),
        ("1,2\n3,abc\n", "f.csv, line 2, column 2: must be a number, got 'abc'"),
        ("x,y\n1,2\n٣,4\n", "f.csv, line 3, column 1 (x): must be a number, got '٣'"),
        (
            'x,y\n1,2\n"3,5",4\n',
            "f.csv, line 3, column 1 (x): must be a number, got '3,5' (use a decimal point, not a comma)",
        ),
        (
            "x;y\n1;2\n3,5;1.234\n",
            "f.csv, line 3, column 2 (y): '1.234' has a decimal point, but '3,5' in line 3 has",
        ),
        (
            "sep=.\nx,y\n1,2\n",
            "f.csv, line 1: sep= must name a comma, a semicolon, the tab or a vertical bar",
        ),
        ("x,y\n1,2\n3,NaN\n", "f.csv, line 3, column 2 (y): has an empty cell ('NaN'): missing='drop'"),
        (
            "x,y\n1,2\n-inf,3\n",
            "f.csv, line 3, column 1 (x): must be a number from -1e+100 to 1e+100, got '-inf'",
        ),
        ('x,y\n1,2\n"3,4\n5,6\n', "f.csv, line 3: has an opening quotation mark without a closing one"),
        ('x,y\n1,2\n"3"4,5\n', "f.csv, line 3: has text after a closing quotation mark"),
        ("x,y\n1,2\n3,\0\n", "f.csv, line 3: has a NUL byte, so the file is not text"),
        (
            "1,2,abc\n4,5,6\n",
            "f.csv, line 1, column 3: 'abc' may be a column name or a mistake: choose with header=True or",
        ),
        (
            "1,5%\n4,6\n",
            "f.csv, line 1, column 2: must be a number, got '5%'; if line 1 is a header, use header=True",
        ),
        (
            'x,"y\nz\x07"\n1,2\n3,\u202ea\n',
            "f.csv, line 4, column 2 (y z\\x07): must be a number, got '\\u202ea'",
        ),
        (
            "x," + "y" * 999 + "\n1,2\n3," + "a" * 999,
            f"f.csv, line 3, column 2 ({'y' * 39}…): must be a number, got '{'a' * 39}…'",
        ),
    ],
)
def test_text_that_can_not_be_used_is_rejected(text: str, message: str) -> None:
    assert message_for(text).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "z"}, "f.csv, line 1: has no column 'z': the columns are a, b, b, c"),
        ({"features": ["a", "nope\n"]}, "f.csv, line 1: has no column 'nope': the columns are a, b, b, c"),
        ({"target": "5"}, "f.csv, line 1: has no column 5: positions are 1 to 4"),
        ({"target": "9" * 5000}, f"f.csv, line 1: has no column {'9' * 39}…: positions are 1 to 4"),
        ({"target": "b"}, "f.csv, line 1: 'b' is the name of columns 2 and 3: use a position instead"),
        ({"features": ["a", "1"]}, "f.csv, line 1: features: column 1 (a) is named twice"),
        ({"features": ["a", "c"]}, "f.csv, line 1: features: column 4 (c) is also the target"),
        ({"features": []}, "f.csv, line 1: features: must name at least one column"),
    ],
)
def test_an_invalid_choice_of_columns_is_rejected(options: dict[str, Any], message: str) -> None:
    assert message_for("a,b,b,c\n1,2,3,4\n5,6,7,8\n", **options).startswith(message)
    assert message_for("a,b,b,c\n1,2,3,4\n5,6,7,8\n", header=True, **options).startswith(message)


def test_columns_have_no_names_without_a_header() -> None:
    message = message_for("1,2\n3,4\n", header=False, target="y")
    assert message == "f.csv: has no column 'y': without a header, columns are chosen by position, 1 to 2"
    assert message_for("1,2\n3,4\n", target="7") == "f.csv: has no column 7: positions are 1 to 2"


def test_there_are_at_most_1000_columns() -> None:
    def text(columns: int) -> str:
        return "".join(",".join([str(row)] * columns) + "\n" for row in range(2))

    assert len(parse_csv(text(1000), "f.csv", "regression").features) == 999
    assert message_for(text(1001)) == "f.csv, line 1: has more than 1000 columns"


def test_a_message_lists_at_most_eight_columns() -> None:
    text = "\n".join(",".join(f"{prefix}{column}" for column in range(50)) for prefix in ("x", "", ""))
    assert "the columns are x0, x1, x2, x3, x4, x5, x6, x7 and 42 more" in message_for(text, target="z")


def test_more_than_ten_texts_are_refused_if_most_rows_have_their_own() -> None:
    def text(rows: int) -> str:
        return "city,y\n" + "".join(f"town {row % 11},{row}\n" for row in range(rows))

    assert len(parse_csv(text(22), "f.csv", "regression")) == 22
    assert "(city): has 11 different texts" in message_for(text(21))


def test_a_message_describes_three_columns_of_a_kind() -> None:
    text = "a,b,c,d,e,y\n" + "".join(
        f"{','.join(f'{name}{row}' for name in 'abcde')},{row}\n" for row in range(60)
    )
    message = message_for(text)
    assert message.startswith(
        "f.csv: a has 60 different texts, b has 60 different texts, c has 60 different texts, "
    )
    assert "and so on in 2 more columns" in message


def test_a_cell_that_is_too_long_is_rejected() -> None:
    assert "line 2: has a cell of more than 131,072 characters" in message_for('x,y\n1,"2' + "a" * 140_000)


def test_a_file_that_does_not_exist_is_rejected(tmp_path: Path) -> None:
    assert file_message_for(tmp_path / "no.csv").endswith("no.csv: there is no such file")
    assert file_message_for("") == ".: is a folder, not a file"
    (tmp_path / "a.csv").write_text(XY)
    assert "can't be read: not a directory" in file_message_for(tmp_path / "a.csv" / "b.csv")
    assert "can't be read" in file_message_for("x" * 5000)
    assert file_message_for("a\0b.csv") == "a\\x00b.csv: is not a possible file name"
    assert file_message_for("no\n\x1b[2J\udcff.csv") == "no\\n\\x1b[2J\\udcff.csv: there is no such file"


def test_a_folder_or_a_device_is_rejected(tmp_path: Path) -> None:
    assert file_message_for(tmp_path).endswith(": is a folder, not a file")
    assert file_message_for(os.devnull) == "/dev/null: is not a regular file"
    assert file_message_for("/dev/zero") == "/dev/zero: is not a regular file"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert file_message_for(pipe).endswith("pipe: is not a regular file")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "can't be read: too many levels of symbolic links" in file_message_for(loop)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)  # sparse
    assert stat.S_ISREG(path.stat().st_mode)
    monkeypatch.setattr(Path, "open", lambda *_arguments, **_options: pytest.fail("the file was opened"))
    assert file_message_for(path).endswith(
        "big.csv: is too large: the limit is 100 MB; head -n 2001 big.csv > part-big.csv takes 2,000 rows"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x,y\n1,2\n3,\x81\n", "line 3: has byte 0x81, which is not UTF-8: the file must be saved as UTF-8"),
        (b"x,y\r\n1,2\r\n\r\n3,\xff\0\n", "line 4: has a NUL byte, so the file is not text"),
        (XY.encode("utf-16") + b"5", "which is not UTF-16: the file must be saved as UTF-8"),
        (XY.encode("utf-32-le"), "line 1: has a NUL byte, so the file is not text"),
        (b"\xef\xbb\xbf", "is empty"),
    ],
)
def test_a_file_that_is_not_text_is_rejected(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    assert file_message_for(path).endswith(message)


def test_an_unprintable_file_name_is_escaped(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b[2J.csv"
    path.write_text(XY + "5\n")
    assert file_message_for(path) == "a\\nb\\x1b[2J.csv, line 4: has 1 cell, but line 1 has 2"
    path.write_text(XY)
    assert load_csv(path, "regression").name == "a\\nb\\x1b[2J.csv"


def test_the_end_of_a_long_path_is_shown(tmp_path: Path) -> None:
    message = file_message_for(tmp_path / ("d" * 100) / "end.csv")
    assert message.startswith("…")
    assert message.endswith("ddd/end.csv: there is no such file")

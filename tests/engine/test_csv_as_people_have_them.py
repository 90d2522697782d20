"""Tables as people have them: dates and gaps of several countries, from spreadsheets in several encodings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bpengine import DataError, Dataset, Task, Trainer, TrainingConfig
from bpengine.checkpoint import load, save
from bpengine.data.csv import load_csv, parse_csv

DAYS = "x;y\n{};1\n{};2\n{};4\n"
WESTERN = "Western European (cp1252)"
HOUSES = "城市;面积(平方米);价格\n北京;90;540\n上海;无;400\n广州;70;210\n北京;50;300\n"


def read(text: str, task: Task = "regression", **options: Any) -> Dataset:
    return parse_csv(text, "f.csv", task, **options)


def refused(text: str, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        read(text, **options)
    return str(caught.value).removeprefix("f.csv")


@pytest.mark.parametrize(
    ("dates", "options", "days", "said"),
    [
        ("01.02.2024 31.01.2024 3.2.24", {}, [1, 0, 3], "2024-01-31: 01.02.2024 in line 2 is 2024-02-01"),
        ("1/31/2024 2/1/2024 2/3/24", {}, [0, 1, 3], "2024-01-31: 1/31/2024 in line 2 is 2024-01-31"),
        ("31/01/2024 2024-02-01 03/02/2024", {}, [0, 1, 3], "2024-01-31: 31/01/2024 in line 2 is 2024-01-31"),
        ("01.02.2024 02.02.2024 04.02.2024", {}, [0, 1, 3], "2024-02-01: 01.02.2024 in line 2 is 2024-02-01"),
        (
            "01/02/2024 02/02/2024 04/02/2024",
            {"dates": "dmy"},
            [0, 1, 3],
            "2024-02-01: 01/02/2024 in line 2 is 2024-02-01",
        ),
        (
            "01/02/2024 01/03/2024 01/05/2024",
            {"dates": "mdy"},
            [0, 1, 3],
            "2024-01-02: 01/02/2024 in line 2 is 2024-01-02",
        ),
        ("1/1/2024 2/2/2024 3/3/2024", {}, [0, 32, 62], "2024-01-01"),
        ("2024/1/31 2024年2月1日 2024-02", {}, [0, 1, 1], "2024-01-31"),
        (
            "31.12.1999 1.1.00 31.12.69",
            {},
            [10957, 10958, 0],
            "1969-12-31: 31.12.1999 in line 2 is 1999-12-31",
        ),
        (
            "1/31/2024_12:00_AM 1/31/2024_6:00_pm 2/1/2024_12:00_PM",
            {},
            [0, 0.75, 1.5],
            "2024-01-31: 1/31/2024 12:00 AM in line 2 is 2024-01-31",
        ),
    ],
)
def test_dates_are_read_in_the_order_of_their_column(
    dates: str, options: dict[str, Any], days: list[float], said: str
) -> None:
    dataset = read(DAYS.format(*(date.replace("_", " ") for date in dates.split())), **options)
    assert dataset.inputs[:, 0].tolist() == days
    assert dataset.notes == (f"x is taken as days since {said}",)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            DAYS.format("01/02/2024", "03/04/2024", "2024-05-06"),
            {},
            ", column 1 (x): has dates that may be day/month or month/day ('01/02/2024')",
        ),
        (
            DAYS.format("01/02/2024", "03/04/2024", "05/06/2024"),
            {},
            ", column 1 (x): has dates that may be day/month or month/day ('01/02/2024'): ignore=['x'] "
            "leaves the column out, dates='dmy' or dates='mdy' says which",
        ),
        (
            DAYS.format("31/01/2024", "02/02/2024", "01/31/2024"),
            {},
            ", line 4, column 1 (x): must be a date such as 31.01.2024, got '01/31/2024'",
        ),
        (
            DAYS.format("31/01/2024", "02/02/2024", "03/02/2024"),
            {"dates": "mdy"},
            ", line 2, column 1 (x): must be a date such as 01/31/2024, got '31/01/2024'",
        ),
        (DAYS.format("24-01-31", "24-02-01", "24-02-02"), {}, ", column 1 (x): has dates that are not like"),
        (
            "x,y\n1,2\nkaputt,3\nkaputt,4\n5,6\n",
            {},
            ", column 1 (x): has numbers and texts ('kaputt'): ignore=['x'] leaves the column out, "
            "missing_words=('kaputt',) takes 'kaputt' for empty",
        ),
        (
            "x,y\n1,2\nkaputt,3\n5,6\n",
            {},
            ", line 3, column 1 (x): must be a number, got 'kaputt'; ignore=['x'] leaves the column out, "
            "missing_words=('kaputt',) takes it for empty",
        ),
        (
            "x,y\n1,2\n1O,3\n5,6\n",
            {},
            ", line 3, column 1 (x): must be a number, got '1O'; ignore=['x'] leaves the column out",
        ),
        (
            "x,y\nk.A.,2\n-,3\n,4\n5,6\n6,7\n7,8\n",
            {},
            ", column 1 (x): has 3 empty cells ('k.A.', '-'): missing='mean' fills them",
        ),
        (
            "x,y\n-999,2\n3,-999\n5,6\n",
            {"missing_words": ["-999"]},
            ": x has an empty cell ('-999'), y has an empty cell ('-999'): missing='mean' fills them",
        ),
        ("x,y\n1,2\n3,4\n", {"dates": "ymd"}, "dates: must be dmy or mdy, got 'ymd'"),
        ("x,y\n1,2\n3,4\n", {"missing_words": "x"}, "missing_words: must be a list of printable texts"),
    ],
)
def test_what_is_not_certain_is_refused_in_one_line(text: str, options: dict[str, Any], message: str) -> None:
    assert refused(text, **options).startswith(message)


def test_dropped_rows_do_not_change_how_dates_are_read() -> None:
    """The only date that says that the month comes first is in a row that is left out."""
    dataset = read("x,z,y\n01/02/2024,5,1\n01/03/2024,2,2\n01/31/2024,,3\n", missing="drop")
    assert dataset.inputs[:, 0].tolist() == [0, 1]
    assert dataset.notes[0].endswith("since 2024-01-02: 01/02/2024 in line 2 is 2024-01-02")


def test_gaps_are_named_and_dropped_or_filled() -> None:
    text = "x;y\n1,5;1\nk.A.;2\n#DIV/0!;3\n-999;4\n3,5;keine Angabe\n2,5;5\n"
    dropped = read(text, missing="drop", missing_words=["-999"])
    assert (dropped.inputs[:, 0].tolist(), dropped.targets[:, 0].tolist()) == ([1.5, 2.5], [1, 5])
    assert dropped.notes[-1] == "4 rows of 6 with empty cells ('k.A.', '#DIV/0!', '-999') left out"
    filled = read(text, missing="mean", missing_words=["-999"])
    assert filled.inputs[:, 0].tolist() == [1.5, 2, 2, 2, 2.5]
    said = "3 empty cells ('k.A.', '#DIV/0!', '-999') of x filled with its mean, 2"
    assert filled.notes[-1] == said


def test_a_run_reads_new_rows_as_it_read_the_table(tmp_path: Path) -> None:
    text = "when,x,y\n31/01/2024,1,1\n01/02/2024,gone,2\n03/02/2024,3,4\n"
    dataset = read(text, missing="mean", missing_words=["gone", "-999"])
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=3), dataset)
    trainer.fit()
    save(trainer, tmp_path / "run.bptui")
    loaded = load(tmp_path / "run.bptui")
    assert loaded.dataset.columns == dataset.columns
    expected = trainer.predict(dataset.coordinates)[[1, 2]].tolist()
    rows = [("01/02/2024", "Gone"), ("2024-02-03", 3)], [("1.2.2024", -999.0), ("3/2/24", "3")]
    for pair in rows:
        assert loaded.predict(pair).tolist() == expected
    with pytest.raises(DataError, match=r"when: must be a date such as 31\.01\.2024, got '01/31/2024'"):
        loaded.predict([("01/31/2024", 1)])


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (HOUSES, "gbk", "Chinese (GBK)"),
        ("日期;城市;气温\n2024/1/1;鑫;3\n2024/1/2;鑫;4\n", "gb18030", "Chinese (GBK)"),
        (HOUSES, "utf-16", "UTF-16"),
        (HOUSES, "utf-16-le", "UTF-16"),
        (HOUSES, "utf-16-be", "UTF-16"),
        ("x;y\n1;2\n3;4\n", "utf-16-le", "UTF-16"),
        ("Größe;Straße;Übergröße (m²)\n1;A;2\n3;B;4\n", "cp1252", WESTERN),
        ("Größe;y\n1;2\n3;4\n", "cp1252", WESTERN),
        ("GRÖSSE;HÖHE;§§\n1;2;3\n3;4;5\n", "cp1252", WESTERN),
        ("né;été créé;où\n1;2;3\n3;4;5\n", "cp1252", WESTERN),
        ("x;y (°C)\n1;2\n3;4\n", "cp1252", WESTERN),
    ],
)
def test_encodings_of_spreadsheets_are_told_apart(
    text: str, encoding: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(text.encode(encoding))
    dataset = load_csv(path, "regression", missing="drop")
    header = text.split("\n", 1)[0].split(";")
    assert [column.name for column in dataset.raw_columns] == header[:-1]
    assert dataset.target == header[-1]
    assert said in dataset.notes[0]


def test_a_table_longer_than_its_sampled_lines_keeps_its_encoding(tmp_path: Path) -> None:
    """A line of Chinese may be possible as UTF-8 by chance, as the one with four letters here."""
    path = tmp_path / "f.csv"
    path.write_bytes((HOUSES + "北京;90;540\n" * 300 + "目录;1;2\n").encode("gbk"))
    assert load_csv(path, "regression", missing="drop").columns[0].categories[-1] == "目录"


def test_what_spreadsheets_leave_behind_is_no_data() -> None:
    dataset = read("Größe (cm);Gewicht (kg);;\n170;70,5;;\n180;81,5;;\n;;;\n;;;\n")
    assert (dataset.features, dataset.target) == (("Größe (cm)",), "Gewicht (kg)")
    assert dataset.targets[:, 0].tolist() == [70.5, 81.5]


def test_a_spreadsheets_own_format_is_named(tmp_path: Path) -> None:
    for name, start in (("a.xlsx", b"PK\x03\x04"), ("a.xls", b"\xd0\xcf\x11\xe0")):
        path = tmp_path / name
        path.write_bytes(start + bytes(100))
        with pytest.raises(
            DataError, match=f"{name}: is a spreadsheet's own format .* save the sheet as CSV"
        ):
            load_csv(path, "regression")

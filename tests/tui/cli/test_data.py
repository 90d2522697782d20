"""The user's own data on the command line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bpengine import Dataset, Task, Trainer, TrainingConfig
from bpengine.data.csv import load_csv
from tests.tui.cli.test_results import from_text
from tests.tui.support.running import Done, call, run

HOUSES = "size;rooms;price\n50;2;100\n80;3;170\n120;4;260\n65;2;130\n95;4;205\n110;3;240\n"
FLOWERS = "1,2,rose\n2,1,rose\n8,9,iris\n9,8,iris\n5,5,lily\n5,6,lily\n"
GAPS = "id,x,sex,y\n" + "".join(f"n{row},{row or ''},{'mf'[row % 2]},{row}\n" for row in range(12))
FILLED = ("--ignore=id", "--missing=mean")
SHORT = ("--epochs", "5", "--interval", "1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two files of data."""
    monkeypatch.chdir(tmp_path)
    Path("houses.csv").write_text(HOUSES)
    Path("flowers.csv").write_text(FLOWERS)
    Path("gaps.csv").write_text(GAPS)
    Path("mixed.csv").write_text("1,2,abc\n4,5,6\n")
    return tmp_path


def expected(task: Task, source: Dataset, *, suited: bool = True, **changes: Any) -> list[Any]:
    """The reports with what suits the samples, as when a flag and not a settings file chooses them."""
    changes = {
        **(TrainingConfig.recipe(source, test_share=changes.get("test_share")) if suited else {}),
        "epochs": 5,
        "report_interval": 1,
        **changes,
    }
    config = TrainingConfig.defaults(task, **changes)
    return list(Trainer(config, source, kernel="numpy").reports())


@pytest.mark.parametrize(
    ("task", "flags", "options"),
    [
        ("regression", ("--data=houses.csv",), {}),
        ("regression", ("--data=houses.csv", "--features=size"), {"features": ["size"]}),
        (
            "regression",
            ("--data=houses.csv", "--target", "1", "--features", " 3 , rooms"),
            {"target": "1", "features": ["3", "rooms"]},
        ),
        ("classification", ("--data=houses.csv", "--target=rooms"), {"target": "rooms"}),
        ("classification", ("--data=flowers.csv",), {}),
        ("classification", ("--data=flowers.csv", "--header=no"), {"header": False}),
        ("classification", ("--data=flowers.csv", "--header=yes"), {"header": True}),
    ],
)
def test_train_learns_from_the_file(task: Task, flags: tuple[str, ...], options: dict[str, Any]) -> None:
    path = "houses.csv" if "houses" in flags[0] else "flowers.csv"
    done = call("train", task, *flags, *SHORT)
    assert (done.status, done.err) == (0, "")
    assert from_text(done) == expected(task, load_csv(path, task, **options))


def test_test_samples_are_taken_from_the_file() -> None:
    done = call("train", "regression", "--data=houses.csv", "--test-share=0.3", *SHORT)
    source = load_csv("houses.csv", "regression")
    assert from_text(done) == expected("regression", source, test_share=0.3)
    assert all(" Test:" in line for line in done.lines)


def test_a_settings_file_names_data_relative_to_its_own_folder() -> None:
    Path("there").mkdir()
    Path("houses.csv").rename("there/houses.csv")
    Path("there/run.toml").write_text(
        'task = "regression"\ndata = "houses.csv"\nfeatures = "size"\ntarget = 3\n'
    )
    done = call("train", "--config", "there/run.toml", *SHORT)
    source = load_csv("there/houses.csv", "regression", features=["size"], target="price")
    assert from_text(done) == expected("regression", source, suited=False)
    assert call("train", "--config=there/run.toml", "--features=size,rooms", *SHORT) != done
    named = call("train", "--config=there/run.toml", "--dataset=sine", *SHORT)
    assert named == call("train", "regression", *SHORT), "a named set asked for by flag goes before the file"
    shown = call("config", "show", "--config", "there/run.toml")
    Path("shown.toml").write_text(shown.out)
    assert call("train", "--config", "shown.toml", *SHORT) == done


def test_the_snapshot_shows_the_file_s_data() -> None:
    flags = ("--data=flowers.csv", "--epochs=3", "--output=x.txt")
    assert call("snapshot", "classification", *flags) == Done(0, "", "")
    text = Path("x.txt").read_text(encoding="utf-8")
    assert "rose" in text


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--target=size",), "argument --target: needs --data"),
        (("--data=",), "argument --data: must be the name of a CSV file, got ''"),
        (("--data=houses.csv", "--dataset=sine"), "argument --dataset: not allowed with --data"),
        (("--data=houses.csv", "--samples=9"), "argument --samples: not allowed with data from a file"),
        (("--data=houses.csv", "--target=cost"), "argument --data: houses.csv, line 1: has no column 'cost'"),
        (
            ("--data=houses.csv", "--ignore=price", "--target=price"),
            "houses.csv, line 1: --ignore: column 3 (price) is also a feature or the target",
        ),
        (
            ("--data=gaps.csv",),
            "argument --data: gaps.csv: id has 12 different texts, x has an empty cell: --ignore id leaves "
            "the column out, --missing mean fills it, --missing drop leaves its row out",
        ),
        (("--data=mixed.csv",), "may be a column name or a mistake: choose with --header yes or --header no"),
    ],
)
def test_bad_options_for_data_are_refused_in_one_line(flags: tuple[str, ...], told: str) -> None:
    done = call("train", "regression", *flags)
    assert (done.status, done.out) == (2, "")
    assert told in done.complaint


@pytest.mark.parametrize(
    "flags",
    [
        ("--output=./houses.csv",),
        ("--save=link.csv",),
        ("--output=new", "--save=there/../new"),
        ("--config=houses.csv",),
        ("--config=run.toml", "--output=run.toml"),
    ],
)
def test_one_file_cannot_be_read_and_written(flags: tuple[str, ...]) -> None:
    Path("there").mkdir()
    Path("link.csv").symlink_to("houses.csv")
    Path("run.toml").write_text("seed = 1")
    done = call("train", "regression", "--data=houses.csv", *flags, *SHORT)
    assert (done.status, done.out) == (2, "")
    assert "is also the file of --" in done.complaint or "is not TOML" in done.complaint
    assert Path("houses.csv").read_text() == HOUSES
    assert Path("run.toml").read_text() == "seed = 1"


def test_train_tells_on_stderr_how_rows_were_read() -> None:
    done = call("train", "regression", "--data=gaps.csv", *FILLED, *SHORT)
    source = load_csv("gaps.csv", "regression", ignore=["id"], missing="mean")
    assert from_text(done) == expected("regression", source)
    assert done.err.splitlines() == [f"bptui train: gaps.csv: {note}" for note in source.notes]
    assert "1 empty cell of x filled with its mean, 6" in source.notes
    call("train", "regression", "--data=gaps.csv", *FILLED, *SHORT, "--save=run.bptui")
    assert call("train", "--resume=run.bptui", "--epochs=6").err == "", "the run has its rows already"
    snapshot = call("snapshot", "regression", "--data=gaps.csv", *FILLED, "--epochs=2", "--output=x.txt")
    assert snapshot.err == done.err.replace("train", "snapshot")
    assert "filled" not in Path("x.txt").read_text(encoding="utf-8"), "a picture has no notes over it"


def test_a_settings_file_has_the_same_options() -> None:
    text = 'task = "regression"\ndata = "gaps.csv"\nignore = ["id"]\nmissing = "mean"\n'
    Path("run.toml").write_text(text)
    done = call("train", "--config=run.toml", *SHORT)
    source = load_csv("gaps.csv", "regression", ignore=["id"], missing="mean")
    assert from_text(done) == expected("regression", source, suited=False)
    Path("shown.toml").write_text(call("config", "show", "--config=run.toml").out)
    assert call("train", "--config=shown.toml", *SHORT) == done
    Path("run.toml").write_text('task = "regression"\ndata = "-"\n')
    refused = call("train", "--config=run.toml")
    assert "run.toml: data: must be the name of a CSV file" in refused.complaint


def test_data_are_read_from_standard_input() -> None:
    flags = ("regression", "--data=-", *FILLED, *SHORT)
    piped = run("train", *flags, stdin=Path("gaps.csv").read_bytes())
    named = call("train", *(flag.replace("=-", "=gaps.csv") for flag in flags))
    assert (piped.out, piped.err.replace("standard input", "gaps.csv")) == (named.out, named.err)
    Path("-").write_text(HOUSES)
    assert call("train", "regression", "--data=./-", *SHORT).status == 0, "a file of this name"
    closed = run("train", "regression", "--data=-", shell='exec "$@" <&-')
    assert "argument --data: standard input: is empty" in closed.complaint
    for given, told in (
        (b"", "argument --data: standard input: is empty"),
        (b"1,2\n3,x\n", "standard input, line 2, column 2: must be a number, got 'x'"),
    ):
        with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(given))):
            assert told in call("train", "regression", "--data=-").complaint
    for command in ((), ("config", "show")):
        assert "- is for bptui train and bptui snapshot" in call(*command, "--data=-").complaint

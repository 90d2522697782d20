"""A file that can't be used: the message has the flag or key that named it, the file and the reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.support.running import call

REGRESSION = ("train", "regression", "--epochs=1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, with a file of each kind that is bad."""
    monkeypatch.chdir(tmp_path)
    Path("bad.csv").write_text("a,b\n1,2\n3,x\n")
    Path("bad.toml").write_text("seed 1")
    Path("bad.json").write_text("{}")


def complaint(*arguments: str) -> str:
    """The message without the name of the command."""
    done = call(*arguments)
    assert (done.status, done.out) == (2, "")
    return done.complaint.partition(" error: ")[2]


@pytest.mark.parametrize(
    ("flag", "reason"),
    [
        ("--data=no.csv", "there is no such file"),
        ("--data=.", "is a folder, not a file"),
        ("--data=bad.csv/x", "can't be read: not a directory"),
        ("--config=no.toml", "there is no such file"),
        ("--config=.", "is a folder, not a file"),
        ("--config=bad.csv/x", "can't be read: not a directory"),
        ("--resume=no.json", "there is no such file"),
        ("--resume=.", "is a folder, not a file"),
        ("--resume=bad.json", "is not a checkpoint that this version reads"),
        ("--output=.", "is a folder, not a file"),
        ("--save=no/run.json", "can't be written: there is no folder 'no'"),
    ],
)
def test_an_unreadable_file_is_named_with_its_flag(flag: str, reason: str) -> None:
    name, _, path = flag.partition("=")
    assert complaint(*REGRESSION, flag) == f"argument {name}: {path}: {reason}"


def test_a_link_into_a_missing_folder_is_refused_by_that_folder() -> None:
    Path("link").symlink_to("no/run.bptui")
    (reason,) = re.findall(r"there is no folder '(.*)'$", complaint(*REGRESSION, "--save=link"))
    assert reason == str(Path.cwd() / "no")


def test_an_error_in_a_file_is_told_with_its_place() -> None:
    in_csv = "bad.csv, line 3, column 2 (b): must be a number, got 'x'"
    assert complaint(*REGRESSION, "--data=bad.csv") == f"argument --data: {in_csv}"
    assert complaint(*REGRESSION, "--config=bad.toml").startswith(
        "argument --config: bad.toml: is not TOML: "
    )


@pytest.mark.parametrize(("table", "key"), [("", "data"), ("[regression]\n", "regression.data")])
@pytest.mark.parametrize("command", ["train regression", "snapshot regression --output=x.txt", "config show"])
def test_an_unreadable_file_is_named_with_the_settings_file_that_names_it(
    command: str, table: str, key: str
) -> None:
    Path("there").mkdir()
    Path("there/run.toml").write_text(f'{table}data = "no.csv"')
    told = f"there/run.toml: {key}: there/no.csv: there is no such file"
    assert complaint(*command.split(), "--config=there/run.toml") == told


def test_a_file_named_by_flag_and_settings_file_is_blamed_on_the_flag() -> None:
    Path("run.toml").write_text('data = "no.csv"')
    told = "argument --data: other.csv: there is no such file"
    assert complaint(*REGRESSION, "--config=run.toml", "--data=other.csv") == told


def test_settings_that_do_not_go_together_are_told_with_their_table() -> None:
    Path("run.toml").write_text('ignore = "b"\n[regression]\ntarget = "a"\n')
    assert complaint(*REGRESSION, "--config=run.toml") == "run.toml: regression.target: needs data"


@pytest.mark.parametrize(
    ("command", "flag"),
    [
        ("train regression --epochs=1 --output=x.txt", "--output"),
        ("train regression --epochs=1 --format=csv --output=out.csv --save=x.svg", "--save"),
        ("snapshot regression --at=0 --output=x.svg", "--output"),
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_is_told_in_one_line(command: str, flag: str) -> None:
    for name in ("x.svg", "x.txt"):
        Path(name).symlink_to("/dev/full")
    told = "can't be written: no space left on device"
    name = "x.txt" if "x.txt" in command else "x.svg"
    assert complaint(*command.split()) == f"argument {flag}: {name}: {told}"

"""Data by formula on the command line: --function and --range, in settings files and in pictures."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.data.formulas.language import EXTREMES, FUNCTIONS, MAX_LENGTH
from bptui.session.saving.kinds import command_text
from bptui.session.session import Session
from tests.tui.support.running import call

PAGE = Path(__file__).parents[3] / "docs" / "functions.md"
SHORT = ("--epochs", "3", "--interval", "1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(*arguments: str) -> str:
    done = call(*arguments)
    assert (done.status, done.out) == (2, "")
    return done.complaint.partition(": error: ")[2]


def test_train_learns_the_formula() -> None:
    trainer = Trainer(TrainingConfig(function="-x**2", x_range=(-2, 2), epochs=3, report_interval=1))
    errors = [f"Epoch:{record.epoch}/3 Error:{record.error!r}" for record in trainer.reports()]
    for arguments in (
        ("train", "regression", "--function", "-x**2", "--range", "-2..2"),
        ("train", "--function=-x**2", "--range=-2..4/2"),
    ):
        assert call(*arguments, *SHORT).lines == errors
    same = call("train", "classification", *SHORT)
    assert call("train", "--function", "y < sin(pi*x)", *SHORT) == same, "a comparison is for classes"


def test_flags_that_do_not_fit_a_formula_are_refused_in_one_line() -> None:
    Path("a.csv").write_text("1,2\n2,3\n3,4\n")
    Path("bad.toml").write_text('function = "1/x"\n')
    for arguments, line in {
        (
            "regression",
            "--function",
            "sin(x) + z",
        ): "argument --function: column 10: unknown name 'z'; allowed: x, pi",
        (
            "regression",
            "--function",
            "y > x",
        ): "argument --function: column 1: this formula is for classification; ",
        (
            "--function",
            "1/x",
        ): "argument --function: the formula has no finite value at x = 0; change it or the range",
        ("--function", "y > 9"): "argument --function: all 441 samples are of one class, below; ",
        ("--function", "x", "--data", "a.csv"): "argument --function: not allowed with --data",
        ("--function", "x", "--dataset", "sinc"): "argument --function: not allowed with --dataset",
        ("--function", "x", "--range", "5"): "argument --range: must be low..high, such as -3..3 or 0..2*pi",
        (
            "--config",
            "bad.toml",
            "regression",
        ): "bad.toml: function: the formula has no finite value at x = 0; ",
        ("regression", "--function", "\udcff"): r"argument --function: column 1: '\udcff' is not allowed",
    }.items():
        assert refusal("train", *arguments).startswith(line), arguments
    assert refusal("snapshot", "--function", "1/x", "--output", "a.svg").endswith("change it or the range")
    assert not Path("a.svg").exists()


def test_a_settings_file_has_the_formula_and_flags_override_it() -> None:
    shown = call("config", "show", "--function", "y > x**3 - x", "--range", "-2..2").out
    assert tomllib.loads(shown)["task"] == "classification"
    Path("run.toml").write_text(shown)
    assert call("config", "show", "--config", "run.toml").out == shown
    Path("top.toml").write_text('function = "x**2"\nx_range = "0..pi"\n')
    by_flags = call("train", "--function", "x**2", "--range", "0..pi", *SHORT)
    assert call("train", "--config", "top.toml", *SHORT) == by_flags
    assert call("train", "regression", *SHORT) == call(
        "train", "--config", "top.toml", "--dataset", "sine", *SHORT
    ), "a named data set takes the place of the formula"
    assert call("train", "regression", *SHORT) == call(
        "train", "regression", "--config", "top.toml", "--function", "none", *SHORT
    )
    classes = call("train", "classification", "--config", "top.toml", *SHORT)
    assert classes.status == 0, "the formula is for the other task"


def test_a_resumed_run_continues_with_its_formula() -> None:
    flags = ("--function", "exp(x)", "--interval", "1")
    whole = call("train", *flags, "--epochs", "4").lines
    call("train", *flags, "--epochs", "2", "--save", "run.bptui")
    assert call("train", "--resume", "run.bptui", "--epochs", "4", *flags[2:]).lines == whole[2:]


def test_the_saved_command_makes_the_run_again() -> None:
    config = TrainingConfig.defaults("classification", function="y > x*2", x_range=(-2.5, 2.5))
    command = command_text(Session(config), {}).splitlines()[-1]
    assert command == "bptui classification '--function=y > x*2' --range=-2.5..2.5"


def test_a_picture_names_the_formula() -> None:
    size = ("--size", "80x24", "--at", "1")
    long = "sin(x) + 0.3*sin(3*x) + 0.1*cos(5*x)"
    for function, legend in {long: "─ y = sin(x) + 0.3*sin(3*x)…", "y > x**3 - x": "─ y > x**3 - x"}.items():
        assert call("snapshot", "--function", function, *size, "--output", "a.txt").status == 0
        assert legend in Path("a.txt").read_text().splitlines()[1]
    words = call("train", "--function", long, *SHORT, "--describe").out
    assert f"learns y from 100 samples of y = {long}." in words


def test_the_page_about_functions_is_right() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for line in block.splitlines():
        command, *arguments = shlex.split(line)
        assert command == "bptui"
        if arguments[0] in ("train", "snapshot"):
            assert call(*arguments).status == 0, line
        else:  # the screen: only its settings are read
            assert call("config", "show", *arguments).status == 0, line
    assert Path("circle.svg").exists()
    (typed, line) = re.findall(r"```text\n\$ bptui (.*)\n(.*)\n```", page)[0]
    assert call(*shlex.split(typed)).complaint == line
    assert f"| functions | `{' '.join(FUNCTIONS)}` |" in page
    assert all(f"`{name}(a, b)`" in page for name in EXTREMES)
    assert f"at most {MAX_LENGTH} characters" in page

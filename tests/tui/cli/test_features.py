"""Features on the command line, in settings files and in what the program writes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.data.csv import load_csv
from bptui.session.saving.kinds import command_text
from bptui.session.session import Session
from tests.tui.cli.test_results import from_text
from tests.tui.support.running import call

PAGE = Path(__file__).parents[3] / "docs" / "features.md"
SHORT = ("--epochs", "3", "--interval", "1")
CIRCLE = ("--dataset", "circle", "--hidden", "1", "--features", "x**2, y**2")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, with files of data."""
    monkeypatch.chdir(tmp_path)
    rows = [(row, row % 4, row * (row % 4)) for row in range(1, 13)]
    Path("named.csv").write_text("a b,c,y\n" + "".join(f"{a},{c},{y}\n" for a, c, y in rows))
    Path("unnamed.csv").write_text("".join(f"{a},{c},{y}\n" for a, c, y in rows))


def test_the_page_about_features_is_right() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    for line in block.splitlines():
        command, *arguments = shlex.split(line)
        assert command == "bptui"
        is_screen = arguments[0].startswith("--")  # only its settings are read
        assert call(*(("config", "show") if is_screen else ()), *arguments).status == 0, line
    (typed, line) = re.findall(r"```text\n\$ bptui (.*)\n(.*)\n```", page)[0]
    assert call(*shlex.split(typed)).complaint == line
    assert 'features = ["x", "y", "x*y"]' in page
    Path("run.toml").write_text('features = ["x", "y", "x*y"]')
    shown = call("config", "show", "classification", "--config", "run.toml")
    assert 'features = ["x", "y", "x*y"]  #' in shown.out


@pytest.mark.parametrize(
    ("file", "features", "named"),
    [
        ("named.csv", "1, a b*c", ("a b", "a b*c")),
        ("named.csv", "-c", ("-c",)),
        ("unnamed.csv", "2, column 1*column 2", ("column 2", "column 1*column 2")),
    ],
)
def test_features_may_be_made_of_the_user_s_columns(file: str, features: str, named: tuple[str, ...]) -> None:
    flags = ("train", "regression", "--data", file, "--features", features, *SHORT)
    done = call(*flags)
    source = load_csv(file, "regression", features=list(named))
    changes = {**TrainingConfig.recipe(source), "epochs": 3, "report_interval": 1, "features": named}
    config = TrainingConfig.defaults("regression", **changes)
    assert from_text(done) == list(Trainer(config, source, kernel="numpy").reports())
    shown = call("config", "show", *flags[1:])
    Path("shown.toml").write_text(shown.out)
    assert from_text(call("train", "--config", "shown.toml", *SHORT)) == from_text(done)
    named_set = call("config", "show", "--config", "shown.toml", "--dataset", "sine").out
    assert "\nfeatures = []" in named_set, "the features are those of the file"
    command = command_text(Session(config, source), {"data": file}).splitlines()[-1]
    assert from_text(call("train", *shlex.split(command)[1:])) == from_text(done)


def test_a_resumed_run_keeps_its_features() -> None:
    whole = call("train", *CIRCLE, "--epochs", "4", "--interval", "1").lines
    call("train", *CIRCLE, "--epochs", "2", "--interval", "1", "--save", "run.bptui")
    resumed = ("train", "--resume", "run.bptui", "--epochs", "4", "--interval", "1")
    assert call(*resumed).lines == whole[2:]
    complaint = call(*resumed, "--features", "x").complaint
    assert "--features: must stay x**2, y**2 as in the resumed run, got 'x'" in complaint


def test_a_traced_step_says_what_the_inputs_are() -> None:
    step = json.loads(call("trace", *CIRCLE, "--format", "json").out)
    assert step["features"] == ["x**2", "y**2"]
    text = " ".join(call("trace", *CIRCLE).out.split())
    x, y = step["coordinates"].values()
    assert f"The inputs are features of the sample at x = {x:.5g}, y = {y:.5g}." in text
    scaled, offset, scale = re.findall(r"scaled to (\S+): \(x\*\*2 - (\S+)\) / (\S+)\.", text)[0]
    assert (x**2 - float(offset)) / float(scale) == pytest.approx(float(scaled), abs=1e-3)
    assert r"(y\*\*2 - " in call("trace", *CIRCLE, "--format", "markdown").out
    words = call("train", *CIRCLE, *SHORT, "--describe").out
    assert "Its inputs are x**2 and y**2." in words

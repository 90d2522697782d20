"""Files as people have them: each is trained from one command, and docs/data.md shows what happens."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.data.csv import load_csv
from tests.tui.support.running import call, run

FILES = Path(__file__).with_name("real_files")
PAGE = (Path(__file__).parents[3] / "docs" / "data.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ (.*)\n((?:.*\n)*?)```", PAGE)
TRAINED = [(command, expected) for command, expected in COMMANDS if "bptui train" in command]
PREDICTION = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
PASSENGERS = "classification --data=passengers.csv --target=Survived --ignore=PassengerId,Name,Ticket,Cabin"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder, with the files."""
    for path in FILES.iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)


def pattern_of(expected: str) -> str:
    """A regular expression for an output in which three dots and the epochs stand for anything."""
    return re.escape(re.sub(r"Epoch:\S+ ", "", expected)).replace(r"\.\.\.", "(?:.|\n)*")


@pytest.mark.parametrize(("command", "expected"), TRAINED, ids=[command[:60] for command, _ in TRAINED])
def test_a_command_of_the_page_prints_what_it_says(command: str, expected: str) -> None:
    before, bar, line = command.rpartition("|")
    _, *arguments = (*shlex.split(line), "--epochs=1")
    done = run(*arguments, shell=f'{before}| "$@"') if bar else call(*arguments)
    assert re.fullmatch(pattern_of(expected), done.err + done.out), done
    assert (done.status == 2) == ("error:" in expected)


def test_each_command_of_the_data_page_trains_a_run_that_predicts_raw_rows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (len(COMMANDS), len(TRAINED)) == (10, 8)
    assert PREDICTION is not None
    saving = next(command for command, _ in COMMANDS if "--save" in command)
    assert call(*shlex.split(saving)[1:]).status == 0
    for command, expected in (pair for pair in COMMANDS if pair not in TRAINED):
        before, _, line = command.partition("bptui predict ")
        done = run("predict", *shlex.split(line), shell=f'{before}"$@"')
        assert (done.out, done.err) == (expected, "")
    exec(PREDICTION[1], {"__name__": "example"})
    assert capsys.readouterr().out == PREDICTION[2]


def test_every_input_is_standardized_as_the_page_says() -> None:
    ignored = ["PassengerId", "Name", "Ticket", "Cabin"]
    data = load_csv("passengers.csv", "classification", target="Survived", ignore=ignored, missing="mean")
    dataset = Trainer(TrainingConfig.defaults("classification", test_share=0.25), data).dataset
    assert "Sex=female" in dataset.features
    np.testing.assert_allclose(dataset.inputs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(dataset.inputs.std(axis=0), 1)


@pytest.mark.parametrize(
    ("flags", "least"),
    [
        (f"{PASSENGERS} --missing=mean", 0.75),
        (f"{PASSENGERS} --missing=drop", 0.75),
        ("regression --data=housing.csv --ignore=1,5 --epochs=300", 0.9),
        ("classification --data=flowers.csv", 0.95),
        ("classification --data=survey.csv --ignore=respondent --missing=mean", 0.85),
        (
            "regression --data=temperatures.csv --hidden=30 --activation=tanh --initializer=normal "
            "--init-scale=4 --l2=0 --batch-size=1 --schedule=cosine --schedule-epochs=600 --epochs=600",
            0.9,
        ),
    ],
)
def test_one_command_learns_each_real_file(flags: str, least: float) -> None:
    done = call("train", *flags.split(), "--format=csv")
    assert done.status == 0
    last = dict(zip(done.lines[0].split(","), done.lines[-1].split(","), strict=True))
    assert float(last["accuracy"] or last["r2"]) > least

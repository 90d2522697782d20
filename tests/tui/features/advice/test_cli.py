"""`bptui advise`: the list in text and JSON, with and without numba, interrupted, and refused."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from statistics import median

import pytest

from bpengine import Trainer, TrainingConfig
from bpengine.kernels.loading import NumbaError
from tests.tui.support.running import ENDLESS, call, finish, running, wait_until_signals_are_handled

pytestmark = pytest.mark.usefixtures("few_changes")

SMALL = ("regression", "--samples=8", "--epochs=5")
LINE = re.compile(
    r"  (?P<change>.+): median error (?P<before>\S+) -> (?P<after>\S+), "
    r"better in (?P<better>\d+) of (?P<starts>\d+) starts \(p (?P<p>\S+)\); (?P<flags>--.+)"
)


def test_advise_says_the_same_in_text_and_in_json() -> None:
    done = call("advise", *SMALL, "--starts=6")
    assert done.status == 0
    found = json.loads(call("advise", *SMALL, "--starts=6", "--format", "json").out)
    tried = len(found["changes"])
    assert done.lines[0].startswith(f"{tried} of {tried} changes tried, 6 starts each, 5 epochs; ")
    assert (found["done"], found["epochs"], found["measure"]) == (True, 5, "error")
    rows = [match for match in map(LINE.fullmatch, done.lines) if match]
    assert [row["flags"] for row in rows] == [each["flags"] for each in found["changes"]]
    helping = [each for each in found["changes"] if each["verdict"] == "helps"]
    assert helping == found["changes"][: len(helping)]
    for row, each in zip(rows, found["changes"], strict=True):
        if each["after"] is not None:
            assert float(row["after"]) == pytest.approx(each["after"], rel=5.1e-3)
        assert int(row["better"]) == each["better"] <= each["starts"]


def test_an_epoch_and_starts_can_be_chosen() -> None:
    done = call("advise", *SMALL, "--starts=7", "--epoch=2", "--format=json")
    found = json.loads(done.out)
    assert (found["starts"], found["epochs"]) == (7, 2)
    errors = [
        Trainer(TrainingConfig.defaults("regression", samples=8, epochs=5, seed=seed)) for seed in range(7)
    ]
    for trainer in errors:
        trainer.run_epoch()
        trainer.run_epoch()
    assert found["error"] == median(trainer.history.last.error for trainer in errors if trainer.history.last)


def test_advise_says_that_numba_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise NumbaError("numba is not installed")

    monkeypatch.setattr("bptui.features.advice.cli.load_lanes", missing)
    done = call("advise", *SMALL, "--epoch=1")
    assert done.status == 0
    assert done.complaint == (
        "bptui advise: numba is not installed; without it, NumPy trains fewer starts, and takes a long time"
    )
    assert "6 starts each, 1 epoch; " in done.lines[0]


def test_a_resumed_run_is_compared_at_its_epoch(tmp_path: Path) -> None:
    file = str(tmp_path / "run.bptui")
    assert call("train", *SMALL, "--save", file).status == 0
    assert json.loads(call("advise", "--resume", file, "--epochs=9", "--format=json").out)["epochs"] == 5


def test_an_interrupted_experiment_prints_what_it_has_found() -> None:
    with running("advise", "regression", *ENDLESS, "--format=json") as process:
        wait_until_signals_are_handled(process)
        process.send_signal(signal.SIGINT)
        done = finish(process)
    assert done.status == 130
    found = json.loads(done.out)
    assert (found["done"], found["changes"], found["error"]) == (False, [], None)
    assert re.fullmatch(r"bptui advise: interrupted after 0 of \d\d changes", done.complaint)


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (("--epoch=6",), "argument --epoch: must be a whole number from 1 to 5, got '6'"),
        (("--starts=5",), "argument --starts: must be a whole number from 6 to 64, got '5'"),
    ],
)
def test_bad_flags_of_advise_are_refused_in_one_line(flags: tuple[str, ...], complaint: str) -> None:
    done = call("advise", *SMALL, *flags)
    assert (done.status, done.out) == (2, "")
    assert done.complaint == f"bptui advise: error: {complaint}"

"""`bptui sweep`: lines with the figures of `bptui train`, files that go on, and refusals in one line."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path

import pytest

from tests.tui.support.running import ENDLESS, call, finish, running, wait_until_signals_are_handled

SWEEP = ("sweep", "regression", "--vary", "learning_rate=0.1,0.2,1000", "--vary", "hidden=2;2,2")
SHORT = ("--starts", "2", "--epochs", "12", "--samples", "20", "--test-share", "0.2")


def test_a_line_of_a_sweep_has_the_figures_of_train() -> None:
    done = call(*SWEEP, *SHORT, "--format", "jsonl", "--seed", "3")
    assert (done.status, done.err, len(done.lines)) == (0, "", 12)
    runs = sorted((json.loads(line) for line in done.lines), key=lambda run: run["run"])
    assert [run["run"] for run in runs] == list(range(12))
    run = runs[7]
    assert (run["learning_rate"], run["hidden_units"], run["seed"]) == (0.2, "2,2", 4)
    settings = ("--learning-rate", "0.2", "--hidden", "2,2", "--seed", "4")
    trained = call("train", "regression", *SHORT[2:], *settings, "--format", "jsonl", "--interval", "11")
    last = json.loads(trained.lines[-1])
    assert {name: run[name] for name in ("epoch", "error", "test_error")} == {
        name: last[name] for name in ("epoch", "error", "test_error")
    }
    assert runs[8]["state"] == "diverged"
    text = call(*SWEEP, *SHORT, "--seed", "3")
    assert f"Run:7/12 learning_rate:0.2 hidden_units:2,2 Seed:4 Error:{last['error']!r} " in text.out


def test_the_files_of_a_sweep_are_of_this_sweep_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*SWEEP, *SHORT, "--output", "all.csv", "--save-picture", "map.svg")
    assert (done.status, done.out, done.err) == (0, "", "")
    refused = call(*SWEEP, *SHORT, "--l2", "0.1", "--output", "all.csv")
    assert refused.complaint.endswith(
        "argument --output: all.csv: is of another sweep: its settings, values, starts or data differ"
    )
    with Path("all.csv").open() as file:
        assert {row["run"] for row in csv.DictReader(file)} == {str(run) for run in range(12)}
    assert ">learning<" in Path("map.svg").read_text()


def test_an_interrupted_sweep_keeps_what_is_done(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    endless = ("--vary", f"epochs=3,{ENDLESS[1]}", "--starts", "2", "--kernel", "numpy")
    arguments = ("sweep", "regression", *endless)
    with running(*arguments, "--format", "jsonl") as process:
        assert process.stdout
        printed = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        done = finish(process)
    assert (done.status, done.out) == (130, "")
    said = (
        "bptui sweep: interrupted after 2 of 4 runs; --output FILE continues from the printed lines in a file"
    )
    assert done.complaint == said
    path.write_bytes(b"".join(printed))
    with running(*arguments, "--output", str(path)) as process:
        wait_until_signals_are_handled(process)  # before that, a signal ends it without a word
        process.send_signal(signal.SIGTERM)
        done = finish(process)
    assert done.status == 143
    assert done.complaint.endswith("; the same command trains the rest")
    assert sorted(path.read_bytes().splitlines()) == sorted(line.rstrip() for line in printed)


def test_bad_flags_of_a_sweep_are_refused() -> None:
    for flags, reason in (
        ((), "the following arguments are required: --vary"),
        (("--vary", "nope=3"), "argument --vary: must begin with the name of a setting, got 'nope'"),
        (("--vary", "epochs=0"), "argument --vary: epochs: must be a whole number from 1"),
        (("--vary", "epochs=3", "--vary", "epochs=4"), "argument --vary: epochs is given twice"),
        (("--vary", "epochs=3", "--epochs", "4"), "argument --vary: epochs is also given as --epochs"),
        (("--vary", "seed=1,2", "--starts", "2"), "starts: must be 1 if the seed is varied"),
        (("--vary", "dataset=sine,xor"), "data set: must be sine, noisy-sine, sinc, step, plane or hills"),
        (
            ("--vary", "epochs=3", "--starts", "0"),
            "--starts: must be a whole number from 1 to 10000",
        ),
        (("--vary", "epochs=1..900", "--starts", "900"), "must have at most 100000 runs, got 810000"),
        (("--vary", "epochs=3", "--metric", "test-error"), "test-error needs test samples: --test-share"),
        (("--vary", "epochs=3", "--save-picture", "a.gif"), "must be a name ending in .svg, .txt or .png"),
        (("--vary", "momentum=0,0.9"), "argument --vary: momentum has no effect with the other settings"),
        (("--vary", "noise=0,1", "--output", "a.png"), "must be a name that ends in .csv, .jsonl or .txt"),
        (("--vary", "epochs=3", "--output", "a.json", "--format", "jsonl"), "got 'a.json'"),
        (
            ("--vary", "epochs=3", "--output", "a.csv", "--format", "jsonl"),
            "argument --format: must be csv for a file ending in .csv, got 'jsonl'",
        ),
    ):
        done = call("sweep", "regression", *flags)
        assert (done.status, done.out) == (2, ""), flags
        assert reason in done.complaint
    optimizers = ("--vary", "momentum=0,0.9", "--vary", "optimizer=sgd,momentum", *SHORT, "--epochs", "1")
    assert call("sweep", "regression", *optimizers).status == 0

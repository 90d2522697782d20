"""The results of `bptui train`: those that the engine reports, in each format."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import select
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bpengine import FIELDS, TASKS, EpochRecord, Task, Trainer, TrainingConfig, load
from bptui import __version__
from bptui.cli.run_results import EpochRow, EpochTable
from bptui.cli.subcommands import SUBCOMMANDS
from bpwords.numbers import change_text, error_text
from tests.tui.support.running import COLUMNS, ENDLESS, Done, call, flags_of, names, run, running
from tests.tui.support.terminal import DEADLINE


def from_text(done: Done) -> list[EpochRecord]:
    matches = [re.fullmatch(r"Epoch:(\d+)/(\d+) Error:(\S+)(?: Test:(\S+))?", line) for line in done.lines]
    return [
        EpochRecord(int(match[1]), int(match[2]), float(match[3]), float(match[4]) if match[4] else None)
        for match in matches
        if match
    ]


def from_jsonl(done: Done) -> list[EpochRecord]:
    names = ("epoch", "epochs", "error", "test_error")
    return [EpochRecord(*map(json.loads(line).get, names)) for line in done.lines]


def from_csv(done: Done) -> list[EpochRecord]:
    assert done.lines[0] == COLUMNS
    return [
        EpochRecord(
            int(row["epoch"]),
            int(row["epochs"]),
            float(row["error"]),
            float(row["test_error"]) if row["test_error"] else None,
        )
        for row in csv.DictReader(done.lines)
    ]


PARSERS: dict[str, Callable[[Done], list[EpochRecord]]] = {
    "text": from_text,
    "jsonl": from_jsonl,
    "csv": from_csv,
}
FORMATS = pytest.mark.parametrize("form", PARSERS)

STEPPED_UP = {field.name: field.move(getattr(TrainingConfig(), field.name), 1) for field in FIELDS}
del STEPPED_UP["dataset"]
SETTINGS: dict[str, Any] = STEPPED_UP | {
    "hidden_units": (4, 3),
    "activation": ("tanh", "sin"),
    "initializer": "normal",
    "init_scale": 0.2,
    "seed": 5,
    "optimizer": "adam",
    "learning_rate": 0.07,
    "momentum": 0.8,
    "decay": 0.99,
    "schedule": "step",
    "schedule_epochs": 2,
    "schedule_factor": 0.7,
    "batch_size": 5,
    "l1": 0.001,
    "l2": 0.01,
    "clip": 2.5,
    "epochs": 9,
    "report_interval": 3,
    "target_error": 1e-9,
    "patience": 50,
    "samples": 40,
    "noise": 0.1,
    "frequency": 2.0,
    "test_share": 0.25,
    "data_seed": 3,
}
"""Every hyperparameter but the data set, none of them at its default."""
FLAGS = flags_of(SETTINGS)
EPOCHS = [0, 3, 6, 8]  # the last epoch is not on the interval


@FORMATS
@pytest.mark.parametrize("task", TASKS)
def test_each_format_has_what_the_engine_reports(task: Task, form: str) -> None:
    done = call("train", task, *FLAGS, "--format", form)
    records = PARSERS[form](done)
    trainer = Trainer(TrainingConfig.defaults(task, **SETTINGS))
    assert records == [*trainer.reports(), trainer.history.last]
    assert [record.epoch for record in records] == EPOCHS
    assert len(done.lines) == len(EPOCHS) + (form == "csv"), "not a line besides"
    assert (done.status, done.err) == (0, "")


def test_text_has_the_form_of_the_original_scripts() -> None:
    arguments = ("train", "regression", "--epochs", "201")
    done = run(*arguments)
    assert re.fullmatch(r"Epoch:0/201 Error:0\.2609\d+\nEpoch:200/201 Error:0\.00869\d+\n", done.out)
    assert done.out == call(*arguments, "--format", "text").out


@pytest.mark.parametrize("task", TASKS)
def test_without_flags_each_task_has_its_defaults(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    assert (
        call("train", task, "--target-error", "1000", "--save", str(path)).status == 0
    )  # ends after an epoch
    saved = load(path)
    assert saved.config == TrainingConfig.defaults(task, target_error=1000)


@FORMATS
def test_lines_are_printed_while_the_run_trains(form: str) -> None:
    every = ("--interval", "1000000", "--kernel", "numpy")  # so that no later line flushes the first one
    with running("train", "regression", *ENDLESS, *every, "--format", form) as process:
        assert process.stdout
        assert select.select([process.stdout], [], [], DEADLINE)[0], "nothing within the deadline"
        assert process.stdout.readline()
        assert process.poll() is None


@FORMATS
def test_a_diverged_run_reports_its_last_epochs_and_ends_with_status_1(form: str, tmp_path: Path) -> None:
    arguments = ("--learning-rate", "10", "--interval", "1", "--format", form)
    done = call("train", "regression", *arguments)
    records = PARSERS[form](done)
    assert [record.epoch for record in records] == [0, 1]
    assert records[1].error > records[0].error > 1e100
    assert done.status == 1
    assert "diverged in epoch 2" in done.complaint
    assert "smaller learning rate" in done.complaint
    path = tmp_path / "results"
    written = call("train", "regression", *arguments, "--output", str(path))
    assert (written.status, written.out, path.read_text()) == (1, "", done.out)


@pytest.mark.parametrize(("name", "form"), [("run.csv", "csv"), ("run.JSONL", "jsonl"), ("run", "text")])
def test_the_ending_of_the_file_decides_the_format(name: str, form: str, tmp_path: Path) -> None:
    flags = ("train", "regression", "--epochs", "3")
    assert call(*flags, "--output", str(tmp_path / name)).status == 0
    assert (tmp_path / name).read_text() == call(*flags, "--format", form).out


def test_an_ending_that_contradicts_the_format_is_refused(tmp_path: Path) -> None:
    flags = ("train", "regression", "--epochs", "3", "--output")
    contradicted = call(*flags, str(tmp_path / "run.csv"), "--format", "jsonl")
    assert contradicted.status == 2
    assert "argument --format: must be csv for a file ending in .csv, got 'jsonl'" in contradicted.complaint
    picture = call(*flags, str(tmp_path / "run.png"))
    assert picture.status == 2
    assert "argument --output: must be a name that ends in .csv, .jsonl or .txt, got" in picture.complaint
    assert not list(tmp_path.iterdir())


def test_version_is_that_of_the_package() -> None:
    assert run("--version") == Done(0, f"bptui {__version__}\n", "")


@pytest.mark.parametrize("command", [(), ("train",), ("snapshot",), ("config", "show")])
def test_help_names_every_setting_and_flag(command: tuple[str, ...]) -> None:
    done = call(*command, "--help") if command else call("--help", "settings")
    assert (done.status, done.err) == (0, "")
    for field in FIELDS:
        assert field.flag in done.out
        for task in TASKS:
            assert field.format(getattr(TrainingConfig.defaults(task), field.name)) in done.out
    every = ("--data", "--features", "--target", "--header", "--config", "--resume")
    own = {
        (): ("--theme", "--paused", "--version", "bptui train", "--help"),
        ("train",): ("--format", "text, jsonl", "csv", "--output", "--save", "--describe"),
        ("snapshot",): ("--at", "--size", "--press", "--output", ".svg", "100x30", "130 after ctrl+c"),
        ("config", "show"): ("--theme",),
    }
    for word in ("regression", "classification", *every, *own[command]):
        assert word in done.out
    assert ("--kernel" in done.out) == (command == ("train",))
    assert "Exit status" in call(*command[:1], "--help").out


def test_the_short_help_fits_a_screen_and_says_where_the_rest_is() -> None:
    short = call("--help")
    assert short == call("help") == call("-h")
    assert (short.status, short.err) == (0, "")
    assert len(short.lines) <= 24
    assert max(map(len, short.lines)) <= 80
    for way in ("bptui --help settings", "bptui help train", *(f"bptui {name} " for name in SUBCOMMANDS)):
        assert way in short.out
    assert call("help", "settings") == call("--help", "settings")
    assert call("help", "train") == call("--help", "train") == call("train", "--help")
    assert call("-V").out == call("--version").out


def test_the_examples_in_the_help_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flowers.csv").write_text("length,kind\n1,rose\n1.5,rose\n4,iris\n4.5,iris\n")
    text = "".join(call(command, "--help").out for command in ("train", "snapshot", "config"))
    examples = re.findall(r"^  bptui ([^|>\n]+?)(?:$|  | [|>])", text, re.MULTILINE)
    assert len(examples) == 13
    for example in examples:
        trains = not example.startswith("config") and "--epochs" not in example
        short = ["--epochs=401" if "regression" in example else "--epochs=2"] if trains else []
        assert call(*example.split(), *short) == Done(0, mock.ANY, "")


def test_the_description_follows_the_text_and_goes_to_stderr_for_other_formats() -> None:
    flags = ("train", "regression", "--epochs", "3", "--interval", "1")
    plain, told = call(*flags), call(*flags, "--describe")
    words = told.lines[len(plain.lines) :]
    assert told.lines[: len(plain.lines)] == plain.lines
    assert words[0].startswith("The run: Regression: a 1-3-1 network of sigmoid units learns sin x")
    headings = [line.partition(":")[0] for line in words]
    expected = ["The run", "The fit", "Where it fits", "The error", "Diagnosis"]  # too short for a trend
    assert headings == expected, "nothing about keys"
    assert told.err == ""
    apart = call(*flags, "--describe", "--format", "jsonl")
    assert apart.lines == call(*flags, "--format", "jsonl").lines
    assert apart.err.splitlines() == words


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists what is open")
def test_results_for_a_file_wait_on_its_disk_and_not_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a long run with a report per epoch would take gigabytes."""
    files: list[str] = []

    def keep(path: Path, content: Any) -> None:
        for link in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):  # that of the listing itself is closed
                files.append(str(link.readlink()))
        path.write_bytes(content.read())

    monkeypatch.setattr("bptui.cli.train.write_output", keep)
    arguments = ("train", "regression", "--epochs", "20", "--interval", "1")
    assert call(*arguments, "--output", str(tmp_path / "results")) == Done(0, "", "")
    assert [name for name in files if str(tmp_path) in name and "deleted" in name], "on the disk"
    assert names(tmp_path) == ["results"], "what is on the disk has no name"
    assert (tmp_path / "results").read_text() == call(*arguments).out


def test_each_row_of_the_table_has_the_change_from_the_row_above() -> None:
    trainer = Trainer(TrainingConfig.defaults("regression", epochs=3, report_interval=1, test_share=0.2))
    table = EpochTable(100_000_000, test=True)
    lines = [table.header, *(table.line(EpochRow(trainer, record)) for record in trainer.reports())]
    assert [len(line) for line in lines] == [9 + 2 + 11 + 2 + 11 + 2 + 6] * 4
    assert re.split(r"  +", lines[0].strip()) == ["epoch", "epoch error", "test error", "change"]
    records = trainer.history.reports
    for line, record in zip(lines[1:], records, strict=True):
        assert record.test_error is not None
        assert line.split()[:3] == [
            str(record.epoch),
            error_text(record.error),
            error_text(record.test_error),
        ]
    changes = [line.split()[3:] for line in lines[1:]]
    assert changes == [[]] + [
        [change_text(one.error, other.error).strip()] for one, other in pairwise(records)
    ]

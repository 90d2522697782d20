"""The figures of each reported epoch, and the summary at the end of a run."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import DATASETS, Dataset, DivergedError, Trainer, TrainingConfig
from bptui.cli.formats import FORMATS
from bptui.cli.run_results import EpochRow, Summary
from bpwords.numbers import number
from tests.tui.support.running import COLUMNS, call


@pytest.mark.parametrize("dataset", [name for name in DATASETS if name in ("hills", "blobs")])
def test_each_report_has_the_metrics_of_its_epoch(dataset: str) -> None:
    task = DATASETS[dataset].task
    changes = {"dataset": dataset, "test_share": 0.2, "schedule": "step", "schedule_epochs": 2}
    changes |= {"epochs": 5, "report_interval": 2, "learning_rate": 0.1}
    config = TrainingConfig.defaults(task, **TrainingConfig.recipe(dataset) | changes)
    trainer = Trainer(config)
    flags = (f"--dataset={dataset}", "--test-share=0.2", "--schedule=step", "--schedule-epochs=2")
    arguments = ("train", *flags, "--learning-rate=0.1", "--epochs=5", "--interval=2", "--format")
    objects = [json.loads(line) for line in call(*arguments, "jsonl").lines]
    rows = call(*arguments, "csv").lines
    assert rows.pop(0) == COLUMNS
    for row, record in enumerate(trainer.reports()):
        metrics = trainer.metrics()
        own = {"accuracy": metrics.accuracy} if task == "classification" else {
            "rmse": metrics.rmse, "r2": metrics.r2,
        }  # fmt: skip
        assert objects[row] == {
            "epoch": record.epoch,
            "epochs": 5,
            "error": record.error,
            "test_error": record.test_error,
            "learning_rate": [0.1, 0.05, 0.025][row],
            **own,
        }
        assert rows[row].split(",") == [
            "" if value is None else str(value) for value in map(objects[row].get, COLUMNS.split(","))
        ]


def test_metrics_that_are_not_finite_are_left_out() -> None:
    trainer = Trainer(TrainingConfig(learning_rate=10, epochs=3, report_interval=1))
    with pytest.raises(DivergedError):
        trainer.run_for(math.inf)
    assert trainer.history.last
    result = EpochRow(trainer, trainer.history.last)
    assert not math.isfinite(trainer.metrics().rmse or math.inf)
    content = json.loads(FORMATS["jsonl"](result), parse_constant=pytest.fail)
    assert "rmse" not in content
    row = dict(zip(COLUMNS.split(","), FORMATS["csv"](result).split(","), strict=True))
    assert (row["rmse"], row["r2"], row["test_error"]) == ("", "", "")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "all epochs completed"),
        ({"target_error": 0.3}, "stopped at the target error of 0.3"),
        (
            {"learning_rate": 0.0, "patience": 2},
            "stopped: no new lowest error within the patience of 2",
        ),
        ({"learning_rate": 10.0}, "diverged"),
    ],
)
def test_the_summary_says_how_the_run_ended(changes: dict[str, float], outcome: str) -> None:
    trainer = Trainer(TrainingConfig(epochs=9, **changes))  # type: ignore[arg-type]  # the values have its types
    assert first_line(trainer) == "outcome       interrupted in 2.5 s"
    try:
        list(trainer.reports())
    except DivergedError:
        assert outcome == "diverged"
    assert first_line(trainer) == f"outcome       {outcome} in 2.5 s"


def first_line(trainer: Trainer) -> str:
    return next(Summary(trainer, 2.5).lines(80))


def test_a_run_that_ends_early_reports_its_last_epoch() -> None:
    done = call("train", "regression", "--target-error=0.1", "--interval=1000")
    first, last = done.lines
    assert first.startswith("Epoch:0/2001 Error:0.26")
    assert float(last.rpartition(":")[2]) <= 0.1
    trainer = Trainer(TrainingConfig(target_error=0.1))
    list(trainer.reports())
    assert last.startswith(f"Epoch:{trainer.epochs_done - 1}/2001 ")


def test_the_summary_has_the_confusion_matrix_if_the_terminal_is_wide_enough() -> None:
    trainer = Trainer(TrainingConfig.defaults("classification", dataset="blobs", epochs=3, test_share=0.2))
    list(trainer.reports())
    lines = list(Summary(trainer, 0).lines(80))
    assert lines[3] == "  actual \\ predicted  top  left  right"
    metrics = trainer.metrics()
    assert metrics.confusion is not None
    assert [[int(cell) for cell in line.split()[1:]] for line in lines[4:7]] == metrics.confusion.tolist()
    assert "240 samples" in lines[2]
    assert "60 samples" in lines[7]
    assert any("3 classes need 38 columns" in line for line in Summary(trainer, 0).lines(37))
    assert list(Summary(trainer, 0).lines(38)) == lines


def test_the_summary_of_a_regression_has_rmse_and_r2() -> None:
    trainer = Trainer(TrainingConfig(epochs=3))
    list(trainer.reports())
    metrics = trainer.metrics()
    text = "\n".join(Summary(trainer, 0).lines(80))
    assert isinstance(trainer.dataset, Dataset)
    assert f"RMSE {metrics.rmse:.3g}, R2 {metrics.r2:.5g} (63 samples)" in text


def test_stderr_and_the_last_record_say_what_came_out_beside_the_best_constant_and_linear_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 60))
    rows = [f"{one},{other},{one + other * 0.3}" for one, other in zip(x, noise, strict=True)]
    Path("line.csv").write_text("\n".join(["x,noise,y", *rows]))
    overfits = ("--test-share=0.5", "--hidden=30", "--l2=0", "--epochs=60", "--interval=7", "--features=x")
    done = call("train", "line.csv", *overfits, "--format=jsonl", "--summary")
    *others, last = map(json.loads, done.lines)
    assert [each["epoch"] for each in others] == [*range(0, 57, 7)], "and the last one, whatever the interval"
    assert "outcome" not in others[-1]
    assert (last["epoch"], last["epochs_done"], last["outcome"]) == (59, 60, "all epochs completed")
    assert last["best_constant"]["r2"] == pytest.approx(0, abs=0.2)
    assert 0.7 < last["linear_model"]["r2"] < 1
    assert f"R2 {last['test']['r2']:.5g} (30 samples)" in done.summary
    assert f"linear model  error {last['linear_model']['error']:.3g}, RMSE" in done.summary
    assert last["overfits"] == ("finding       overfits: " in done.summary)
    assert "needs --format jsonl" in call("train", "line.csv", "--summary").complaint


def findings_of(trainer: Trainer) -> list[str]:
    return [line for line in Summary(trainer, 0).lines(0) if line.startswith("finding")]


def test_overfitting_and_a_falling_error_are_found_where_they_were_measured() -> None:
    overfits: dict[str, Any] = {"hidden_units": (30, 30), "optimizer": "adam", "learning_rate": 0.01}
    overfits |= {"dataset": "noisy-sine", "noise": 0.4, "samples": 80, "test_share": 0.5, "batch_size": 0}
    trainer = Trainer(TrainingConfig(epochs=1500, activation=("tanh",), initializer="xavier", **overfits))
    list(trainer.reports())
    tests = trainer.history.test_curve()
    lowest, best = number(tests.min()), int(tests.argmin())
    said = f"finding       overfits: the lowest test error was {lowest}, in epoch {best}"
    assert findings_of(trainer) == [said]
    trainer.history.extend(1500, 1501, [0.1], [0.9 * tests.min()], interval=10)
    trainer.history.extend(1501, 1502, [0.1], [1.2 * tests.min()], interval=10)
    assert "with 40 test samples that may be chance" in findings_of(trainer)[0], "the run has no such epoch"


def test_a_trend_is_no_single_epoch() -> None:
    def found(errors: Any) -> list[str]:
        trainer = Trainer(TrainingConfig(epochs=100))
        trainer.history.extend(0, len(errors), list(errors), None, interval=10)
        return findings_of(trainer)

    falls = np.exp(-0.006 * np.arange(100))
    assert found(falls) == ["finding       still falling: about 6% per tenth of the run"]
    assert found(1 / falls) == found(falls[:7]) == found(falls**0.5) == found([*np.full(99, 1.0), 0.1]) == []

"""Numbers near the end of the floats cause no warning and no traceback, whatever is done with them.

The tests turn every warning into an error. Otherwise it would be written to the terminal, with a path of the
source.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Task, Trainer, TrainingConfig
from bpengine.checkpoint import save
from tests.tui.support.running import Done, call, run

LARGEST = 1.7e308


def huge(trainer: Trainer, weights: str) -> None:
    """Set weights with which the outputs or the weighted sums span all floats."""
    parameters = np.random.RandomState(1).standard_normal(len(trainer.network.parameters)) * 10
    outputs = trainer.network.output.parameters.size
    part = parameters[-outputs:] if weights == "output" else parameters[:-outputs]
    part[:] = np.sign(part) * LARGEST
    if weights == "output":
        part[-trainer.network.sizes[-1] :] = 0
    trainer.set_weights(parameters)


@pytest.fixture(params=["output", "hidden"])
def checkpoint(request: Any, tmp_path: Path, task: Task, dataset: str) -> Path:
    """A run with huge weights."""
    config = TrainingConfig.defaults(task, dataset=dataset, samples=20, test_share=0.2, epochs=50)
    trainer = Trainer(config)
    trainer.run_epoch()
    huge(trainer, request.param)
    path = tmp_path / "run.bptui"
    save(trainer, path)
    return path


RUNS = pytest.mark.parametrize(
    ("task", "dataset"),
    [
        ("regression", "sine"),
        ("regression", "hills"),
        ("classification", "blobs"),
    ],
)


def assert_plain(done: Done, *statuses: int) -> None:
    assert done.status in statuses
    assert "Warning" not in done.err
    assert "Traceback" not in done.err + done.out
    assert ".py" not in done.err


@RUNS
def test_every_command_takes_a_checkpoint_with_huge_weights(checkpoint: Path, task: Task) -> None:
    assert_plain(call("train", task, "--resume", str(checkpoint), "--epochs", "3"), 0, 1)
    assert_plain(call("train", task, "--resume", str(checkpoint), "--epochs", "1", "--describe"), 0)
    picture = checkpoint.parent / "picture.txt"
    resumed = ("snapshot", task, "--resume", str(checkpoint), "--at", "1")
    done = call(*resumed, "--size", "160x48", "--output", str(picture))
    assert_plain(done, 0, 1)  # the next epoch diverges, and leaves the huge weights as they are
    assert picture.exists()


@pytest.mark.parametrize(
    "rows",
    [
        "1e100,-1e100\n-1e100,1e100\n1e100,1e100\n0,1e-300\n",
        "5e-324,1\n0,2\n5e-324,4\n",  # an axis as short as floats can be
        "1e100,1,1e100\n-1e100,5e-324,-1e100\n9e99,2,1e99\n",
    ],
)
def test_every_command_takes_a_csv_file_with_huge_numbers(tmp_path: Path, rows: str) -> None:
    path, picture = tmp_path / "data.csv", tmp_path / "picture.txt"
    path.write_text(rows, encoding="utf-8")
    settings = ("regression", "--data", str(path), "--learning-rate", "0.5")
    assert_plain(call("train", *settings, "--epochs", "5"), 0, 1)
    assert_plain(call("train", *settings, "--epochs", "5", "--describe"), 0, 1)
    assert_plain(call("snapshot", *settings, "--at", "2", "--size", "160x48", "--output", str(picture)), 0)


@pytest.mark.parametrize(("task", "dataset"), [("regression", "hills")])
def test_huge_numbers_cause_no_warning(checkpoint: Path, task: Task) -> None:
    done = run("train", task, "--resume", str(checkpoint), "--epochs", "1", "--describe")
    assert_plain(done, 0)

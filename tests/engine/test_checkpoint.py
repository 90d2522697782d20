"""A run that was saved and loaded continues with the same numbers, to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bpengine
from bpengine import (
    CheckpointError,
    ConfigError,
    Dataset,
    DivergedError,
    Task,
    Trainer,
    TrainingConfig,
    checkpoint,
)
from bpengine.checkpoint import container
from bpengine.checkpoint.runs import decode_runs, encode_runs
from bpengine.checkpoint.verification import verify
from bpengine.data.csv import parse_csv
from tests.engine.each_kernel import EVERY_KERNEL, KERNEL_NAMES
from tests.engine.runs import assert_same, to_the_end
from tests.engine.test_rewind import Change, Log, Train
from tests.engine.values import LIVE, small_configs

GO_ON = """
import sys
from bpengine import checkpoint
trainer = checkpoint.load(sys.argv[1], kernel=sys.argv[3])
while trainer.run_epoch() is not None:
    pass
checkpoint.save(trainer, sys.argv[2])
"""

TABLE = "".join(f"{x / 10},{x % 7},{(x * x) % 11}\n" for x in range(30))
LABELS = "".join(f"{x},{-x * x},{'abc'[x % 3]}\n" for x in range(30))


def again(trainer: Trainer, folder: Path, **options: Any) -> Trainer:
    """The run after saving and loading it."""
    path = folder / "run.bptui"
    checkpoint.save(trainer, path)
    return checkpoint.load(path, **({"kernel": trainer.kernel.name} | options))


def samples(task: Task) -> Dataset:
    """The user's own data."""
    return parse_csv(LABELS if task == "classification" else TABLE, "mine.csv", task)


@EVERY_KERNEL
@settings(max_examples=25)
@given(
    config=small_configs(),
    actions=st.lists(
        st.one_of(st.builds(Train, st.integers(0, 20), st.integers(0, 6)), st.builds(Change, LIVE)),
        max_size=5,
    ),
    after=st.builds(Train, st.integers(0, 20), st.integers(0, 6)),
)
def test_any_run_can_be_saved_at_any_moment_and_continues_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    kernel_name: str,
    config: TrainingConfig,
    actions: list[Train | Change],
    after: Train,
) -> None:
    trainer = Trainer(config, kernel=kernel_name)
    for action in actions:
        action.act(trainer, Log())
    loaded = again(trainer, tmp_path_factory.getbasetemp())
    for one in (trainer, loaded):
        after.act(one, Log())
    assert_same(loaded, trainer)


@pytest.mark.parametrize(
    ("kernel_name", "task", "own"),
    [
        ("numpy", "regression", False),
        ("numpy", "classification", True),
        (KERNEL_NAMES[-1], "regression", True),
    ],
)
def test_a_saved_run_continues_in_another_process_with_the_same_numbers(
    tmp_path: Path, kernel_name: str, task: Task, own: bool
) -> None:
    config = TrainingConfig.defaults(
        task, epochs=9, optimizer="adam", test_share=0.2, batch_size=4, hidden_units=(4, 3)
    )
    trainer = Trainer(config, samples(task) if own else None, kernel=kernel_name)
    for _ in range(3):
        trainer.run_epoch()
    trainer.step()
    before, after = tmp_path / "before", tmp_path / "after"
    checkpoint.save(trainer, before)
    environment = os.environ | {"PYTHONPATH": str(Path(bpengine.__file__).parents[1])}
    command = [sys.executable, "-c", GO_ON, str(before), str(after), kernel_name]
    subprocess.run(command, check=True, env=environment, timeout=60)
    assert_same(checkpoint.load(after, kernel=kernel_name), to_the_end(trainer))


@pytest.mark.parametrize("epochs", [0, 1, 4200])
def test_a_history_of_any_length_is_saved(tmp_path: Path, epochs: int) -> None:
    config = TrainingConfig(samples=3, batch_size=0, epochs=10_000, report_interval=3, test_share=0.4)
    trainer = Trainer(config, kernel=KERNEL_NAMES[-1])
    while trainer.epochs_done < epochs:
        trainer.run_epoch()
    loaded = again(trainer, tmp_path)
    assert_same(loaded, trainer)
    assert loaded.history.reports.maxlen == trainer.history.reports.maxlen


@pytest.mark.parametrize("task", bpengine.TASKS)
def test_a_checkpoint_has_the_user_s_samples(tmp_path: Path, task: Task) -> None:
    source = samples(task)
    trainer = Trainer(TrainingConfig.defaults(task, test_share=0.3, epochs=20), source)
    trainer.run_epoch()
    loaded = again(trainer, tmp_path)
    assert loaded.source is not None
    for name in ("name", "task", "domain", "features", "target", "classes"):
        assert getattr(loaded.source, name) == getattr(source, name)
    for mine, theirs in ((loaded.dataset, trainer.dataset), (loaded.dataset.test, trainer.dataset.test)):
        assert mine is not None
        assert theirs is not None
        for name in ("inputs", "targets", "coordinates"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(theirs, name))
    assert_same(to_the_end(loaded), to_the_end(trainer))


@EVERY_KERNEL
@pytest.mark.parametrize(
    "config",
    [
        TrainingConfig(learning_rate=10),
        TrainingConfig(learning_rate=50, batch_size=0, init_scale=1, epochs=10_000),
    ],
    ids=["within an epoch", "at its first batch"],
)
def test_a_diverged_run_is_loaded_as_diverged(
    tmp_path: Path, kernel_name: str, config: TrainingConfig
) -> None:
    trainer = Trainer(config, kernel=kernel_name)
    with pytest.raises(DivergedError):
        to_the_end(trainer)
    loaded = again(trainer, tmp_path)
    assert_same(loaded, trainer)
    with pytest.raises(DivergedError, match=str(trainer.divergence)):
        loaded.run_epoch()


def test_the_same_run_makes_the_same_file(tmp_path: Path) -> None:
    files: list[bytes] = []
    for kernel in KERNEL_NAMES[-1:] * 2:
        trainer = Trainer(TrainingConfig(epochs=20), kernel=kernel)
        while trainer.epochs_done < 20:
            if files:
                trainer.step()
            else:
                trainer.run_for(1e9, clock=lambda: 0.0)
        checkpoint.save(trainer, tmp_path / "run")
        files.append((tmp_path / "run").read_bytes())
    assert files[0] == files[1]


def test_a_loaded_run_is_rewound_at_most_to_where_it_was_loaded(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(epochs=50))
    for _ in range(10):
        trainer.run_epoch()
    loaded = again(trainer, tmp_path)
    assert loaded.earliest == 10
    for _ in range(5):
        loaded.run_epoch()
    loaded.rewind(10)
    assert_same(loaded, trainer)


def test_a_loaded_run_continues_with_any_kernel(tmp_path: Path) -> None:
    for kernel in KERNEL_NAMES:
        trainer = Trainer(TrainingConfig(epochs=5), kernel=kernel)
        trainer.run_epoch()
        for other in (*KERNEL_NAMES, "auto"):
            loaded = again(trainer, tmp_path, kernel=other)
            assert loaded.kernel.name == (KERNEL_NAMES[-1] if other == "auto" else other)
            assert_same(loaded, trainer)
    with pytest.raises(ConfigError, match=r"^kernel: must be .*, got 'abacus'$"):
        again(trainer, tmp_path, kernel="abacus")


@pytest.mark.parametrize(
    ("task", "rows"), zip(cycle(bpengine.TASKS), (1, 2, 615, 2047, 2048, 2049, 131_072), strict=False)
)
def test_runs_of_any_size_are_saved_whole(tmp_path: Path, rows: int, task: Task) -> None:
    random = np.random.RandomState(rows)
    inputs = random.normal(size=(max(rows, 2), 3))
    targets = inputs[:, :1] * inputs[:, 1:2] if task == "regression" else inputs[:, 0] > inputs[:, 1]
    source = Dataset.from_arrays(inputs, targets, (inputs[:50], targets[:50]), task=task)
    batch_size = max(rows // 2, 1)
    settings = {"batch_size": batch_size, "optimizer": "adam", "epochs": 5}
    trainer = Trainer(TrainingConfig.defaults(task, **settings), source)
    trainer.run_epoch()
    trainer.step()
    trainer.set_weights(0.9 * trainer.network.parameters)
    loaded = again(trainer, tmp_path)
    assert loaded.source is not None
    assert loaded.samples_done == (trainer.samples_done or 0)
    np.testing.assert_array_equal(loaded.predict(inputs), trainer.predict(inputs))
    assert loaded.predict(inputs).tobytes() == trainer.predict(inputs).tobytes()
    assert_same(loaded, trainer)
    result = verify(loaded.run_state(), kernel="numpy")
    assert result.same, result.text
    for one in (loaded, trainer):
        one.run_epoch()
    assert_same(loaded, trainer)


def test_many_changes_and_edits_are_not_lost(tmp_path: Path) -> None:
    trainer = Trainer(TrainingConfig(samples=3, batch_size=0, epochs=10_000))
    for number in range(120):
        trainer.reconfigure(trainer.config.replace(learning_rate=0.1 + number / 1e5))
        trainer.set_weight(0, number % 3, 0, number / 1e4)
        if number % 50 == 0:
            trainer.set_weights(0.99 * trainer.network.parameters)
        trainer.run_epoch()
    loaded = again(trainer, tmp_path)
    assert len(loaded.edits) > 120
    assert loaded.changes == trainer.changes
    assert_same(loaded, trainer)
    assert loaded.origin == trainer.origin
    assert (loaded.changes, loaded.weight_changes) == (trainer.changes, trainer.weight_changes)
    for run in (trainer, loaded):
        run.run_epoch()
        run.set_bias(0, 0, 0.5)
    assert (loaded.changes, loaded.weight_changes) == (trainer.changes, trainer.weight_changes)


def test_samples_that_runs_share_are_written_once() -> None:
    source = samples("regression")
    run = Trainer(TrainingConfig(), source).run_state()
    other = Trainer(TrainingConfig(seed=2), source).run_state()
    named = Trainer(TrainingConfig()).run_state()
    encoded = encode_runs({"a": run, "b": other, "c": named, "d": run})
    assert list(encoded["data"]) == ["0"]
    back = decode_runs(container.unpacked(container.packed("runs", encoded), "runs"), len(encoded["runs"]))
    assert back["a"].source is back["b"].source is back["d"].source is not None
    assert back["c"].source is None
    assert back["b"].config.seed == 2


def test_names_that_a_terminal_could_not_show_do_not_prevent_saving(tmp_path: Path) -> None:
    source = replace(samples("regression"), name="\x1b[31m", target="y" * 2000)
    loaded = again(Trainer(TrainingConfig(), source), tmp_path)
    assert loaded.source is not None
    assert loaded.source.name == r"\x1b[31m"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/folder", "can't be written: no such file or directory"),
        (".", "can't be written: is a directory"),
        ("a\0b", "is not a possible file name"),
        ("x" * 300, "can't be written: file name too long"),
    ],
    ids=["folder", "directory", "nul", "long"],
)
def test_a_checkpoint_that_cannot_be_written_is_an_error_in_one_line(
    tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(CheckpointError) as caught:
        checkpoint.save(Trainer(TrainingConfig()), tmp_path / name)
    assert str(caught.value).endswith(f": {reason}")
    assert str(caught.value).isprintable()

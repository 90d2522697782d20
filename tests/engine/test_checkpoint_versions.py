"""Checkpoints of earlier versions are read forever: settings that they do not have take their defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import FIELDS, Trainer, TrainingConfig, checkpoint
from tests.engine.checkpoints import content, refused, sealed
from tests.engine.runs import assert_same, to_the_end

GOLDEN = Path(__file__).parent / "golden" / "checkpoint_version_1.json"
"""Written by the first version that was published, in the middle of an epoch."""
SETTINGS = TrainingConfig.defaults(
    "classification",
    dataset="spiral",
    samples=40,
    noise=0.05,
    test_share=0.2,
    hidden_units=(4, 3),
    activation=("tanh", "relu"),
    initializer="he",
    optimizer="adam",
    schedule="cosine",
    batch_size=5,
    l2=1e-4,
    clip=2.0,
    seed=7,
    epochs=30,
    report_interval=5,
)
"""The settings of that run."""
DEFAULTS = TrainingConfig.defaults("classification")
AT_THEIR_DEFAULTS = [
    field.name for field in FIELDS if getattr(SETTINGS, field.name) == getattr(DEFAULTS, field.name)
]


def golden() -> Any:
    """The JSON value of that file, to be changed."""
    return json.loads(GOLDEN.read_text(encoding="ascii"))


def loaded(folder: Path, value: Any) -> Trainer:
    """The run in a file with this value, its checksum made to fit."""
    path = folder / "run.json"
    path.write_text(sealed(value), encoding="ascii")
    return checkpoint.load(path)


def test_the_first_version_goes_on_as_the_same_run_started_anew() -> None:
    trainer, fresh = checkpoint.load(GOLDEN), Trainer(SETTINGS)
    assert trainer.config == fresh.config
    assert (trainer.epochs_done, trainer.samples_done, trainer.kernel.name) == (12, 10, "numpy")
    while (fresh.epochs_done, fresh.samples_done) < (trainer.epochs_done, trainer.samples_done):
        fresh.step()
    for one, other in ((trainer, fresh), (to_the_end(trainer), to_the_end(fresh))):
        mine, theirs = one.run_state(), other.run_state()
        assert (mine.updates, mine.epochs_done) == (theirs.updates, theirs.epochs_done)
        np.testing.assert_array_equal(mine.generator["state"]["key"], theirs.generator["state"]["key"])
        # Another machine's matrix products may round in another way.
        for name in ("parameters", "first_moment", "second_moment"):
            np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), rtol=1e-6, atol=1e-9)
        for column, expected in zip(mine.history.curve(), theirs.history.curve(), strict=True):
            np.testing.assert_allclose(column, expected, rtol=1e-6)


@pytest.mark.parametrize("name", AT_THEIR_DEFAULTS)
def test_a_missing_setting_takes_the_default_of_its_task(tmp_path: Path, name: str) -> None:
    assert "schedule_epochs" in AT_THEIR_DEFAULTS, "whose default is another one for regression"
    value = golden()
    value["run"]["config"].pop(name, None)
    assert_same(loaded(tmp_path, value), checkpoint.load(GOLDEN))


def test_a_missing_setting_may_change_the_run(tmp_path: Path) -> None:
    value = golden()
    del value["run"]["config"]["clip"]
    trainer = loaded(tmp_path, value)
    assert trainer.config == SETTINGS.replace(clip=0.0)
    to_the_end(trainer)


def test_a_run_needs_its_task(tmp_path: Path) -> None:
    tasks: tuple[object, ...] = (None, "sorting", [])
    for task in tasks:
        value = content("fresh")
        value["run"]["config"]["task"] = task
        assert refused(tmp_path, sealed(value)) == "is damaged: config has no known task"
        del value["run"]["config"]["task"]
        assert refused(tmp_path, sealed(value)) == "is damaged: config has no known task"


@pytest.mark.parametrize(
    ("name", "shown"), [("warmup", "'warmup'"), ("", "''"), ("a\nb", r"'a\nb'"), ("x" * 999, f"'{'x' * 40}'")]
)
def test_an_unknown_setting_is_refused_by_its_name(tmp_path: Path, name: str, shown: str) -> None:
    value = golden()
    value["run"]["config"][name] = 5
    assert refused(tmp_path, sealed(value)) == f"has an unknown setting: {shown}"

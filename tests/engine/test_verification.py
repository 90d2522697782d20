"""A checkpoint's run trained anew is the same to the bit, or the place where it parts is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bpengine import CheckpointError, Trainer, TrainingConfig, checkpoint
from bpengine.checkpoint import SavedRun
from bpengine.verification import verify
from tests.engine.checkpoints import content, refused, sealed, texts
from tests.engine.each_kernel import KERNEL_NAMES

CONFIG = TrainingConfig(samples=12, epochs=40, optimizer="adam", batch_size=5, test_share=0.2)


def text(run: SavedRun, *, same: bool = False) -> str:
    found = verify(run)
    assert found is not None
    assert found.same is same, found.text
    return found.text


def test_every_kind_of_checkpoint_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "run"
    for written in texts().values():
        path.write_text(written)
        text(checkpoint.read(path), same=True)


def test_changes_of_settings_and_kernel_are_made_again(tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, kernel=KERNEL_NAMES[-1])
    trainer.run_epoch()
    trainer.step()
    trainer.reconfigure(CONFIG.replace(learning_rate=0.3))
    trainer.fit()
    trainer.rewind(20)
    trainer.reconfigure(trainer.config.replace(epochs=50, l2=0.01))
    for kernel in (None, "numpy"):
        checkpoint.save(trainer, tmp_path / "run")
        trainer = checkpoint.load(tmp_path / "run", kernel=kernel)
        trainer.run_epoch()
        trainer.reconfigure(trainer.config.replace(learning_rate=trainer.config.learning_rate / 2))
    trainer.fit()
    assert "50 epochs" in text(SavedRun.of(trainer), same=True)
    assert verify(SavedRun.of(trainer), stopped=lambda: True) is None


def test_where_runs_part() -> None:
    trainer = Trainer(CONFIG)
    trainer.fit()
    run = SavedRun.of(trainer)
    history = run.state.history.copy()
    history.kept[7] = replace(history.kept[7], error=history.kept[7].error + 1e-15)
    assert "from epoch 7 on, whose error is" in text(replace(run, state=replace(run.state, history=history)))
    weights = run.state.parameters.copy()
    weights[-1] += 1e-15
    assert "the weights do not" in text(replace(run, state=replace(run.state, parameters=weights)))
    shorter = CONFIG.replace(epochs=9)
    assert "ends after 9 of 40" in text(
        replace(run, origin=None, state=replace(run.state, config=shorter))
    ), "and the file does not know the changes"
    trainer.set_weights(weights)
    assert "all weights and biases set at epoch 40" in text(SavedRun.of(trainer), same=True)
    unknown = Trainer(CONFIG)
    unknown.restore(run.state)
    assert unknown.origin is None


@pytest.mark.parametrize(
    ("origin", "reason"),
    [
        ([], "origin is not an object"),
        ({"settings": {"seed": 3}}, "origin.settings has a setting that can't change during a run"),
        ({"settings": {"epochs": 0}}, "origin.settings is not possible: epochs: must be a whole number"),
        ({"settings": {"epochs": 7}}, "origin.changes does not lead to the settings of the run"),
        ({"kernel": "auto"}, "origin.kernel is not a known kernel"),
        ({"changes": [{"epoch": 60, "sample": 0, "weights": True}]}, "origin.epoch is not a whole number"),
        ({"changes": [{"epoch": 0, "sample": 9, "weights": 1}]}, "origin.changes is not in order"),
        ({"changes": [3]}, "origin is not an object"),
        ({"changes": 3}, "origin.changes is not a list"),
    ],
)
def test_an_origin_that_no_run_has(tmp_path: Path, origin: object, reason: str) -> None:
    value = content("fresh")
    value["run"]["origin"] = value["run"]["origin"] | origin if isinstance(origin, dict) else origin
    assert refused(tmp_path, sealed(value)).startswith(f"is damaged: {reason}")


def test_a_run_from_before_origins_were_recorded(tmp_path: Path) -> None:
    value = content("tested")
    del value["run"]["origin"]
    (tmp_path / "run").write_text(sealed(value))
    run = checkpoint.read(tmp_path / "run")
    assert run.origin is None
    text(run, same=True)
    changed = replace(run, state=replace(run.state, config=run.state.config.replace(learning_rate=0.2)))
    assert "the file does not record whether settings or weights were changed" in text(changed)
    with pytest.raises(CheckpointError):
        checkpoint.read(tmp_path / "none")

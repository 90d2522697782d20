"""A checkpoint's run trained again is bit for bit the same, or the place where they part is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bpengine import Trainer, TrainingConfig, checkpoint
from bpengine.checkpoint.verification import verify
from bpengine.training.run import RunState
from tests.engine.checkpoints import files
from tests.engine.each_kernel import EVERY_KERNEL

CONFIG = TrainingConfig(samples=12, epochs=40, optimizer="adam", batch_size=5, test_share=0.2)


def text(run: RunState, *, same: bool = False, kernel: str = "numpy") -> str:
    found = verify(run, kernel=kernel)
    assert found.same is same, found.text
    return found.text


def test_every_kind_of_checkpoint_is_verified(tmp_path: Path) -> None:
    path = tmp_path / "run"
    for written in files().values():
        path.write_bytes(written)
        assert text(checkpoint.read(path), same=True).startswith("bit for bit the same (")


@EVERY_KERNEL
def test_verification_makes_changes_of_settings_again(tmp_path: Path, kernel_name: str) -> None:
    trainer = Trainer(CONFIG, kernel=kernel_name)
    trainer.run_epoch()
    trainer.step()
    trainer.reconfigure(CONFIG.replace(learning_rate=0.3))
    trainer.fit()
    trainer.rewind(20)
    trainer.reconfigure(trainer.config.replace(epochs=50, l2=0.01))
    for _ in range(2):
        checkpoint.save(trainer, tmp_path / "run")
        trainer = checkpoint.load(tmp_path / "run", kernel=kernel_name)
        trainer.run_epoch()
        trainer.reconfigure(trainer.config.replace(learning_rate=trainer.config.learning_rate / 2))
    trainer.fit()
    assert "50 epochs" in text(trainer.run_state(), same=True, kernel=kernel_name)


def test_verification_names_where_runs_part() -> None:
    trainer = Trainer(CONFIG)
    trainer.fit()
    run = trainer.run_state()
    history = run.history.copy()
    history.kept[7] = replace(history.kept[7], error=history.kept[7].error + 1e-15)
    assert "from epoch 7 on, whose error is" in text(replace(run, history=history))
    weights = run.parameters.copy()
    weights[-1] += 1e-15
    assert "the weights do not" in text(replace(run, parameters=weights))
    shorter = CONFIG.replace(epochs=9)
    assert "ends after 9 of 40" in text(replace(run, config=shorter, began=None)), (
        "and the file does not know the changes"
    )
    trainer.set_weights(weights)
    assert "all weights and biases set at epoch 40" in text(trainer.run_state(), same=True)


def test_verification_says_when_the_changes_of_a_run_are_unknown(tmp_path: Path) -> None:
    trainer, unknown = Trainer(CONFIG), Trainer(CONFIG)
    trainer.run_epoch()
    trainer.set_bias(0, 1, 0.5)
    trainer.run_epoch()
    unknown.restore(replace(trainer.run_state(), began=None))
    checkpoint.save(unknown, tmp_path / "run")
    run = checkpoint.read(tmp_path / "run")
    assert run.began is None
    assert "edited at epoch 1" in text(run, same=True)
    changed = replace(run, config=run.config.replace(learning_rate=0.2))
    assert "the file does not record whether its settings were changed" in text(changed)

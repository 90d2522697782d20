"""Edits of weights and units: what training does with them, and that they survive everything to the bit."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import ConfigError, DivergedError, Trainer, TrainingConfig, checkpoint, diagnose
from bpengine.checkpoint.verification import verify
from bpengine.explain.derivation import derive, gradient_check
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.network import matrices
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.edits import BIAS, Edit
from tests.engine.checkpoints import refused, run_in, sealed
from tests.engine.runs import assert_same

PENALTIES: tuple[dict[str, float], ...] = ({}, {"l1": 0.01, "l2": 0.1}, {"clip": 0.05, "l2": 0.1})


def config(**changes: Any) -> TrainingConfig:
    values: dict[str, Any] = {"samples": 9, "hidden_units": (3, 2), "init_scale": 0.7, "epochs": 40}
    return TrainingConfig(**values | changes)


def train(trainer: Trainer, epochs: int, steps: int = 0) -> Trainer:
    while trainer.epochs_done < epochs:
        trainer.run_epoch()
    for _ in range(steps):
        trainer.step()
    return trainer


def edited(trainer: Trainer) -> Trainer:
    """One edit of each kind, over two epochs."""
    train(trainer, 2, 1)
    trainer.knock_out(0, 1)
    trainer.freeze(1, 0)
    trainer.step()
    trainer.set_weight(0, 2, 0, -0.3)
    trainer.set_bias(1, 1, 0.25)
    train(trainer, 3)
    trainer.unfreeze(1, 0, BIAS)
    trainer.knock_out(1, 1)
    train(trainer, 4, 1)
    trainer.bring_back(0, 1)
    return train(trainer, 6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_traces_know_what_is_frozen(optimizer: str) -> None:
    for number, penalty in enumerate(PENALTIES):
        settings = config(optimizer=optimizer, batch_size=(1, 4, 0)[number], **penalty)
        trainer = Trainer(settings)
        for step in range(12):
            if step in (2, 4):
                trainer.knock_out(0, 1) if step == 2 else trainer.freeze(1)
            if step == 8:
                trainer.bring_back(0, 1)
            before, trace = trainer.run_state(), trainer.trace()
            assert trace is not None
            assert trainer.step() is not None
            after, frozen = trainer.run_state(), trainer.frozen
            new = np.concatenate([np.vstack([p.new.weights, p.new.biases]).ravel() for p in trace.layers])
            np.testing.assert_array_equal(new, after.parameters)
            for name in ("parameters", "buffers"):
                kept, now = getattr(before, name), getattr(after, name)
                np.testing.assert_array_equal(kept[..., frozen], now[..., frozen])
            for derived in derive(trace) if step in (3, 5, 9) else ():
                expected = pytest.approx(derived.result.number, rel=1e-9, abs=1e-14)
                assert derived.formula.value() == expected
            assert 0 < frozen.sum() < len(frozen) or step < 2
            assert trace.layers[0].knocked_out == ((1,) if 2 <= step < 8 else ())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_run_without_a_unit_is_that_of_the_smaller_network(activation: str) -> None:
    optimizer = list(OPTIMIZERS)[len(activation) % 5]
    values = {
        "activation": activation,
        "optimizer": optimizer,
        "l2": 0.01,
        "clip": 0.2,
        "learning_rate": 0.01,
    }
    large = Trainer(config(**values))
    small = Trainer(config(**values, hidden_units=(2, 2)))
    train(large, 1, 2)
    large.knock_out(0, 1)
    state = large.run_state()

    def reduced(vector: Any) -> Any:
        """The numbers of the units that are left."""
        first, second, last = matrices(large.network.sizes, vector)
        parts = (np.delete(first, 1, axis=1), np.delete(second, 1, axis=0), last)
        return np.concatenate([part.ravel() for part in parts])

    vectors = {
        "parameters": reduced(state.parameters),
        "buffers": np.array([*map(reduced, state.buffers)]).reshape(-1, len(small.network.parameters)),
    }
    small.restore(replace(state, config=small.config, changes=(), **vectors))
    for _ in range(12):
        large.step()
        small.step()
        np.testing.assert_allclose(reduced(large.network.parameters), small.network.parameters, atol=1e-12)
    inputs = large.dataset.inputs
    np.testing.assert_allclose(large.network.predict(inputs), small.network.predict(inputs), atol=1e-12)


def test_freezing_and_bringing_back_between_two_steps_changes_no_number() -> None:
    plain, trainer = (Trainer(config(optimizer="adam")) for _ in range(2))
    for run in (plain, trainer):
        train(run, 1, 2)
    trainer.knock_out(0, 0)
    trainer.freeze(2)
    trainer.bring_back(0, 0)
    trainer.unfreeze(2)
    assert not trainer.frozen.any()
    assert len(trainer.edits) == 4
    train(trainer, 3).restore(replace(trainer.run_state(), changes=()))
    assert_same(trainer, train(plain, 3))
    trainer.knock_out(0, 1)
    trainer.bring_back(0, 1)
    trainer.unfreeze(0)  # changes nothing
    trainer.bring_back(0, 0)
    trainer.set_bias(0, 0, trainer.network.layers[0].biases[0])
    assert len(trainer.edits) == 2


def test_an_edited_run_is_saved_copied_rewound_branched_and_verified_to_the_bit(tmp_path: Path) -> None:
    settings = config(optimizer="momentum", batch_size=2, test_share=0.2)
    trainer = edited(Trainer(settings))
    assert [(edit.epoch, edit.sample, edit.kind) for edit in trainer.edits] == [
        *((2, 2, "knock out"), (2, 2, "freeze"), (2, 4, "set"), (2, 4, "set")),
        *((3, 0, "unfreeze"), (3, 0, "knock out"), (4, 2, "bring back")),
    ]
    end = train(copy.deepcopy(trainer), 9)
    checkpoint.save(trainer, tmp_path / "run")
    loaded = checkpoint.load(tmp_path / "run")
    for other in (loaded, pickle.loads(pickle.dumps(trainer)), trainer.branch(), trainer.branch(6)):
        assert other.edits == trainer.edits
        assert other.knocked_out == ((1, 1),)
        np.testing.assert_array_equal(other.frozen, trainer.frozen)
        assert_same(train(other, 9), end)
    result = verify(loaded.run_state())
    assert result.same
    assert "edited 7 times from epoch 2 on" in result.text
    state = loaded.run_state()
    changed = replace(state, changes=state.changes[:-1])
    assert not verify(changed).same

    clean = Trainer(settings)
    assert_same(trainer.branch(2, 2), first_edits(train(clean, 2, 1)))
    at_step = trainer.branch(4, 2, learning_rate=0.5)
    assert (at_step.epochs_done, at_step.samples_done, len(at_step.edits)) == (4, 2, 7)
    assert at_step.config.learning_rate == 0.5
    replayed = trainer.branch(4)
    train(replayed, 4, 1)
    assert len(replayed.edits) == 6  # the last one was made after this epoch had begun, and is dropped
    trainer.rewind(2)
    assert trainer.edits == ()
    assert_same(train(trainer, 9), train(Trainer(settings), 9))


def test_a_run_whose_weights_were_all_set_is_rewound_resumed_and_verified_to_the_bit(tmp_path: Path) -> None:
    trainer = Trainer(config(optimizer="adam", batch_size=2, learning_rate=0.3))
    trainer.freeze(0, 1)
    train(trainer, 3, 1)
    for factor in (3.0, 0.5, 0.25):  # the last one counts
        trainer.set_weights(factor * trainer.network.parameters)
    trainer.set_bias(0, 1, 0.5)
    trainer.set_weights(-trainer.network.parameters)
    train(trainer, 6)
    trainer.set_weights(trainer.network.parameters / 2)
    kinds = [(edit.epoch, edit.sample, edit.kind) for edit in trainer.edits]
    place, end = (3, 2), (trainer.epochs_done, 0)
    assert kinds == [
        *((0, 0, "freeze"), (*place, "set all"), (*place, "set"), (*place, "set all"), (*end, "set all")),
    ]
    checkpoint.save(trainer, tmp_path / "run")
    loaded = checkpoint.load(tmp_path / "run")
    result = verify(loaded.run_state())
    assert result.same, result.text
    assert f"5 times from epoch 0 on, all weights and biases set at epoch {end[0]}" in result.text
    loaded.set_weights(loaded.network.parameters)  # changes nothing
    assert loaded.edits == trainer.edits
    assert_same(train(loaded, end[0] + 2, 1), train(copy.deepcopy(trainer), end[0] + 2, 1))
    loaded.set_weights(2 * loaded.network.parameters)
    assert verify(loaded.run_state()).same

    before = trainer.branch(end[0] - 1)
    assert len(before.edits) == 4
    assert_same(train(before, end[0]), train(trainer.branch(*place), end[0]))
    trainer.rewind(3)
    assert [edit.kind for edit in trainer.edits] == ["freeze"]
    clean = Trainer(trainer.config)
    clean.freeze(0, 1)
    assert_same(trainer, train(clean, 3))


def first_edits(trainer: Trainer) -> Trainer:
    """Make the first edits of `edited`."""
    trainer.knock_out(0, 1)
    trainer.freeze(1, 0)
    return trainer


def test_a_derivative_is_that_of_the_loss_even_where_nothing_moves() -> None:
    trainer = train(Trainer(config(activation="tanh", batch_size=4)), 2)
    trainer.knock_out(0, 1)
    trainer.freeze(2)
    checks = gradient_check(trainer)
    assert all(check.agrees for check in checks)
    units = {check.name: check.by_chain_rule for check in checks}
    assert units["W1[1,2]"] == units["b1[2]"] == 0.0
    assert abs(units["W2[2,1]"]) > 0
    assert abs(units["b3[1]"]) > 0


def test_a_frozen_network_does_not_move_and_a_diverged_run_continues_after_an_edit() -> None:
    trainer = Trainer(config(learning_rate=100.0, activation="identity"))
    trainer.step()
    with pytest.raises(DivergedError):
        trainer.branch().fit()
    for layer in range(3):
        trainer.freeze(layer)
    before = trainer.network.parameters.copy()
    train(trainer, 3)
    np.testing.assert_array_equal(trainer.network.parameters, before)
    assert trainer.gradient().any()
    assert diagnose(trainer).update_ratio == 0
    trainer.unfreeze(0)
    with pytest.raises(DivergedError):
        trainer.fit()
    for unit in range(3):
        trainer.set_weight(0, unit, 0, 0.1)
        trainer.set_bias(0, unit, 0.0)
    trainer.freeze(0)
    assert trainer.divergence is None
    assert trainer.run_epoch() is not None


def refusal(edit: Edit) -> str:
    trainer = Trainer(config())
    trainer.knock_out(0, 1)
    with pytest.raises(ConfigError) as caught:
        trainer.edit(edit)
    assert len(trainer.edits) == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Edit("set", 3, 0, 0, 1.0), "edit: must be a layer from 0 to 2, got '3'"),
        (Edit("set", -1, 0, 0, 1.0), "edit: must be a layer from 0 to 2, got '-1'"),
        (Edit("freeze", 0, 3), "edit: must be a unit from 0 to 2, got '3'"),
        (Edit("freeze", 0, True), "edit: must be a unit from 0 to 2, got 'True'"),
        (Edit("freeze", 0, 0, 1), "edit: must be an input from 0 to 0, got '1'"),
        (Edit("freeze", 0, 0, "b"), "edit: must be an input from 0 to 0, got 'b'"),  # type: ignore[arg-type]
        (Edit("freeze", 0, None, 0), "edit: a weight or bias needs the unit that it belongs to"),
        (Edit("set", 0, 0, None, 1.0), "edit: only a single weight or bias can be set"),
        (Edit("set", 0, 0, 0, float("nan")), "W1[1,1]: must be a finite number, got 'nan'"),
        (Edit("set", 0, 0, 0, 10**400), "W1[1,1]: must be a finite number, got a huge number"),
        (Edit("set", 0, 0, BIAS, None), "b1[1]: must be a finite number, got 'None'"),
        (Edit("set", 1, 0, 1, 1.0), "W2[2,1]: unit 2 of layer 1 is knocked out: bring it back first"),
        (Edit("knock out", 2, 0), "edit: a unit of the output layer can't be knocked out"),
        (Edit("knock out", 0), "edit: only a single unit can be knocked out"),
        (Edit("freeze", "0", 1), "edit: must be a layer from 0 to 2, got '0'"),  # type: ignore[arg-type]
        (
            Edit("melt", 0, 2),  # type: ignore[arg-type]
            "edit: must be set, set all, freeze, unfreeze, knock out or bring back, got 'melt'",
        ),
        (Edit("freeze", 0, 2, value=3.0), "edit: must be without a value unless it sets one, got '3.0'"),
        (Edit("knock out", 0, 2, value=0.0), "edit: must be without a value unless it sets one, got '0.0'"),
        (
            Edit("unfreeze", 0, 2, value="x"),  # type: ignore[arg-type]
            "edit: must be without a value unless it sets one, got 'x'",
        ),
        (Edit("set all", parameters=bytes(7)), "weights: must be 17 numbers"),
        (Edit("set all", parameters=b"\xff" * 136), "weights: must be finite numbers"),
        (
            Edit("set all", parameters=np.ones(17).tobytes()),
            "weights: unit 2 of layer 1 is knocked out: its outgoing weights must be 0",
        ),
        (
            Edit("set all", 0, parameters=bytes(136)),
            "edit: all weights and biases are set without a layer, a unit or one value",
        ),
        (
            Edit("freeze", 0, parameters=bytes(136)),
            "edit: only an edit that sets all weights and biases may hold them",
        ),
        (
            Edit("freeze", 0, 2, kept=(1.0,)),
            "edit: only a unit that is knocked out has outgoing weights kept aside",
        ),
    ],
)
def test_edits_that_make_no_sense_are_refused(edit: Edit, reason: str) -> None:
    assert refusal(edit) == reason


def test_all_weights_can_only_be_set_where_knocked_out_units_stay_out() -> None:
    trainer = Trainer(config())
    trainer.knock_out(0, 1)
    trainer.set_weights(2 * trainer.network.parameters)
    with pytest.raises(ConfigError, match="unit 2 of layer 1 is knocked out: its outgoing weights must be 0"):
        trainer.set_weights(np.ones(len(trainer.network.parameters)))
    with pytest.raises(ConfigError, match="rewind: must be a sample from 0 to 0, got '1'"):
        trainer.branch(0, 1)


def test_edits_are_described_in_words() -> None:
    trainer = edited(Trainer(config()))
    assert [edit.words for edit in trainer.edits] == [
        *("unit 2 of layer 1 knocked out", "unit 1 of layer 2 frozen", "W1[1,3] set to -0.3"),
        *("b2[2] set to 0.25", "b2[1] unfrozen", "unit 2 of layer 2 knocked out"),
        "unit 2 of layer 1 brought back",
    ]


def damage(tmp_path: Path, **changes: Any) -> str:
    """The reason for which a run is refused whose last knock-out has these values instead."""
    value, run = run_in("edited")
    run["changes"][-2][2] |= changes
    reason = refused(tmp_path, sealed(value))
    return reason.removeprefix("is damaged: runs.run.")


def test_malformed_edits_in_a_file_are_refused(tmp_path: Path) -> None:
    impossible = "changes has an edit that is not possible: edit: "
    assert damage(tmp_path, unit=9) == f"{impossible}must be a unit from 0 to 2, got '9'"
    assert damage(tmp_path, unit=1) == f"{impossible}a unit is knocked out or brought back twice"
    assert damage(tmp_path, value=1.0).startswith(f"{impossible}must be without a value")
    assert damage(tmp_path, unit=2).startswith("parameters does not go together with the edits: unit 3 of")
    assert damage(tmp_path, epoch=2) == "changes has an edit of another step"
    assert damage(tmp_path, kept=[]) == f"{impossible}0 outgoing weights are kept aside, the unit has 1"
    assert damage(tmp_path, parameters=np.zeros(10)).startswith(f"{impossible}only an edit that sets all")
    assert damage(tmp_path, input=0).startswith(f"{impossible}only a single unit")
    no_edit: tuple[dict[str, Any], ...] = (
        *({"kind": "melt"}, {"layer": []}, {"value": True}, {"kept": 7}, {"kept": None}, {"more": 1}),
    )
    for changes in no_edit:
        assert damage(tmp_path, **changes) == "changes has a setting that can't change during a run"

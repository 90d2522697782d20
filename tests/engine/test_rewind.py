"""Rewinding returns to exactly the state that the run had, whatever has changed since."""

from __future__ import annotations

import contextlib
import copy
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import ConfigError, DivergedError, Trainer, TrainingConfig
from bpengine.training.edits import KINDS, Edit, EditKind
from bpengine.training.timeline import Keyframes
from tests.engine.each_kernel import EVERY_KERNEL
from tests.engine.runs import assert_same, to_the_end
from tests.engine.values import LIVE, small_configs

Log = list[tuple[tuple[int, int], TrainingConfig | Edit]]
"""The epoch and sample of each change: the settings from there on, or what was edited."""


class Train(NamedTuple):
    """Train for some epochs in pieces as large as possible, and then on some batches."""

    epochs: int
    batches: int

    def act(self, trainer: Trainer, log: Log) -> None:
        samples = self.epochs * len(trainer.dataset)
        with contextlib.suppress(DivergedError):
            if samples:
                trainer.run_for(1e9, max_samples=samples, clock=lambda: 0.0)
            for _ in range(self.batches):
                trainer.step()


class Change(NamedTuple):
    """Change some settings."""

    values: dict[str, Any]

    def act(self, trainer: Trainer, log: Log) -> None:
        trainer.reconfigure(trainer.config.replace(**self.values))
        log.append((position(trainer), trainer.config))


class Touch(NamedTuple):
    """Edit a unit of the first layer, or set all weights and biases."""

    kind: EditKind
    unit: int

    def act(self, trainer: Trainer, log: Log) -> None:
        before, unit = trainer.edits, self.unit % trainer.network.sizes[1]
        match self.kind:
            case "set all":
                trainer.set_weights(trainer.network.parameters * (1 - self.unit / 10))
            case "set":
                trainer.set_weight(0, unit, 0, 0.3)
            case "knock out" | "bring back" if not trainer.network.hidden:
                return  # no output can be knocked out
            case kind:
                trainer.edit(Edit(kind, 0, unit))
        if trainer.edits == before:
            return
        if len(trainer.edits) == len(before):
            assert trainer.edits[-1].kind == before[-1].kind == self.kind == "set all"
            del log[max(number for number, (_, made) in enumerate(log) if isinstance(made, Edit))]
        assert trainer.edits[:-1] == before[: len(trainer.edits) - 1]
        log.append((position(trainer), trainer.edits[-1]))


class Rewind(NamedTuple):
    """Rewind to an epoch, given as a fraction of the epochs done."""

    fraction: float

    def act(self, trainer: Trainer, log: Log) -> None:
        epoch = round(self.fraction * trainer.epochs_done)
        is_there = position(trainer) == (epoch, 0) and trainer.divergence is None
        trainer.rewind(epoch)
        assert position(trainer) == (epoch, 0)
        if not is_there:
            log[:] = [
                change
                for change in log
                if change[0] < (epoch, 0) or (change[0] == (epoch, 0) and isinstance(change[1], Edit))
            ]


def position(trainer: Trainer) -> tuple[int, int]:
    return trainer.epochs_done, trainer.samples_done


def step_to(trainer: Trainer, end: tuple[int, int]) -> None:
    while position(trainer) < end:
        assert trainer.step() is not None
    assert position(trainer) == end


def step_by_step(config: TrainingConfig, kernel: str, log: Log, end: tuple[int, int]) -> Trainer:
    """Return a new run that has been trained to this position, batch by batch, with the same changes."""
    trainer = Trainer(config, kernel=kernel)
    for start, changed in log:
        step_to(trainer, start)
        trainer.repeat(changed)
    step_to(trainer, end)
    return trainer


ACTIONS = st.lists(
    st.one_of(
        st.builds(Train, st.integers(0, 40), st.integers(0, 6)),
        st.builds(Change, LIVE),
        st.builds(Touch, st.sampled_from(KINDS), st.integers(0, 9)),
        st.builds(Rewind, st.floats(0, 1)),
    ),
    min_size=2,
    max_size=9,
)


@EVERY_KERNEL
@settings(max_examples=40)
@given(
    config=small_configs(),
    actions=ACTIONS,
    fraction=st.floats(0, 1),
    sizes=st.sampled_from([(1, 3), (2, 64), (16, 64)]),
)
def test_a_rewound_run_equals_a_new_run_to_the_same_epoch(
    kernel_name: str,
    config: TrainingConfig,
    actions: list[Train | Change | Touch | Rewind],
    fraction: float,
    sizes: tuple[int, int],
) -> None:
    stride, capacity = sizes
    with patch.multiple(Keyframes, STRIDE=stride, CAPACITY=capacity):
        trainer, log = Trainer(config, kernel=kernel_name), Log()
        for action in [*actions, Rewind(fraction)]:
            action.act(trainer, log)
            if isinstance(action, Rewind):
                assert_same(trainer, step_by_step(config, kernel_name, log, position(trainer)))


def at(epochs: int, **changes: Any) -> Trainer:
    """Return a run on 7 samples after this many of its 100 epochs."""
    trainer = Trainer(TrainingConfig.defaults("regression", samples=7, epochs=100, **changes))
    for _ in range(epochs):
        trainer.run_epoch()
    return trainer


@pytest.mark.parametrize("epoch", [-1, 21, 1000, 1.5, "3", None])
def test_rewinding_to_no_epoch_or_sample_of_the_run_is_refused(epoch: Any) -> None:
    trainer = at(20)
    allowed = "an epoch from 0 to 20, which the run has reached"
    with pytest.raises(ConfigError, match=rf"^rewind: must be {allowed}, got '{epoch}'$"):
        trainer.rewind(epoch)
    with pytest.raises(ConfigError, match=r"^rewind: must be a sample from 0 to \d+, got"):
        trainer.rewind(3, epoch)
    assert_same(trainer, at(20))


@EVERY_KERNEL
@pytest.mark.parametrize("learning_rate", [5.0, 10.0, 1000.0])
def test_a_diverged_run_can_be_rewound(kernel_name: str, learning_rate: float) -> None:
    config = TrainingConfig(learning_rate=learning_rate)
    trainer = Trainer(config, kernel=kernel_name)
    with pytest.raises(DivergedError) as caught:
        to_the_end(trainer)
    assert trainer.divergence is caught.value
    trainer.rewind(caught.value.epoch)
    assert_same(trainer, step_by_step(config, kernel_name, [], (caught.value.epoch, 0)))
    trainer.reconfigure(config.replace(learning_rate=0.01))
    trainer.run_epoch()
    assert trainer.epochs_done == caught.value.epoch + 1


def test_a_run_that_diverged_at_the_first_batch_of_an_epoch_can_be_rewound() -> None:
    # With all samples in one batch, the run can only diverge at the first batch of an epoch.
    config = TrainingConfig(learning_rate=50, batch_size=0, init_scale=1, epochs=10_000)
    trainer = Trainer(config)
    with pytest.raises(DivergedError) as caught:
        to_the_end(trainer)
    assert caught.value.sample == 0
    epoch = trainer.epochs_done
    assert epoch > 0
    trainer.rewind(epoch)
    assert trainer.divergence is None
    assert_same(trainer, step_by_step(config, "numpy", [], (epoch, 0)))


def test_training_after_a_rewind_replaces_what_came_later() -> None:
    trainer, other = at(50), at(20)
    trainer.rewind(20)
    assert max(state.epochs_done for state in trainer.bookmark().keyframes.states) <= 20
    for each, epochs in ((trainer, 30), (other, 20)):
        each.reconfigure(each.config.replace(learning_rate=0.3))
        for _ in range(epochs):
            each.run_epoch()
    trainer.rewind(40)
    assert_same(trainer, other)


def test_rewinding_after_a_restore_in_the_middle_of_an_epoch() -> None:
    trainer = at(5)
    trainer.step()
    trainer.restore(trainer.run_state())
    assert trainer.earliest == 6
    with pytest.raises(ConfigError, match=r"^rewind: not possible yet"):
        trainer.rewind(5)
    while trainer.epochs_done < 30:
        trainer.run_epoch()
    trainer.rewind(6)
    assert_same(trainer, at(6))
    with pytest.raises(ConfigError, match="from 6 to 6"):
        trainer.rewind(5)


def test_rewinding_after_a_restore_between_epochs() -> None:
    trainer, state = at(30), at(5).run_state()
    trainer.restore(state)
    assert (trainer.earliest, trainer.epochs_done) == (5, 5)
    assert_same(trainer, at(5))
    for _ in range(20):
        trainer.run_epoch()
    trainer.rewind(5)
    assert_same(trainer, at(5))


def test_changes_after_a_restore_do_not_replace_those_of_the_restored_state() -> None:
    first = at(5)
    first.reconfigure(first.config.replace(learning_rate=0.2))
    first.set_weights(0.5 * first.network.parameters)
    trainer = Trainer(first.config)
    trainer.restore(first.run_state())
    trainer.reconfigure(trainer.config.replace(learning_rate=0.3))
    trainer.set_weights(0.5 * trainer.network.parameters)
    halved = trainer.network.parameters.copy()
    trainer.run_epoch()
    trainer.rewind(5)
    assert trainer.config == first.config
    assert trainer.network.parameters.tolist() == halved.tolist()
    assert [change.position for change in trainer.run_state().changes] == 3 * [(5, 0)]
    assert trainer.origin is not None
    assert trainer.origin.config == at(5).config
    other = copy.deepcopy(trainer)
    assert trainer.run_state().changes == other.run_state().changes


def test_a_run_state_is_not_changed_by_training() -> None:
    trainer = at(5)
    trainer.step()
    state = trainer.run_state()
    to_the_end(trainer)
    for _ in range(2):
        trainer.restore(state)
        other = at(5)
        other.step()
        assert_same(trainer, other)
        trainer.run_epoch()

"""A frame's work is bounded: what is large is measured on a part of the samples, and the screen says so."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pytest

from bpengine import FIELD, Edit, Trainer, TrainingConfig
from bpengine.kernels.kernel import work_per_sample
from bpengine.network.network import Network
from bptui.session import commands
from bptui.session.observation import MIN_OBSERVED, Observer
from bptui.session.session import Session
from tests.tui.support.apps import lines, make_app
from tests.tui.support.clock import Clock
from tests.tui.support.driving import rest

LARGE = TrainingConfig.defaults(
    "classification", dataset="blobs", samples=40_000, hidden_units=(60, 60), batch_size=0, test_share=0.3
)
LARGEST = TrainingConfig.defaults("classification", hidden_units=(220, 220), batch_size=0)
"""Nearly as many weights as are allowed."""
MAX_FRAME_WORK = 26_000_000
"""The most work of a frame's predictions (see `work_per_sample`): with NumPy, about 30 ms."""


@pytest.mark.parametrize("config", [LARGE, LARGEST])
def test_the_work_of_a_frame_is_bounded(config: TrainingConfig) -> None:
    observer, rows = Observer(Trainer(config)), 0
    layer_outputs = Network.layer_outputs

    def counted(network: Network, inputs: np.ndarray) -> list[np.ndarray]:
        nonlocal rows
        rows += len(inputs)
        return layer_outputs(network, inputs)

    with patch.object(Network, "layer_outputs", counted):
        run, _ = observer.observe()
    sizes = (2, *config.hidden_units, 2)
    assert rows * work_per_sample(sizes) <= MAX_FRAME_WORK
    assert run.is_partly_measured
    assert run.metrics.confusion is not None
    assert run.metrics.confusion.sum() == len(run.dataset) >= MIN_OBSERVED
    assert (run.samples, run.test_samples) == ((28_000, 12_000) if config is LARGE else (441, 0))


def test_changing_the_learning_rate_computes_no_outputs_again() -> None:
    session = Session(TrainingConfig.defaults("regression", test_share=0.3))
    session.advance_to(3)
    before = session.snapshot()
    session.do(commands.change, FIELD["learning_rate"], 0.7)
    after = session.snapshot()
    assert after.has_network_of(before)
    assert after.run.metrics is before.run.metrics
    assert after.network.diagnostics is not None
    assert (after.run.config.learning_rate, after.network.diagnostics.learning_rate) == (0.7, 0.7)
    session.do(commands.edit, Edit("freeze", 0, 0))
    frozen = session.snapshot()
    assert not frozen.has_network_of(after)
    assert frozen.network.is_frozen(0, 0)
    session.do(commands.step_epoch)
    assert not session.snapshot().has_network_of(frozen)


def test_figures_of_small_data_are_exact() -> None:
    trainer = Trainer(TrainingConfig.defaults("classification", test_share=0.3))
    run, values = Observer(trainer).observe()
    assert not run.is_partly_measured
    assert run.dataset is trainer.dataset
    assert len(values.outputs) == run.samples


async def test_the_screen_says_that_figures_are_those_of_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.session.observation.MAX_SAMPLE_WORK", 100)
    app = make_app("classification")
    async with app.run_test(size=(160, 60)) as pilot:
        await rest(pilot)
        text = "\n".join(lines(app))
        assert "on 32 of 441 samples" in text
        assert "accuracy about " in text


def test_a_large_batch_is_left_between_two_looks_at_the_clock() -> None:
    session = Session(LARGEST, clock=Clock(1.0))
    session.do(commands.step_epoch)
    assert 0 < session.snapshot().run.sample <= 16
    session.do(commands.toggle)
    session.do(commands.toggle)
    session.tick()
    assert session.snapshot().run.sample <= 32


def test_a_run_that_has_not_changed_is_not_observed_again() -> None:
    session = Session(TrainingConfig.defaults("regression"))
    session.do(commands.step_samples, 5)
    before = session.snapshot()
    session.do(commands.say, "Nothing has changed.")
    after = session.snapshot()
    assert after.run is before.run
    assert after.network is before.network
    session.do(commands.step_samples, 1)
    assert session.snapshot().network is not after.network


def test_commands_that_change_a_run_are_observed() -> None:
    session = Session(TrainingConfig.defaults("regression"))
    session.do(commands.step_epoch)
    seen = [session.snapshot()]
    changes: tuple[Callable[[], object], ...] = (
        lambda: session.do(commands.change, FIELD["learning_rate"], 0.0),
        lambda: session.do(commands.edit, Edit("freeze", 0, 1)),
        lambda: session.do(commands.edit, Edit("set", 0, 1, 0, 0.5)),
        lambda: session.do(commands.step_epoch),
        lambda: session.do(commands.rewind, 0),
        lambda: session.do(commands.undo),
        lambda: session.do(commands.restart),
    )
    for change in changes:
        change()
        session.run_until_idle()
        seen.append(session.snapshot())
    assert len({id(snapshot.run) for snapshot in seen}) == len(seen)
    assert len({id(snapshot.network) for snapshot in seen}) == len(seen)


def test_a_change_does_not_observe_its_data_set_again() -> None:
    session = Session(LARGE)
    before = session.snapshot()
    session.do(commands.restart)
    assert session.snapshot().run.dataset is before.run.dataset

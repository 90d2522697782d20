"""How many frames are drawn, and the thread that trains between two of them, whose slices keys never meet."""

from __future__ import annotations

import math
import threading
import time
from unittest import mock

import pytest

from bpengine import Trainer, TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.screen.tabs.frame_loop import TrainingThread, train
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import EPOCHS, make_app
from tests.tui.support.clock import Clock
from tests.tui.support.driving import press, rest, until
from tests.tui.support.terminal import DEADLINE

CONFIG = TrainingConfig.defaults("regression", epochs=EPOCHS)


def flat_out() -> Session:
    """A session that runs at full speed, whose slices are short."""
    session = Session(CONFIG, clock=Clock(0.005))
    session.do(commands.change_speed, 1)
    session.do(commands.toggle)
    return session


def test_the_training_thread_trains_the_same_run_until_it_is_asked_to_end() -> None:
    session, thread, done = flat_out(), TrainingThread(), threading.Event()
    thread.start(session, math.inf, done.set)
    assert thread.is_training
    assert thread.finish() is None, "no frame is due"
    assert done.wait(DEADLINE)
    assert not thread.is_training
    snapshot = session.snapshot()
    alone = Trainer(CONFIG)
    while (alone.epochs_done, alone.samples_done) < (session.run.epochs_done, snapshot.run.sample):
        alone.step()
    assert (alone.network.parameters == session.run.parameters).all()


def test_a_frame_that_is_due_ends_the_training() -> None:
    session, thread, done = flat_out(), TrainingThread(), threading.Event()
    thread.start(session, time.monotonic(), done.set)
    assert done.wait(DEADLINE)
    assert thread.is_done
    assert thread.finish() is not None


def test_training_without_a_thread_is_one_slice() -> None:
    session = flat_out()
    assert train(session, math.inf) is None
    snapshot = train(session, -math.inf)
    assert snapshot is not None
    assert snapshot.status.stage is Stage.RUNNING


def test_a_limited_speed_trains_a_slice_at_each_tick() -> None:
    session = Session(CONFIG.replace(epochs=1000), clock=Clock())
    session.do(commands.toggle)
    assert train(session, math.inf, threading.Event()) is None, "it waits for the next tick"
    assert session.snapshot().run.epoch + session.snapshot().run.sample > 0


def test_no_frame_is_drawn_while_there_is_nothing_new() -> None:
    session = Session(CONFIG, clock=Clock(0.005))
    session.advance_to(0)
    session.do(commands.toggle_cloud)
    snapshot, slices, frames = session.snapshot(), 0, 0
    while snapshot.comparison.cloud is None or snapshot.comparison.cloud.is_working:
        shown = train(session, -math.inf)
        slices, frames = slices + 1, frames + (shown is not None)
        snapshot = shown or snapshot
    assert 0 < frames < 10
    assert slices > frames


async def test_keys_wait_for_the_slice_in_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = TrainingThread()
    monkeypatch.setattr("bptui.screen.tabs.frame_loop.TrainingThread", lambda: thread)
    app = make_app(epochs=EPOCHS, threads=True)
    view = app.view
    async with app.run_test() as pilot:
        await press(pilot, "space")
        await until(pilot, lambda: view.snapshot is not None and view.snapshot.run.epoch > 3)
        for _ in range(20):
            view.frames.tick()
            assert thread.is_training
            session = view.session
            assert not thread.is_training
            assert session.stage is Stage.RUNNING
        await press(pilot, "right", "space")
        assert view.snapshot is not None
        assert (view.snapshot.status.stage, view.snapshot.run.config.learning_rate) == (Stage.PAUSED, 0.2)
        assert not thread.is_training


async def test_no_more_frames_a_second_are_drawn_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.screen.tabs.frame_loop.TICK_SECONDS", 1e6)  # ticks come only from here
    app = BptuiApp(StartSettings(kernel="numpy", fps=4))
    async with app.run_test() as pilot:
        await rest(pilot)
        view = app.view
        with mock.patch("time.monotonic") as clock:
            clock.return_value = 100.0
            view.frames.show_now()
            first = view.snapshot
            for now, drawn in ((100.2, False), (100.24, False), (100.25, True)):
                clock.return_value = now
                view.frames.tick()
                assert (view.snapshot is not first) == drawn

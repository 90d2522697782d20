"""The compiled kernel is ready: a run that has not begun takes it, and another one says what r gains."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bpengine import FIELD, TrainingConfig
from bptui.describe import describe
from bptui.session.comparison import MAX_SENTENCE_LENGTH
from bptui.session.kernel_choice import KernelChoice, speedup
from bptui.session.session import Session
from bptui.views.training import TrainingThread
from tests.engine.kernels import needs_numba
from tests.tui.support.apps import make_app
from tests.tui.support.clock import Clock

DEFAULTS = TrainingConfig.defaults("regression")


def arrived(*, begun: bool, measured: float | None, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that runs as the compiled kernel arrives, which was measured to be so many times as fast."""
    monkeypatch.setattr("bptui.session.live_run.speedup", lambda *_, **__: measured)
    kernels = KernelChoice("auto")
    session = Session(DEFAULTS, kernels=kernels, clock=Clock())
    session.toggle()
    if begun:
        session.tick()
    kernels.take(loaded=True)
    session.take_kernel()
    return session


@needs_numba
def test_a_run_that_has_not_begun_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = arrived(begun=False, measured=47.0, monkeypatch=monkeypatch).snapshot()
    assert snapshot.run.kernel == "numba"
    assert "ready" not in snapshot.status.advice


@needs_numba
def test_a_what_if_at_the_start_that_takes_it_still_says_which_edits_it_lacks() -> None:
    kernels = KernelChoice("auto")
    session = Session(DEFAULTS, kernels=kernels, clock=Clock())
    session.toggle_knocked_out(0, 2)
    session.toggle_what_if()
    session.change(FIELD["hidden_units"], (2,))
    kernels.take(loaded=True)
    session.take_kernel()
    snapshot = session.snapshot()
    assert snapshot.run.kernel == "numba"
    assert "were not repeated: unit 3 of layer 1 knocked out in epoch 0." in describe(snapshot)


@needs_numba
@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (46.7, "The compiled kernel is ready: r restarts it 47 times as fast."),
        (None, "The compiled kernel is ready: r restarts the run, which is then much faster."),
        (1.0, "Learning."),
    ],
)
def test_a_run_that_has_begun_keeps_its_kernel_and_is_told(
    measured: float | None, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = arrived(begun=True, measured=measured, monkeypatch=monkeypatch)
    assert session.snapshot().run.kernel == "numpy"
    assert session.snapshot().status.advice.startswith(text)
    session.restart()
    assert session.snapshot().run.kernel == "numba"


@needs_numba
def test_a_cloud_of_few_starts_says_that_a_restart_gives_more() -> None:
    kernels = KernelChoice("auto")
    session = Session(DEFAULTS, kernels=kernels, clock=Clock())
    session.advance_to(0)
    kernels.take(loaded=True)
    session.take_kernel()
    session.toggle_cloud()
    session.forget_notice()
    progress = "Cloud: training 8 starts for 1 epoch. For 64 starts, r restarts with numba."
    assert session.snapshot().status.advice == progress
    session.run_until_idle()
    few = session.snapshot()
    assert few.status.advice.endswith(" of 8 starts. For 64 starts, r restarts with numba.")
    assert len(few.status.advice) <= MAX_SENTENCE_LENGTH
    assert "After a restart, the compiled kernel trains 64 starts side by side." in describe(few)
    session.restart()
    cloud = session.snapshot().comparison.cloud
    assert cloud is not None
    assert (cloud.starts, cloud.after_restart) == (64, 0)


@needs_numba
def test_the_gain_is_measured() -> None:
    assert (speedup(DEFAULTS, None, "auto", clock=Clock(0.001)) or 0.0) > 0
    full_batches = TrainingConfig.defaults("classification", hidden_units=(60, 60), batch_size=0)
    assert speedup(full_batches, None, "auto", clock=Clock(0.001)) == 1.0, "NumPy is faster here"
    assert speedup(DEFAULTS.replace(epochs=1), None, "auto", clock=Clock()) is None, "it ends too soon"


@needs_numba
def test_a_run_that_waits_for_numba_does_not_begin_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if a tick comes just before the answer of the thread that loads is taken."""
    loaders: list[Callable[[bool], object]] = []
    monkeypatch.setattr("bptui.session.kernel_choice.load_numba_in_background", loaders.append)
    kernels, answers = KernelChoice("numba"), list[bool]()
    session = Session(DEFAULTS, kernels=kernels, clock=Clock())
    session.toggle()
    kernels.load(answers.append)
    (loader,) = loaders
    loader(True)
    session.tick()
    assert session.waiting
    kernels.take(*answers)
    session.take_kernel()
    session.tick()
    assert session.snapshot().run.kernel == "numba"


async def test_no_thread_trains_while_the_kernel_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would no longer wait, and begin the run with NumPy."""
    app, trains = make_app(), list[bool]()
    async with app.run_test() as pilot:
        await pilot.pause()
        thread = app.view._thread = TrainingThread()
        monkeypatch.setattr(app._kernels, "take", lambda _loaded: trains.append(thread.is_training))
        thread.start(app.view._session, 0.0, lambda: None)
        assert thread.is_training
        app._take_kernel(loaded=True)
    assert trains == [False]

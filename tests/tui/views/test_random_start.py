"""A change that draws new random weights is on the screen before they are drawn."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from textual.events import Key

from bpengine import FIELD, FIELDS, Trainer, seeded_run
from bpengine.starts import start_of
from bptui.app import BptuiApp
from bptui.session import changeable_run, live_run, notices
from bptui.session.session_state import SessionState
from bptui.session.snapshot import State
from bptui.views.training import TrainingThread
from tests.tui.support.apps import lines, make_app, shown, until
from tests.tui.support.terminal import DEADLINE


class Gate:
    """Holds up every drawing of a random start while it is closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._is_open, self.is_waited_for = threading.Event(), threading.Event()
        self.open()

        def start(*arguments: object) -> object:
            if not self._is_open.is_set():
                self.is_waited_for.set()
            assert self._is_open.wait(DEADLINE)
            return start_of(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(seeded_run, "start_of", start)

    def open(self) -> None:
        """Let the starts be drawn."""
        self._is_open.set()

    def close(self) -> None:
        """Hold them up."""
        self.is_waited_for.clear()
        self._is_open.clear()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate; any network counts as a large one."""
    monkeypatch.setattr(live_run, "MAX_DRAWN_AT_ONCE", 0)
    monkeypatch.setattr(changeable_run, "MAX_WORK_BEFORE_ANSWER", 0)
    gate = Gate(monkeypatch)
    yield gate
    gate.open()


def app_with_thread(**settings: object) -> BptuiApp:
    """An app whose runs are trained, and so drawn, in a thread."""
    app = make_app(**settings)  # type: ignore[arg-type]
    app.view._thread = TrainingThread()
    return app


async def test_a_new_seed_is_shown_before_its_weights_are_drawn(gate: Gate) -> None:
    app = app_with_thread()
    async with app.run_test(size=(120, 36)) as pilot:
        before = shown(app)
        gate.close()
        app.post_message(Key("R", "R"))  # the pilot would wait for the thread
        await until(pilot, lambda: any("seed 1" in line for line in lines(app)))
        await until(pilot, gate.is_waited_for.is_set)
        assert notices.new_seed(1).text in "".join(lines(app))
        assert shown(app) is before, "the plots wait"
        app.view.change_options(log_errors=not app.view.options.log_errors)
        await until(pilot, lambda: not any("log (L)" in line for line in lines(app)))
        assert any(re.search(r"seed +s +1 ", line) for line in lines(app)), "these are its settings still"
        gate.open()
        await until(pilot, lambda: shown(app).run.config.seed == 1)
        assert shown(app).status.state is State.READY
        alone = Trainer(shown(app).run.config)
        assert app.view.session._trainer.network.parameters.tobytes() == alone.network.parameters.tobytes()
        await until(pilot, lambda: not app.view._timer._active.is_set())


async def test_a_what_if_is_shown_before_its_weights_are_drawn(gate: Gate) -> None:
    app = app_with_thread(epochs=50)
    async with app.run_test(size=(120, 36)) as pilot:
        for _ in range(3):
            app.view.session.step_epoch()
        await pilot.press("i")
        app.view.choose_setting(FIELDS.index(FIELD["init_scale"]))
        before = shown(app)
        gate.close()
        app.post_message(Key("right", None))
        await until(pilot, lambda: any("0.01 → ‹0.02›" in line for line in lines(app)))
        assert "What if: retraining, epoch 0 of 3." in "".join(lines(app))
        assert shown(app) is before
        gate.open()
        await until(pilot, lambda: shown(app).run.epoch == 2 and shown(app).run.config.init_scale == 0.02)
        alone = Trainer(shown(app).run.config)
        for _ in range(3):
            alone.run_epoch()
        assert app.view.session._trainer.network.parameters.tobytes() == alone.network.parameters.tobytes()


async def test_a_running_run_runs_on_once_its_weights_are_drawn(gate: Gate) -> None:
    app = app_with_thread(epochs=100_000)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("space")
        await until(pilot, lambda: shown(app).run.epoch > 0)
        gate.close()
        app.post_message(Key("R", "R"))  # the pilot would wait for the thread
        await until(pilot, lambda: any("seed 1" in line for line in lines(app)))
        assert any(line.strip().startswith("running") for line in lines(app))
        gate.open()
        await until(pilot, lambda: shown(app).run.config.seed == 1 and shown(app).run.epoch > 0)
        await pilot.press("space")
        assert shown(app).status.state is State.PAUSED


async def test_keys_in_the_meantime_do_what_they_do_later(gate: Gate) -> None:
    app = app_with_thread()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("R", "R", "s", "R", "u")
        await until(pilot, lambda: not app.view.session.draws_long)
        app.view.show_now()
        run = shown(app).run
        assert (run.config.seed, run.epoch, run.sample) == (2, 0, 0)
        alone = Trainer(run.config)
        alone.run_epoch()
        assert app.view.session._trainer.network.parameters.tobytes() == alone.network.parameters.tobytes()


async def test_a_run_whose_weights_are_being_drawn_is_kept(gate: Gate) -> None:
    app, kept = app_with_thread(), list[SessionState | None]()
    async with app.run_test(size=(120, 36)) as pilot:
        gate.close()
        app.post_message(Key("R", "R"))  # the pilot would wait for the thread
        await until(pilot, gate.is_waited_for.is_set)
        keeper = threading.Thread(target=lambda: kept.append(app.view._session.state_to_keep()))
        keeper.start()
        assert not kept
        gate.open()
        keeper.join(DEADLINE)
        (state,) = kept
        assert state is not None
        assert state.run.state.config.seed == 1
        alone = Trainer(state.run.state.config)
        assert state.run.state.parameters.tobytes() == alone.network.parameters.tobytes()

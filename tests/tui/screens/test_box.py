"""The open box: a walk through the live run that changes nothing but what the same steps change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from bpengine import FIELD, Task, Trainer, TrainingConfig
from bptui.app import BptuiApp
from bptui.box.stepper import Stepper
from bptui.box.strides import STRIDES, Stride, starts
from bptui.screens.box import BoxScreen
from bptui.screens.help import HelpScreen
from bptui.session.session import Session
from bptui.session.snapshot import State
from tests.tui.support.apps import lines, make_app, shown, until


def state_of(session: Session) -> tuple[object, ...]:
    """All that training changes."""
    state = session._trainer.run_state()
    arrays = (state.parameters, state.first_moment, state.second_moment, state.order, state.losses)
    generator = {name: str(part) for name, part in state.generator.items()}
    return (
        state.epochs_done,
        state.samples_done,
        state.updates,
        state.config,
        str(generator),
        *(array.tobytes() for array in arrays),
        session._trainer.history.last,
    )


def make_session(task: Task = "regression", **settings: Any) -> Session:
    return Session(TrainingConfig.defaults(task, **settings))


def test_a_walk_in_all_strides_there_and_back_ends_where_it_began() -> None:
    runs: tuple[dict[str, Any], ...] = (
        {"samples": 9, "optimizer": "adam", "batch_size": 4, "report_interval": 2},
        {"samples": 7, "hidden_units": (3, 2), "l2": 0.1, "clip": 0.01, "schedule": "cosine"},
    )
    for settings in runs:
        session = make_session(**settings)
        session._trainer.run_for(1000, max_samples=2 * len(session._trainer.dataset))
        begin, alone = state_of(session), Trainer(session.config)
        alone.run_for(1000, max_samples=2 * len(alone.dataset))
        stepper = Stepper(lambda session=session: session)  # type: ignore[misc]
        for stride in (Stride.NUMBER, Stride.UNIT, Stride.LAYER, Stride.PHASE, Stride.STEP):
            stepper.stride = stride
            assert stepper.walk is not None
            a_step = len(starts(stepper.walk.numbers, stride))
            places = []
            for number in range(5 * a_step):
                places.append((state_of(session), stepper.walk.index))
                assert stepper.on()
                assert stepper.walk is not None
                steps = (number + 1) // a_step
                assert session._trainer.run_state().updates - alone.run_state().updates == steps, stride
            for _ in range(5):
                alone.step()
            assert (session._trainer.network.parameters == alone.network.parameters).all(), "as without it"
            alone.rewind(2)
            for place in reversed(places):
                assert stepper.back()
                assert stepper.walk is not None
                assert (state_of(session), stepper.walk.index) == place, stride
            assert state_of(session) == begin


def test_going_back_beyond_the_beginning_repeats_the_changes_since_then() -> None:
    session = make_session(samples=10, batch_size=3)
    before = []
    for number in range(30):
        if number == 13:
            session.change(FIELD["learning_rate"], 0.3)
        if number == 18:
            session._trainer.set_weights(np.full_like(session._trainer.network.parameters, 0.1))
        before.append(state_of(session))
        assert session.step_batch()
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    end = state_of(session)
    for number in range(29, -1, -1):
        assert stepper.back()
        assert state_of(session) == before[number], number
    assert not stepper.back()
    assert "start of the run" in stepper.problem
    session.undo()
    assert state_of(session) == end, "one undo returns to the run before the walk"
    # Another run at the same place does not take the steps of this one for its own.
    session.step_batch()
    session.change(FIELD["learning_rate"], 0.01)
    session.step_back()
    assert state_of(session) == end


def test_where_the_run_ends_there_is_no_next_step_but_the_one_before() -> None:
    session = make_session(samples=4, epochs=1)
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    for _ in range(4):
        assert stepper.on()
    assert (stepper.walk, session.state) == (None, State.FINISHED)
    assert stepper.problem.startswith("The run has ended")
    assert not stepper.on()
    assert stepper.back()
    assert stepper.walk is not None

    diverging = make_session(samples=4, learning_rate=1000)
    stepper = Stepper(lambda: diverging)
    stepper.stride = Stride.EPOCH
    while stepper.walk is not None:
        stepper.on()
    assert "iverged" in stepper.problem
    stepper.stride = Stride.STEP
    assert stepper.back()
    assert stepper.walk is not None


def box_of(app: BptuiApp) -> BoxScreen:
    assert isinstance(app.screen, BoxScreen)
    return app.screen


async def walked(pilot: Pilot[int], *keys: str) -> str:
    """What the screen says after these keys."""
    await pilot.press(*keys)
    await pilot.pause()
    assert isinstance(pilot.app, BptuiApp)
    return "\n".join(lines(pilot.app))


async def test_the_keys_of_the_box() -> None:
    app = make_app(epochs=50, report_interval=3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s", "space")
        text = await walked(pilot, "o")
        assert app.view.session.state is State.PAUSED
        assert "z1[1] = x[1] W1[1,1] + b1[1]" in text
        assert "Each unit weighs what it receives" in text
        epoch, sample = shown(app).run.epoch, shown(app).run.sample
        assert f"Epoch {app.view.session.epochs_done}, sample {sample} of 63" in text
        assert "‹number›" in text
        assert "a1[1]  activation" in await walked(pilot, "right", "l", "right")
        assert "z1[3]  weighted sum" in await walked(pilot, "left")
        assert "‹phase›" in await walked(pilot, "up", "k", "up")
        assert "L = 1/2 (y[1] - t[1])^2" in await walked(pilot, "right")
        assert "delta2[1] = y[1] - t[1]" in await walked(pilot, "right")
        assert "new W1[1,1]" in await walked(pilot, "right")
        assert (shown(app).run.epoch, shown(app).run.sample) == (epoch, sample), "only looked at"
        text = await walked(pilot, "right")
        assert f"sample {sample + 1} of 63" in text
        assert "Forward" in text
        assert "new W1[1,1]" in await walked(pilot, "left")
        assert shown(app).run.sample == sample
        assert "learning rate 0.1" not in await walked(pilot, "down", "down", "down", "down")
        assert "The next step of this very run" in await walked(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", *["up"] * 5)
        box = box_of(app)
        assert box.stepper.stride is Stride.EPOCH
        for stride, after in ((Stride.EPOCH, epoch + 1), (Stride.REPORT, None)):
            assert box.stepper.stride is stride
            await pilot.press("right")
            await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
            assert after is None or app.view.session.epochs_done == after
            await pilot.press("up")
        done = app.view.session.epochs_done
        await pilot.press("left")
        await until(pilot, lambda: not app.view.session.in_progress and box.stepper.walk is not None)
        assert app.view.session.epochs_done < done
        await pilot.press(*["down"] * 6, "plus", "plus", "plus", "plus", "space")
        await until(pilot, lambda: box.stepper.walk is not None and box.stepper.walk.index > 1)
        await pilot.press("space")
        assert not box._playing
        await pilot.press("o")
        assert app.view.session.state is State.PAUSED
        assert not isinstance(app.screen, BoxScreen)


@pytest.mark.parametrize("task", ["regression", "classification"])
async def test_it_fits_everywhere_in_ascii_too(task: Task) -> None:
    app = make_app(task, ascii=True, hidden_units=(20, 13), optimizer="adam", batch_size=5)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("o")
        for size in ((80, 24), (20, 5), (1, 1), (160, 48)):
            await pilot.resize_terminal(*size)
            for stride in STRIDES[1:5]:
                box_of(app).stepper.stride = stride
                for _ in range(3):
                    await pilot.press("right")
            assert app._exception is None
        assert app.view.session.snapshot().run.sample > 0

"""A walk through the step of a live run, which changes nothing but what the same steps change."""

from __future__ import annotations

from typing import Any

import numpy as np

from bpengine import FIELD, Trainer
from bpengine.training.edits import setting_all
from bptui.session import commands
from bptui.session.snapshot import Stage
from bptui.session.worked_step.position import BoxWalk, Stride, starts
from bptui.session.worked_step.stepper import Stepper
from tests.tui.support.sessions import make_session, trained_state


def test_a_walk_in_all_strides_there_and_back_ends_where_it_began() -> None:
    runs: tuple[dict[str, Any], ...] = (
        {"samples": 9, "optimizer": "adam", "batch_size": 4, "report_interval": 2},
        {"samples": 7, "hidden_units": (3, 2), "l2": 0.1, "clip": 0.01, "schedule": "cosine"},
    )
    for settings in runs:
        session = make_session(**settings)
        session.advance_to(1)
        begin, alone = trained_state(session), Trainer(session.config)
        alone.run_for(1000, max_samples=2 * len(alone.dataset))
        stepper = Stepper(lambda session=session: session)  # type: ignore[misc]
        for stride in (Stride.NUMBER, Stride.UNIT, Stride.LAYER, Stride.PHASE, Stride.STEP):
            stepper.stride = stride
            assert stepper.walk is not None
            a_step = len(starts(stepper.walk.numbers, stride))
            steps_to_walk = 2 if stride in (Stride.NUMBER, Stride.UNIT) else 5
            places = []
            for number in range(steps_to_walk * a_step):
                places.append((trained_state(session), stepper.walk.index))
                assert stepper.on()
                assert stepper.walk is not None
                steps = (number + 1) // a_step
                assert session.run.updates - alone.run_state().updates == steps, stride
            for _ in range(steps_to_walk):
                alone.step()
            assert (session.run.parameters == alone.network.parameters).all(), "as without it"
            alone.rewind(2)
            for place in reversed(places):
                assert stepper.back()
                assert stepper.walk is not None
                assert (trained_state(session), stepper.walk.index) == place, stride
            assert trained_state(session) == begin


def test_walking_back_before_the_opening_of_the_box_repeats_the_changes_since_then() -> None:
    session = make_session(samples=10, batch_size=3)
    before = []
    for number in range(52):
        if number == 13:
            session.do(commands.change, FIELD["learning_rate"], 0.3)
        if number == 18:
            count = len(session.run.parameters)
            session.do(commands.edit, setting_all(np.full(count, 0.1), count))
        before.append(trained_state(session))
        session.do(commands.step_batch)
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    end = trained_state(session)
    for number in range(51, -1, -1):
        assert stepper.back()
        assert trained_state(session) == before[number], number
    assert not stepper.back()
    assert "start of the run" in stepper.problem
    session.do(commands.undo)
    assert trained_state(session) == end, "one undo returns to the run before the walk"
    # Another run at the same place does not take the steps of this one for its own.
    session.do(commands.step_batch)
    session.do(commands.change, FIELD["learning_rate"], 0.01)
    session.do(commands.step_back)
    assert trained_state(session) == end


def test_at_the_end_of_a_run_the_box_shows_the_step_before() -> None:
    session = make_session(samples=4, epochs=1)
    stepper = Stepper(lambda: session)
    stepper.stride = Stride.STEP
    for _ in range(4):
        assert stepper.on()
    assert (stepper.walk, session.stage) == (None, Stage.FINISHED)
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


def test_a_walk_through_more_than_twelve_units_says_that_it_leaves_some_out() -> None:
    for units, is_complete in ((12, True), (13, False)):
        trace = make_session(hidden_units=(units,)).trace()
        assert trace is not None
        assert BoxWalk(trace).is_complete is is_complete

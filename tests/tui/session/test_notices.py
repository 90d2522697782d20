"""What the status line says when a setting changes, and at the end of a run: only what is true."""

from __future__ import annotations

import pytest

from bpengine import FIELD, TrainingConfig
from bptui.formatting import error_text
from bptui.session import commands
from bptui.session.session import Session

RATE = FIELD["learning_rate"]


def test_when_a_change_takes_effect_depends_on_the_state() -> None:
    session = Session(TrainingConfig.defaults("regression", epochs=20))

    def said(value: float) -> str:
        session.do(commands.change, RATE, value)
        return session.snapshot().status.advice.partition(": ")[2]

    assert said(0.2) == "takes effect when training starts (space)."
    session.do(commands.toggle)
    assert said(0.3) == "the network continues from where it is."
    session.advance_to(5)
    session.do(commands.toggle)
    assert said(0.4) == "takes effect when training continues (space)."
    session.advance_to(20)
    assert said(0.5) == "takes effect when the run restarts (r)."


def test_a_change_that_needs_a_new_run_does_not_restart_one_that_is_ready() -> None:
    session = Session(TrainingConfig.defaults("regression"))
    session.do(commands.change, FIELD["hidden_units"], (5,))
    assert session.snapshot().status.advice == "hidden units 3 → 5: space starts the training with it."
    session.do(commands.learn, "x**2")
    assert session.snapshot().status.advice.startswith("Learning x**2: space starts the training with it.")
    session.do(commands.step_epoch)
    session.do(commands.change, FIELD["hidden_units"], (4,))
    assert session.snapshot().status.advice == "hidden units 5 → 4: the run restarts."
    for name, value in (("init_scale", 0.02), ("seed", 1)):
        session.do(commands.step_epoch)
        session.do(commands.change, FIELD[name], value)
        assert session.snapshot().status.advice.endswith(": the run restarts.")
        assert session.epochs_done == 0


def test_a_diverged_run_tells_the_way_back() -> None:
    session = Session(TrainingConfig.defaults("regression", learning_rate=10))
    session.advance_to(10)
    assert session.snapshot().status.advice == (
        "Diverged in epoch 2: steps too large. b goes back; lower the learning rate."
    )
    session.do(commands.rewind)
    session.do(commands.change, RATE, 0.1)
    session.advance_to(10)
    assert session.snapshot().run.epoch == 10


def test_a_run_that_ends_worse_than_it_began_says_both_errors() -> None:
    session = Session(TrainingConfig.defaults("regression", learning_rate=2, epochs=31))
    session.advance_to(31)
    errors = session.snapshot().run.curve[1]
    assert errors[-1] > errors[0]
    assert session.snapshot().status.advice == (
        f"Finished: epoch error {error_text(errors[0])} at the start, {error_text(errors[-1])} at the end."
    )


@pytest.mark.parametrize("epochs", [1, 60])
def test_a_run_that_ends_better_says_what_is_next(epochs: int) -> None:
    session = Session(TrainingConfig.defaults("regression", epochs=epochs))
    session.advance_to(epochs)
    assert "Finished. R restarts" in session.snapshot().status.advice

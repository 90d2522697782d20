"""What the status line says when a setting changes, and at the end of a run: only what is true."""

from __future__ import annotations

import pytest

from bpengine import FIELD, TrainingConfig
from bptui.session import commands
from bptui.session.session import Session
from bpwords.numbers import error_text

RATE = FIELD["learning_rate"]


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

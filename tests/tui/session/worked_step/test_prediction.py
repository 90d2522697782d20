"""Predicting the numbers of a step: which answers are right, and which numbers are asked for."""

from __future__ import annotations

from bpengine import Edit
from bpengine.training.edits import BIAS
from bptui.session import commands
from bptui.session.worked_step.prediction import Prediction, Score, is_close, read
from bptui.session.worked_step.stepper import Stepper
from tests.tui.support.sessions import make_session


def test_a_prediction_is_right_to_two_digits_however_it_is_written() -> None:
    for text in ("0.042", "4.2e-2", ".0421", "0.0417", "42e-3", "0,042", "4,2e-2"):
        value = read(text)
        assert value is not None
        assert is_close(value, 0.041734), text
    for text, number in (("0.044", 0.0417), ("0.4", 0.0417), ("-0.042", 0.0417), ("1", 0.0)):
        value = read(text)
        assert value is not None
        assert not is_close(value, number), text
    assert [read(text) for text in ("", "e", "1e999", "-", "1.2.3", "1,234")] == [None] * 6


def test_numbers_that_an_edit_has_changed_are_asked_for_again() -> None:
    session, prediction = make_session(), Prediction(Score())
    stepper = Stepper(lambda: session)
    prediction.toggle()
    assert stepper.walk is not None
    prediction.reveal(stepper.walk)
    stepper.trace_next()
    assert not prediction.asks(stepper.walk)
    session.do(commands.edit, Edit("set", 0, 0, BIAS, 0.5))
    stepper.follow()
    assert prediction.asks(stepper.walk)

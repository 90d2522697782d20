"""The chain rule of a weight, term by term, and its check."""

from __future__ import annotations

import pytest

from bpengine.explain.derivation import TEXT
from bptui.session.worked_step.chain import chain, check_in_words, parameter_of
from bptui.session.worked_step.stepper import Stepper
from tests.tui.support.sessions import make_session


def test_a_weight_has_its_chain_and_its_check() -> None:
    session = make_session("classification", hidden_units=(4, 3), batch_size=3)
    session.advance_to(3)
    stepper = Stepper(lambda: session)
    walk = stepper.walk
    assert walk is not None
    names = set()
    for index, number in enumerate(walk.numbers):
        walk.index = index
        parameter = parameter_of(walk)
        if parameter is None or number.phase != "backward" or "gradient" not in number.quantity.name:
            continue
        check = session.check_derivative(parameter)
        names.add(check.name)
        assert TEXT.symbol(number.result.symbol) == f"dL/d{check.name}"
        lines_of_chain = chain(walk)
        assert lines_of_chain[0].startswith("delta3[")
        assert len(lines_of_chain) == {1: 2 + 3 + 1 + 1, 2: 2 + 1 + 1, 3: 1 + 1}[int(check.name[1])]
        assert lines_of_chain[-1].startswith(f"dL/d{check.name} = ")
        assert check.by_chain_rule == pytest.approx(number.result.number)
        assert "equal" in check_in_words(check)
    assert len(names) == len(session.run.parameters)


@pytest.mark.parametrize(("units", "left_out"), [(7, 0), (8, 1)])
def test_a_chain_says_where_it_leaves_deltas_out(units: int, left_out: int) -> None:
    session = make_session(hidden_units=(1, units))
    walk = Stepper(lambda: session).walk
    assert walk is not None
    walk.index = next(
        index
        for index, number in enumerate(walk.numbers)
        if TEXT.symbol(number.result.symbol) == "dL/dW1[1,1]"
    )
    lines = chain(walk)
    assert lines.count("...") == left_out
    assert len(lines) == 8 + left_out + 2, "eight deltas, the one of the unit, and the derivative"

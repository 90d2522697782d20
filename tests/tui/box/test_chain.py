"""The chain rule of a weight, term by term, and its check."""

from __future__ import annotations

import pytest

from bpengine.explain.derivation import TEXT
from bptui.box.chain import chain, check_in_words, parameter_of
from bptui.box.stepper import Stepper
from tests.tui.support.sessions import make_session, trainer_of


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
    assert len(names) == len(trainer_of(session).network.parameters)

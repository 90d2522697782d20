"""`Field.move`: the values that a key press steps through."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpengine import FIELD, NumberField
from bpengine.steps import DecadeStep, LinearStep
from tests.engine.values import NUMBERS, REAL, WHOLE, values

ANY_NUMBER = st.sampled_from(NUMBERS)
COARSE = pytest.mark.parametrize("coarse", [False, True], ids=["fine", "coarse"])


def number(name: str) -> NumberField:
    field = FIELD[name]
    assert isinstance(field, NumberField)
    return field


def ladder(field: NumberField, *, coarse: bool = False) -> list[float]:
    """The values from the lowest one upwards, at most a hundred."""
    rungs = [field.type(field.minimum)]
    while len(rungs) < 100 and rungs[-1] < field.maximum:
        rungs.append(field.move(rungs[-1], 1, coarse=coarse))
    return rungs


def test_learning_rates() -> None:
    rungs = ladder(number("learning_rate"))
    assert rungs[:9] == [0, 1e-5, 2e-5, 3e-5, 5e-5, 7e-5, 1e-4, 2e-4, 3e-4]
    assert rungs[-7:] == [70, 100, 200, 300, 500, 700, 1000]
    assert len(rungs) == 1 + 8 * 5 + 1
    assert ladder(number("learning_rate"), coarse=True) == [0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000]


def test_init_scales() -> None:
    assert ladder(number("init_scale"))[:4] == [0, 1e-4, 2e-4, 3e-4]
    assert ladder(number("init_scale"), coarse=True) == [0, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]


def test_whole_numbers() -> None:
    assert ladder(number("batch_size"))[:9] == [0, 1, 2, 3, 5, 7, 10, 20, 30]
    assert ladder(number("epochs"))[:3] == [1, 101, 201]
    assert ladder(number("seed"), coarse=True)[:3] == [0, 10, 20]
    assert ladder(number("samples"), coarse=True) == [0, 10, 100, 1000, 10_000, 100_000]


def test_shares() -> None:
    assert ladder(number("momentum"))[:4] == [0, 0.5, 0.8, 0.9]
    assert ladder(number("momentum"))[-1] == 0.9999
    assert ladder(number("decay"), coarse=True)[:4] == [0, 0.8, 0.95, 0.995]
    assert number("momentum").move(0.85, -1) == 0.8


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@COARSE
def test_down_is_the_way_back(field: NumberField, coarse: bool) -> None:
    rungs = ladder(field, coarse=coarse)
    for below, value in pairwise(rungs):
        # The last step may be shorter, since the range ends there.
        if value < field.maximum or isinstance(field.step, DecadeStep):
            assert field.move(value, -1, coarse=coarse) == below


@pytest.mark.parametrize("field", REAL, ids=lambda field: field.name)
@COARSE
def test_every_rung_returns_exactly(field: NumberField, coarse: bool) -> None:
    for value in ladder(field):
        up = field.move(value, 1, coarse=coarse)
        if value and up < field.maximum:
            assert field.move(up, -1, coarse=coarse) == value
        assert len(field.format(value)) <= 7


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@COARSE
def test_stops_at_both_ends(field: NumberField, coarse: bool) -> None:
    assert field.move(field.minimum, -1, coarse=coarse) == field.minimum
    assert field.move(field.maximum, 1, coarse=coarse) == field.maximum


@pytest.mark.parametrize("name", ["learning_rate", "init_scale"])
@COARSE
def test_zero_is_reached_and_left(name: str, coarse: bool) -> None:
    field = number(name)
    value: float = 1.0
    for _ in range(50):
        value = field.move(value, -1, coarse=coarse)
    assert value == 0
    assert field.move(value, 1, coarse=coarse) > 0


@settings(deadline=None)
@given(field=ANY_NUMBER, data=st.data(), direction=st.sampled_from([1, -1]), coarse=st.booleans())
def test_any_value_moves_within_the_range(
    field: NumberField, data: st.DataObject, direction: int, coarse: bool
) -> None:
    value = data.draw(values(field))
    moved = field.move(value, direction, coarse=coarse)
    assert type(moved) is field.type
    assert field.validate(moved) == moved
    end = field.maximum if direction > 0 else field.minimum
    assert value == end or (moved - value) * direction > 0


@settings(deadline=None)
@given(field=ANY_NUMBER, data=st.data(), coarse=st.booleans())
def test_evenly_spaced_whole_numbers_return(field: NumberField, data: st.DataObject, coarse: bool) -> None:
    assume(field in WHOLE and isinstance(field.step, LinearStep))
    value = data.draw(values(field))
    up = field.move(value, 1, coarse=coarse)
    if up < field.maximum:
        assert field.move(up, -1, coarse=coarse) == value

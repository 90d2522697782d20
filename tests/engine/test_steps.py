"""`Field.move` steps through convenient values and can always return."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bpengine import FIELD, NumberField
from bpengine.fields import DecadeStep, LinearStep
from tests.engine.values import NUMBERS, REAL, WHOLE, values

ANY_NUMBER = st.sampled_from(NUMBERS)
COARSE = pytest.mark.parametrize("coarse", [False, True], ids=["fine", "coarse"])


def number(name: str) -> NumberField:
    field = FIELD[name]
    assert isinstance(field, NumberField)
    return field


def values_up(field: NumberField, *, coarse: bool = False) -> list[float]:
    """Return the values from the minimum upward, at most a hundred steps."""
    found = [field.type(field.minimum)]
    while len(found) < 100 and found[-1] < field.maximum:
        found.append(field.move(found[-1], 1, coarse=coarse))
    return found


def test_the_learning_rate_moves_by_decades() -> None:
    learning_rates = values_up(number("learning_rate"))
    assert learning_rates[:9] == [0, 1e-5, 2e-5, 3e-5, 5e-5, 7e-5, 1e-4, 2e-4, 3e-4]
    assert learning_rates[-7:] == [70, 100, 200, 300, 500, 700, 1000]
    assert len(learning_rates) == 1 + 8 * 5 + 1
    assert values_up(number("learning_rate"), coarse=True) == [
        0,
        1e-5,
        1e-4,
        1e-3,
        0.01,
        0.1,
        1,
        10,
        100,
        1000,
    ]


def test_the_init_scale_moves_by_decades() -> None:
    assert values_up(number("init_scale"))[:4] == [0, 1e-4, 2e-4, 3e-4]
    assert values_up(number("init_scale"), coarse=True) == [0, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]


def test_whole_numbers_move_by_decades_or_fixed_amounts() -> None:
    assert values_up(number("batch_size"))[:9] == [0, 1, 2, 3, 5, 7, 10, 20, 30]
    assert values_up(number("epochs"))[:3] == [1, 101, 201]
    assert values_up(number("seed"), coarse=True)[:3] == [0, 10, 20]
    assert values_up(number("samples"), coarse=True) == [0, 10, 100, 1000, 10_000, 100_000]


def test_momentum_and_decay_move_along_a_list() -> None:
    assert values_up(number("momentum"))[:4] == [0, 0.5, 0.8, 0.9]
    assert values_up(number("momentum"))[-1] == 0.9999
    assert values_up(number("decay"), coarse=True)[:4] == [0, 0.8, 0.95, 0.995]
    assert number("momentum").move(0.85, -1) == 0.8


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@COARSE
def test_a_step_down_undoes_a_step_up(field: NumberField, coarse: bool) -> None:
    for below, value in pairwise(values_up(field, coarse=coarse)):
        # The last step may be shortened by the maximum, except where the maximum is on the scale itself.
        if value < field.maximum or isinstance(field.step, DecadeStep):
            assert field.move(value, -1, coarse=coarse) == below


@pytest.mark.parametrize("field", REAL, ids=lambda field: field.name)
@COARSE
def test_every_value_is_reached_again_exactly(field: NumberField, coarse: bool) -> None:
    for value in values_up(field):
        up = field.move(value, 1, coarse=coarse)
        if value and up < field.maximum:
            assert field.move(up, -1, coarse=coarse) == value
        assert len(field.format(value)) <= 7


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@COARSE
def test_values_stop_at_both_ends_of_the_range(field: NumberField, coarse: bool) -> None:
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


@given(field=ANY_NUMBER, data=st.data(), coarse=st.booleans())
def test_whole_numbers_with_fixed_steps_are_reached_again(
    field: NumberField, data: st.DataObject, coarse: bool
) -> None:
    assume(field in WHOLE and isinstance(field.step, LinearStep))
    value = data.draw(values(field))
    up = field.move(value, 1, coarse=coarse)
    if up < field.maximum:
        assert field.move(up, -1, coarse=coarse) == value

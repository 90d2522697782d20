"""`Field.move`: the values that a key press steps through."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bpengine import FIELD, FIELDS, Field
from tests.engine.test_config import values

ANY_FIELD = st.sampled_from(FIELDS)
COARSE = pytest.mark.parametrize("coarse", [False, True], ids=["fine", "coarse"])


def ladder(field: Field, *, coarse: bool = False) -> list[float]:
    """From the lowest value all the way up, at most a hundred steps."""
    rungs = [field.type(field.minimum)]
    while len(rungs) < 100 and rungs[-1] < field.maximum:
        rungs.append(field.move(rungs[-1], 1, coarse=coarse))
    return rungs


def test_learning_rates() -> None:
    rungs = ladder(FIELD["learning_rate"])
    assert rungs[:9] == [0, 1e-5, 2e-5, 3e-5, 5e-5, 7e-5, 1e-4, 2e-4, 3e-4]
    assert rungs[-7:] == [70, 100, 200, 300, 500, 700, 1000]
    assert len(rungs) == 1 + 8 * 5 + 1
    assert ladder(FIELD["learning_rate"], coarse=True) == [0, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000]


def test_init_scales() -> None:
    assert ladder(FIELD["init_scale"])[:4] == [0, 1e-4, 2e-4, 3e-4]
    assert ladder(FIELD["init_scale"], coarse=True) == [0, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]


def test_whole_numbers() -> None:
    assert ladder(FIELD["hidden_units"])[:4] == [1, 2, 3, 4]
    assert ladder(FIELD["hidden_units"], coarse=True)[:4] == [1, 6, 11, 16]
    assert ladder(FIELD["epochs"])[:3] == [1, 101, 201]
    assert ladder(FIELD["seed"], coarse=True)[:3] == [0, 10, 20]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
@COARSE
def test_down_is_the_way_back(field: Field, coarse: bool) -> None:
    rungs = ladder(field, coarse=coarse)
    for below, value in pairwise(rungs):
        # The top of the range may have cut the last step of whole numbers short.
        if value < field.maximum or field.type is float:
            assert field.move(value, -1, coarse=coarse) == below


@pytest.mark.parametrize("field", [f for f in FIELDS if f.type is float], ids=lambda field: field.name)
@COARSE
def test_every_rung_returns_exactly(field: Field, coarse: bool) -> None:
    for value in ladder(field):
        up = field.move(value, 1, coarse=coarse)
        if value and up < field.maximum:
            assert field.move(up, -1, coarse=coarse) == value
        assert len(field.format(value)) <= 6


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
@COARSE
def test_stops_at_both_ends(field: Field, coarse: bool) -> None:
    assert field.move(field.minimum, -1, coarse=coarse) == field.minimum
    assert field.move(field.maximum, 1, coarse=coarse) == field.maximum


@pytest.mark.parametrize("name", ["learning_rate", "init_scale"])
@COARSE
def test_zero_is_reached_and_left(name: str, coarse: bool) -> None:
    field = FIELD[name]
    value: float = 1.0
    for _ in range(50):
        value = field.move(value, -1, coarse=coarse)
    assert value == 0
    assert field.move(value, 1, coarse=coarse) > 0


@settings(deadline=None)
@given(field=ANY_FIELD, data=st.data(), direction=st.sampled_from([1, -1]), coarse=st.booleans())
def test_any_value_moves_within_the_range(
    field: Field, data: st.DataObject, direction: int, coarse: bool
) -> None:
    value = data.draw(values(field))
    moved = field.move(value, direction, coarse=coarse)
    assert type(moved) is field.type
    assert field.validate(moved) == moved
    end = field.maximum if direction > 0 else field.minimum
    assert value == end or (moved - value) * direction > 0


@settings(deadline=None)
@given(field=ANY_FIELD, data=st.data(), coarse=st.booleans())
def test_whole_numbers_return(field: Field, data: st.DataObject, coarse: bool) -> None:
    assume(field.type is int)
    value = data.draw(values(field))
    up = field.move(value, 1, coarse=coarse)
    if up < field.maximum:
        assert field.move(up, -1, coarse=coarse) == value

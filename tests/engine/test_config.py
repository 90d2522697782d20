"""What a config takes and refuses, and how refusals read."""

from __future__ import annotations

import dataclasses
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import FIELD, FIELDS, TASKS, ConfigError, Field, Task, TrainingConfig

EVERY_FIELD = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
WHOLE = [field for field in FIELDS if field.type is int]
REAL = [field for field in FIELDS if field.type is float]


def values(field: Field) -> st.SearchStrategy[float]:
    """All that the field takes."""
    if field.type is int:
        return st.integers(int(field.minimum), int(field.maximum))
    return st.floats(field.minimum, field.maximum)


CONFIGS = st.builds(
    TrainingConfig, task=st.sampled_from(TASKS), **{field.name: values(field) for field in FIELDS}
)


def taken(field: Field, value: Any) -> object:
    """What a config makes of the value."""
    return getattr(TrainingConfig(**{field.name: value}), field.name)


def refusal(field: Field, value: Any) -> str:
    """The message with which a config refuses the value."""
    with pytest.raises(ConfigError) as caught:
        taken(field, value)
    return str(caught.value)


def test_fields_are_the_config() -> None:
    attributes = [attribute.name for attribute in dataclasses.fields(TrainingConfig)]
    assert attributes == ["task", *(field.name for field in FIELDS)]
    assert list(FIELD.values()) == list(FIELDS)
    for attribute in ("label", "symbol", "flag", "help"):
        assert len({getattr(field, attribute) for field in FIELDS}) == len(FIELDS)


@EVERY_FIELD
@pytest.mark.parametrize(
    "value",
    [None, "1", b"1", True, False, np.True_, 1j, [1], (), {}, ..., np.array([1]), Decimal(1), Fraction(1)],
    ids=repr,
)
def test_refuses_what_is_no_number(field: Field, value: object) -> None:
    refusal(field, value)


@EVERY_FIELD
@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf"), 10**400, -(10**400)],
    ids=lambda value: repr(value)[:20],
)
def test_refuses_what_is_not_finite_or_too_large_for_a_float(field: Field, value: float) -> None:
    refusal(field, value)


@EVERY_FIELD
def test_takes_its_range_and_no_more(field: Field) -> None:
    for limit in (field.minimum, field.maximum):
        assert taken(field, field.type(limit)) == limit
    refusal(field, field.type(field.minimum) - 1)
    refusal(field, field.type(field.maximum) + 1)


@pytest.mark.parametrize("field", REAL, ids=lambda field: field.name)
def test_real_fields_refuse_the_next_float(field: Field) -> None:
    refusal(field, np.nextafter(field.minimum, -np.inf))
    refusal(field, np.nextafter(field.maximum, np.inf))


@pytest.mark.parametrize("field", WHOLE, ids=lambda field: field.name)
@pytest.mark.parametrize("value", [3.0, 3.5, np.float64(3)], ids=repr)
def test_whole_fields_refuse_fractions(field: Field, value: object) -> None:
    refusal(field, value)


@EVERY_FIELD
@pytest.mark.parametrize("value", [np.int64(7), np.uint8(7), np.int32(7), 7], ids=repr)
def test_takes_whole_numbers_of_any_kind_as_its_own(field: Field, value: int) -> None:
    own = taken(field, value)
    assert own == 7
    assert type(own) is field.type


@pytest.mark.parametrize("field", REAL, ids=lambda field: field.name)
@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.5), 0.5], ids=repr)
def test_takes_real_numbers_of_any_kind_as_floats(field: Field, value: float) -> None:
    own = taken(field, value)
    assert own == 0.5
    assert type(own) is float


@EVERY_FIELD
@pytest.mark.parametrize(
    "value", [-1, -12345, "two\nlines", float("nan"), "x" * 500], ids=lambda v: str(v)[:9]
)
def test_refusal_is_one_line_naming_setting_value_and_range(field: Field, value: object) -> None:
    message = refusal(field, value)
    assert message.isprintable()
    assert len(message) < 150
    assert message.startswith(f"{field.label}: ")
    assert str(value)[:3] in message
    assert field.allowed in message
    assert field.format(field.minimum) in field.allowed
    assert field.format(field.maximum) in field.allowed


@pytest.mark.parametrize("task", ["Regression", "", None, 1, []], ids=repr)
def test_refuses_other_tasks(task: Any) -> None:
    with pytest.raises(ConfigError, match=r"^task: .*it takes regression or classification$"):
        TrainingConfig(task=task)


def test_ranges_in_words() -> None:
    assert FIELD["hidden_units"].allowed == "a whole number from 1 to 1000"
    assert FIELD["learning_rate"].allowed == "a number from 0 to 1000"
    assert FIELD["seed"].allowed == "a whole number from 0 to 4294967295"


@EVERY_FIELD
def test_refusal_of_a_number_with_thousands_of_digits(field: Field) -> None:
    with pytest.raises(ConfigError):
        field.parse("9" * 5000)


@EVERY_FIELD
def test_refusal_of_an_int_with_thousands_of_digits(field: Field) -> None:
    with pytest.raises(ConfigError):
        field.validate(10**5000)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("hidden_units", "12", 12),
        ("hidden_units", " 12\n", 12),
        ("seed", "4294967295", 2**32 - 1),
        ("learning_rate", "0.3", 0.3),
        ("learning_rate", "1", 1.0),
        ("learning_rate", "1e-3", 0.001),
        ("init_scale", ".5", 0.5),
    ],
)
def test_parse(name: str, text: str, value: float) -> None:
    parsed = FIELD[name].parse(text)
    assert parsed == value
    assert type(parsed) is FIELD[name].type


@EVERY_FIELD
@pytest.mark.parametrize(
    "text", ["", " ", "x", "1,5", "1 2", "0x10", "nan", "inf", "-inf", "-1", "1e400", "--"]
)
def test_parse_refuses(field: Field, text: str) -> None:
    with pytest.raises(ConfigError, match=f"^{field.label}: "):
        field.parse(text)


@pytest.mark.parametrize("text", ["1.0", "1e3", "1.5"])
def test_parse_of_whole_fields_refuses_fractions(text: str) -> None:
    with pytest.raises(ConfigError, match="a whole number"):
        FIELD["epochs"].parse(text)


def test_no_negative_zero() -> None:
    field = FIELD["learning_rate"]
    assert field.format(field.parse("-0")) == "0"


def test_defaults() -> None:
    regression = TrainingConfig.defaults("regression")
    assert regression == TrainingConfig()
    assert dataclasses.astuple(regression) == ("regression", 3, 0.1, 0.01, 2001, 200, 0)
    classification = TrainingConfig.defaults("classification")
    assert dataclasses.astuple(classification) == ("classification", 6, 0.1, 0.01, 101, 10, 0)


@pytest.mark.parametrize("task", TASKS)
def test_defaults_with_changes(task: Task) -> None:
    own = TrainingConfig.defaults(task)
    assert TrainingConfig.defaults(task, seed=3, epochs=5) == own.replace(seed=3, epochs=5)
    with pytest.raises(ConfigError):
        TrainingConfig.defaults(task, epochs=0)
    with pytest.raises(TypeError):
        TrainingConfig.defaults(task, hidden=3)


def test_frozen() -> None:
    config = TrainingConfig()
    for attribute in dataclasses.fields(config):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(config, attribute.name, getattr(config, attribute.name))


@settings(deadline=None)
@given(config=CONFIGS)
def test_any_allowed_values_make_a_config(config: TrainingConfig) -> None:
    assert config.replace() == config
    assert hash(config.replace()) == hash(config)
    for field in FIELDS:
        value = getattr(config, field.name)
        assert type(value) is field.type
        assert field.validate(value) == value
        # Text has 12 digits: enough for every value that a person types or a ladder has.
        assert field.parse(field.format(value)) == pytest.approx(value, rel=1e-11, abs=0)


@settings(deadline=None)
@given(config=CONFIGS, field=st.sampled_from(FIELDS), data=st.data())
def test_replace_changes_one_thing(config: TrainingConfig, field: Field, data: st.DataObject) -> None:
    changed = config.replace(**{field.name: data.draw(values(field))})
    assert changed.replace(**{field.name: getattr(config, field.name)}) == config
    with pytest.raises(ConfigError):
        config.replace(**{field.name: field.maximum + 1})

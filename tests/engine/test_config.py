"""Which values a config accepts and refuses, and the messages of the refusals."""

from __future__ import annotations

import dataclasses
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bpengine import DATASETS, FIELD, FIELDS, TASKS, ConfigError, Field, NumberField, TrainingConfig
from bpengine.data.formulas.fields import FeaturesField, FormulaField
from bpengine.network.activations import INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES
from tests.engine.values import NUMBERS, REAL, WHOLE, configs, values

TYPED = FeaturesField, FormulaField
"""The kinds of settings that take nearly any text."""
EVERY_FIELD = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
EVERY_NUMBER = pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
EVERY_OTHER = pytest.mark.parametrize(
    "field",
    [field for field in FIELDS if field not in NUMBERS and not isinstance(field, TYPED)],
    ids=lambda field: field.name,
)


def taken(field: Field, value: Any) -> object:
    """The value as a config keeps it."""
    return getattr(TrainingConfig(**{field.name: value}), field.name)


def refusal(field: Field, value: Any) -> str:
    """The message with which a config refuses the value."""
    with pytest.raises(ConfigError) as caught:
        taken(field, value)
    return str(caught.value)


def test_fields_are_the_config() -> None:
    attributes = [attribute.name for attribute in dataclasses.fields(TrainingConfig)]
    assert attributes[0] == "task"
    assert sorted(attributes[1:]) == sorted(field.name for field in FIELDS)
    assert list(FIELD.values()) == list(FIELDS)
    for attribute in ("label", "symbol", "flag", "help"):
        assert len({getattr(field, attribute) for field in FIELDS}) == len(FIELDS)


NO_NUMBERS: tuple[object, ...] = (
    *(None, "1", b"1", True, False, np.True_, 1j, [1], (), {}, ..., np.array([1]), Decimal(1), Fraction(1)),
)


@EVERY_NUMBER
def test_number_fields_refuse_other_values(field: NumberField) -> None:
    for value in NO_NUMBERS:
        refusal(field, value)


NO_NAMES: tuple[object, ...] = (
    None,
    "1",
    b"sgd",
    True,
    np.True_,
    1.0,
    1j,
    {},
    ...,
    np.array([1]),
    [[1]],
    [None],
    ["x"],
    [True],
)


@EVERY_OTHER
def test_name_and_width_fields_refuse_other_values(field: Field) -> None:
    for value in NO_NAMES:
        refusal(field, value)
    if field.name != "hidden_units":  # of which there may be none
        refusal(field, ())
        refusal(field, [])


@EVERY_FIELD
def test_number_fields_refuse_what_is_not_a_finite_float(field: Field) -> None:
    for value in (math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf"), 10**400, -(10**400)):
        refusal(field, value)


@EVERY_NUMBER
def test_a_field_takes_its_range_and_no_more(field: NumberField) -> None:
    for limit, outside in ((field.minimum, -np.inf), (field.maximum, np.inf)):
        assert taken(field, field.type(limit)) == limit
        refusal(field, limit + np.sign(outside) if field in WHOLE else np.nextafter(limit, outside))
    for value in (3.0, 3.5, np.float64(3)) if field in WHOLE else ():
        refusal(field, value)


def fits(field: NumberField, value: float) -> bool:
    return field.minimum <= value <= field.maximum


@EVERY_NUMBER
def test_fields_take_numbers_of_any_type(field: NumberField) -> None:
    value = next(number for number in (7, 1, 0) if fits(field, number))
    values: list[Any] = [kind(value) for kind in (np.int64, np.uint8, np.int32, int)]
    values += [np.float64(0.5), np.float32(0.5), 0.5] if field in REAL else []
    for each in values:
        own = taken(field, each)
        assert own == each
        assert type(own) is field.type


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if not isinstance(field, TYPED)], ids=lambda field: field.name
)
def test_a_refused_value_is_told_in_one_line_with_setting_value_and_what_is_allowed(field: Field) -> None:
    for value in ("two\nlines", "x" * 500, *((-1, math.nan) if field in NUMBERS else [("\0",) * 500])):
        message = refusal(field, value)
        assert message.isprintable()
        assert len(message) < 220
        assert message.startswith(f"{field.label}: must be {field.allowed}, got '")
        assert field not in NUMBERS or str(value)[:3] in message
    if isinstance(field, NumberField):
        for limit in (field.minimum, field.maximum):
            assert field.format(limit) in field.allowed


@pytest.mark.parametrize("task", ["Regression", "", None, 1, []], ids=repr)
def test_a_config_refuses_unknown_tasks(task: Any) -> None:
    with pytest.raises(ConfigError, match=r"^task: must be regression or classification, got "):
        TrainingConfig(task=task)


@EVERY_FIELD
def test_a_refusal_has_setting_value_and_reason_as_attributes(field: Field) -> None:
    with pytest.raises(ConfigError) as caught:
        field.validate(None)
    assert caught.value.setting == field.label
    assert caught.value.reason == f"must be {field.allowed}, got 'None'"
    assert str(caught.value) == f"{caught.value.setting}: {caught.value.reason}"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.setting, again.reason) == (caught.value.setting, caught.value.reason)


NOT_READ = ("5 0%", "0x10", "nan", "inf", "-inf", "-1", "1e400", "--")


@EVERY_NUMBER
def test_fields_refuse_texts_that_are_no_values(field: NumberField) -> None:
    for text in (*("", " ", "x", "1,5,0", "1,000", "1.000,5", "1 2", "%", "1%%"), *NOT_READ):
        with pytest.raises(ConfigError, match=f"^{field.label}: "):
            field.parse(text)


@EVERY_OTHER
def test_name_and_width_fields_refuse_texts_that_are_no_values(field: Field) -> None:
    for text in ("", " ", "x", "1.5", "0", "1001", ",", "1,", "relu,", "\0", "-1", "8;8"):
        with pytest.raises(ConfigError, match=f"^{field.label}: "):
            field.parse(text)


def test_minus_zero_is_written_as_zero() -> None:
    field = FIELD["learning_rate"]
    assert field.format(field.parse("-0")) == "0"


def test_each_task_has_its_defaults() -> None:
    regression = TrainingConfig.defaults("regression")
    assert regression == TrainingConfig()
    assert regression.hidden_units == (3,)
    assert (regression.learning_rate, regression.init_scale, regression.seed) == (0.1, 0.01, 0)
    assert (regression.epochs, regression.report_interval, regression.dataset) == (2001, 200, "sine")
    classification = TrainingConfig.defaults("classification")
    assert classification == TrainingConfig(
        task="classification",
        dataset="sine-border",
        hidden_units=(6,),
        epochs=101,
        report_interval=10,
        schedule_epochs=25,
        x_range=(-1.0, 1.0),
    )


@pytest.mark.parametrize("name", DATASETS)
def test_data_sets_are_for_one_task(name: str) -> None:
    for task in TASKS:
        if DATASETS[name].task == task:
            assert TrainingConfig.defaults(task, dataset=name).dataset == name
        else:
            with pytest.raises(ConfigError, match=rf"^data set: must be .* for {task}, got '{name}'$"):
                TrainingConfig.defaults(task, dataset=name)


def test_one_activation_for_all_layers_or_one_for_each() -> None:
    assert TrainingConfig(hidden_units=(4, 5, 6)).activations == ("sigmoid",) * 3
    each = TrainingConfig(hidden_units=(4, 5), activation=("relu", "tanh"))
    assert each.activations == ("relu", "tanh")
    with pytest.raises(
        ConfigError, match=r"^activation: must be 1 or 3 names for 3 hidden layers, got 'relu,tanh'$"
    ):
        each.replace(hidden_units=(4, 5, 6))
    with pytest.raises(
        ConfigError, match=r"^activation: must be 1 name without hidden layers, got 'relu,tanh'$"
    ):
        each.replace(hidden_units=())


def test_a_config_may_have_no_hidden_units() -> None:
    linear = TrainingConfig(hidden_units=())
    assert linear.activations == ()
    assert not linear.uses(FIELD["activation"])
    assert FIELD["hidden_units"].read([]) == FIELD["hidden_units"].read("none") == ()


def test_settings_without_an_effect_are_known() -> None:
    schedule = {"schedule_epochs", "schedule_factor"}
    known = {*schedule, "momentum", "decay", "init_scale", "frequency", "learning_rate", "l1", "samples"}

    def unused(**changes: Any) -> set[str]:
        config = TrainingConfig(**changes)
        return {field.name for field in FIELDS if field.name in known and not config.uses(field)}

    assert unused() == {"momentum", "decay", *schedule}
    assert unused(optimizer="nesterov", initializer="he") == {"decay", "init_scale", *schedule}
    assert unused(optimizer="adam", schedule="step") == set()
    assert unused(optimizer="rmsprop", schedule="cosine", dataset="sinc") == {"momentum", "frequency"}


@pytest.mark.parametrize("config", [TrainingConfig.defaults(task) for task in TASKS], ids=TASKS)
def test_each_choice_decides_which_settings_have_an_effect(config: TrainingConfig) -> None:
    """As the descriptions say, for every name in the registries."""
    for optimizer in OPTIMIZERS.values():
        changed = config.replace(optimizer=optimizer.name)
        for name in ("momentum", "decay"):
            assert changed.uses(FIELD[name]) == (name in optimizer.coefficients)
    for initializer in INITIALIZERS.values():
        assert (
            config.replace(initializer=initializer.name).uses(FIELD["init_scale"]) == initializer.uses_scale
        )
    for schedule in SCHEDULES.values():
        for name in ("schedule_epochs", "schedule_factor"):
            assert config.replace(schedule=schedule.name).uses(FIELD[name]) == schedule.changes


def test_settings_that_describe_named_data_are_marked() -> None:
    named = {field.name for field in FIELDS if field.describes_named_data}
    assert named >= {"dataset", "samples", "noise", "frequency"}
    assert not named & {"test_share", "data_seed"}, "files of data are split, too"
    assert all(FIELD[name].needs_restart and FIELD[name].subject == "data set" for name in named)


def test_a_config_cannot_be_changed_in_place() -> None:
    config = TrainingConfig()
    for attribute in dataclasses.fields(config):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(config, attribute.name, getattr(config, attribute.name))


@given(config=configs())
def test_any_allowed_values_make_a_config(config: TrainingConfig) -> None:
    assert config.replace() == config
    assert hash(config.replace()) == hash(config)
    for field in FIELDS:
        value = getattr(config, field.name)
        assert field.validate(value) == value
        parsed = field.parse(field.format(value))
        assert type(parsed) is type(value)
        if field in REAL:
            # Text has 12 digits: enough for every value that a user types or that a key steps to.
            assert parsed == pytest.approx(value, rel=1e-11, abs=0)
        else:
            assert parsed == value


@given(config=configs(), field=st.sampled_from(NUMBERS), data=st.data())
def test_replacing_a_setting_leaves_the_others(
    config: TrainingConfig, field: NumberField, data: st.DataObject
) -> None:
    assume(config.hidden_units or field.name != "dropout")
    changed = config.replace(**{field.name: data.draw(values(field))})
    assert changed.replace(**{field.name: getattr(config, field.name)}) == config
    with pytest.raises(ConfigError):
        config.replace(**{field.name: field.maximum + 1})
    whole = {each.name: getattr(changed, each.name) for each in FIELDS}
    assert TrainingConfig(task=config.task, **whole) == changed


def test_replacing_settings_checks_and_converts_them() -> None:
    config = TrainingConfig.defaults("regression")
    assert config.replace(hidden_units=5).hidden_units == (5,)
    assert config.replace(task="classification", dataset="spiral").task == "classification"
    with pytest.raises(ConfigError, match="data set"):
        config.replace(dataset="spiral")
    with pytest.raises(ConfigError, match="activation"):
        config.replace(activation=("tanh", "tanh"))
    with pytest.raises(TypeError, match="no_such_setting"):
        config.replace(no_such_setting=1)

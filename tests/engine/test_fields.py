"""How each kind of field formats, parses and refuses values, and how keys change names and widths."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import (
    FIELD,
    FIELDS,
    TASKS,
    ChoiceField,
    ConfigError,
    Field,
    NamesField,
    NumberField,
    TrainingConfig,
    WidthsField,
)
from bpengine.data.formulas.fields import FormulaField
from tests.engine.values import NUMBERS, configs


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "12", 12),
        ("epochs", " 12\n", 12),
        ("seed", "4294967295", 2**32 - 1),
        ("learning_rate", "0.3", 0.3),
        ("learning_rate", "1", 1.0),
        ("learning_rate", "1e-3", 0.001),
        ("init_scale", ".5", 0.5),
        ("hidden_units", "8", (8,)),
        ("hidden_units", " 8, 16 ,1000", (8, 16, 1000)),
        ("hidden_units", " None\n", ()),
        ("activation", "relu", ("relu",)),
        ("activation", " ReLU , leaky-relu", ("relu", "leaky-relu")),
        ("optimizer", " Adam\n", "adam"),
        ("dataset", "sine-border", "sine-border"),
        ("batch_size", "all", 0),
        ("batch_size", "0", 0),
        ("samples", "own", 0),
        ("test_share", "none", 0.0),
        ("clip", " off ", 0.0),
        ("patience", "off", 0),
    ],
)
def test_fields_read_values_from_text(name: str, text: str, value: Any) -> None:
    parsed = FIELD[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("hidden_units", (8, 16), "8,16"),
        ("hidden_units", (), "none"),
        ("activation", ("relu", "tanh"), "relu,tanh"),
        ("batch_size", 0, "all"),
        ("batch_size", 32, "32"),
        ("samples", 0, "own"),
        ("clip", 0.0, "off"),
        ("clip", 0.5, "0.5"),
        ("target_error", 1e-8, "1e-8"),
        ("seed", 0, "0"),
        ("learning_rate", 0.1, "0.1"),
    ],
)
def test_fields_write_values_as_text(name: str, value: Any, text: str) -> None:
    assert FIELD[name].format(value) == text


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_words_that_turn_a_setting_off_mean_zero(field: Field) -> None:
    words = {field.zero for field in NUMBERS if field.zero}
    assert words == {"all", "own", "none", "off"}
    for word in words:
        if getattr(field, "zero", "") == word:
            assert field.parse(word) == 0
            assert word in field.allowed
        elif (
            not (isinstance(field, FormulaField | WidthsField) and word == "none")
            and field is not FIELD["features"]
        ):
            with pytest.raises(ConfigError):
                field.parse(word)


def test_kinds_take_lists_and_single_values() -> None:
    assert TrainingConfig(hidden_units=7).hidden_units == (7,)  # type: ignore[arg-type]
    assert TrainingConfig(hidden_units=[7, 8]).hidden_units == (7, 8)  # type: ignore[arg-type]
    assert TrainingConfig(activation="relu").activation == ("relu",)  # type: ignore[arg-type]
    assert hash(TrainingConfig(hidden_units=[7, 8], activation=["relu", "sin"]))  # type: ignore[arg-type]


@pytest.mark.parametrize("field", [f for f in FIELDS if isinstance(f, ChoiceField)], ids=lambda f: f.name)
def test_keys_go_around_the_names_of_a_group(field: ChoiceField) -> None:
    assert sorted(field.choices) == sorted(set(field.choices))
    for group in field.groups:
        name, seen = group[0], []
        for _ in group:
            seen.append(name)
            after = field.move(name, 1, coarse=True)
            assert field.move(after, -1) == name
            name = after
        assert (tuple(seen), name) == (group, group[0])


@pytest.mark.parametrize("task", TASKS)
def test_keys_stay_among_the_data_sets_of_the_task(task: Any) -> None:
    config = TrainingConfig.defaults(task)
    for _ in range(20):
        config = config.replace(dataset=FIELD["dataset"].move(config.dataset, 1))


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_keys_stay_in_the_range(field: NumberField) -> None:
    for end, direction in ((field.maximum, 1), (field.minimum, -1)):
        for coarse in (False, True):
            assert field.move(field.validate(field.type(end)), direction, coarse=coarse) == end


def test_keys_move_all_activations_to_one() -> None:
    field = FIELD["activation"]
    assert isinstance(field, NamesField)
    assert field.move(("relu", "sin"), 1) == ("leaky-relu",)
    assert field.move(("sigmoid",), -1) == ("identity",)


def test_keys_move_all_widths() -> None:
    field = FIELD["hidden_units"]
    assert field.move((8, 3), 1) == (9, 4)
    assert field.move((8, 3), -1, coarse=True) == (3, 1)
    assert field.move((1, 1000), 1) == (2, 1000)
    assert field.move((1, 1), -1) == (1, 1)
    assert field.move((3,), -1, coarse=True) == (1,)
    assert field.move((1,), -1) == field.move((1,), -1, coarse=True) == field.move((), -1) == ()
    assert field.move((), 1) == (1,)
    assert field.move((), 1, coarse=True) == (5,)


@settings(max_examples=50)
@given(config=configs(), other=configs())
def test_restart_is_needed_for_what_is_marked(config: TrainingConfig, other: TrainingConfig) -> None:
    differs = {field.label for field in FIELDS if getattr(config, field.name) != getattr(other, field.name)}
    labels = set(config.restart_needed(other))
    assert ("task" in labels) == (config.task != other.task)
    assert labels - {"task"} == {field.label for field in FIELDS if field.needs_restart} & differs


@settings(max_examples=60)
@given(text=st.text(max_size=30), field=st.sampled_from(FIELDS))
def test_any_text_is_a_value_or_is_refused_in_one_line(text: str, field: Field) -> None:
    try:
        value = field.parse(text)
    except ConfigError as error:
        assert str(error).isprintable()
    else:
        assert field.validate(value) == value

"""Strategies for settings: all that a field takes, and any settings that go together."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bpengine import (
    DATASETS,
    FIELDS,
    TASKS,
    ChoiceField,
    Field,
    NamesField,
    NumberField,
    TrainingConfig,
    WidthsField,
)

NUMBERS = [field for field in FIELDS if isinstance(field, NumberField)]
WHOLE = [field for field in NUMBERS if field.type is int]
REAL = [field for field in NUMBERS if field.type is float]


def values(field: Field) -> st.SearchStrategy[Any]:
    """All that the field takes by itself."""
    match field:
        case NumberField(type=kind) if kind is int:
            return st.integers(int(field.minimum), int(field.maximum))
        case NumberField():
            return st.floats(field.minimum, field.maximum)
        case ChoiceField():
            return st.sampled_from(field.choices)
        case NamesField():
            return st.lists(st.sampled_from(field.choices), min_size=1, max_size=field.most).map(tuple)
        case WidthsField():
            widths = st.integers(1, field.widest)
            return st.lists(widths, min_size=1, max_size=field.most).map(tuple)
    raise AssertionError(f"a kind of field that is not known here: {field}")


@st.composite
def configs(draw: st.DrawFn) -> TrainingConfig:
    """Any settings that go together."""
    chosen = {field.name: draw(values(field)) for field in FIELDS}
    task = draw(st.sampled_from(TASKS))
    names = [name for name, dataset in DATASETS.items() if dataset.task == task]
    chosen["dataset"] = draw(st.sampled_from(names))
    if len(chosen["activation"]) != len(chosen["hidden_units"]):
        chosen["activation"] = chosen["activation"][:1]
    return TrainingConfig(task=task, **chosen)

"""Hypothesis strategies for the values of a field and for valid configs."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bpengine import (
    DATASETS,
    FIELD,
    FIELDS,
    TASKS,
    ChoiceField,
    Field,
    NamesField,
    NumberField,
    Task,
    TrainingConfig,
    WidthsField,
)
from bpengine.data.formulas.fields import MAX_END, MIN_WIDTH, FeaturesField, FormulaField, RangeField
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.optimizers import SCHEDULES

NUMBERS = [field for field in FIELDS if isinstance(field, NumberField)]
WHOLE = [field for field in NUMBERS if field.type is int]
REAL = [field for field in NUMBERS if field.type is float]


FUNCTIONS: dict[Task, tuple[str, ...]] = {
    "regression": ("", "2*x", "sin(x) + 0.3*sin(3*x)"),
    "classification": ("", "y > x**3 - x"),
}
"""Some formulas for each task, and none."""


def values(field: Field) -> st.SearchStrategy[Any]:  # noqa: PLR0911  one return per kind
    """Return a strategy for all values that the field allows."""
    match field:
        case NumberField(type=kind) if kind is int:
            return st.integers(int(field.minimum), int(field.maximum))
        case NumberField():
            return st.floats(field.minimum, field.maximum)
        case ChoiceField():
            return st.sampled_from(field.choices)
        case FormulaField():
            return st.sampled_from([formula for formulas in FUNCTIONS.values() for formula in formulas])
        case FeaturesField():
            return st.sampled_from([(), ("x",), ("x", "x**3 - x/2", "min(x, 2*x)")])
        case RangeField():
            pairs = st.tuples(st.floats(-MAX_END, MAX_END - 1), st.floats(MIN_WIDTH, 2 * MAX_END))
            return pairs.map(lambda pair: (pair[0], min(pair[0] + 2 * pair[1], MAX_END)))
        case NamesField():
            return st.lists(st.sampled_from(field.choices), min_size=1, max_size=field.max_names).map(tuple)
        case WidthsField():
            widths = st.integers(1, field.max_width)
            return st.lists(widths, max_size=field.max_layers).map(tuple)
    raise AssertionError(f"no strategy for this kind of field: {field}")


@st.composite
def configs(draw: st.DrawFn) -> TrainingConfig:
    """Draw any valid config."""
    chosen = {field.name: draw(values(field)) for field in FIELDS}
    task = draw(st.sampled_from(TASKS))
    names = [name for name, dataset in DATASETS.items() if dataset.task == task]
    chosen["dataset"] = draw(st.sampled_from(names))
    chosen["function"] = draw(st.sampled_from(FUNCTIONS[task]))
    if len(chosen["activation"]) != len(chosen["hidden_units"]):
        chosen["activation"] = chosen["activation"][:1]
    if not chosen["hidden_units"]:
        chosen["dropout"] = 0.0
    return TrainingConfig(task=task, **chosen)


LIVE = st.fixed_dictionaries(
    {},
    optional={
        "learning_rate": st.sampled_from([0.0, 0.003, 0.02, 0.3, 30.0]),
        "momentum": st.sampled_from([0.0, 0.5, 0.95]),
        "decay": st.sampled_from([0.0, 0.9, 0.9999]),
        "schedule": st.sampled_from(tuple(SCHEDULES)),
        "schedule_epochs": st.integers(1, 30),
        "schedule_factor": st.sampled_from([0.0, 0.3, 1.0]),
        "l1": st.sampled_from([0.0, 1e-3]),
        "l2": st.sampled_from([0.0, 1e-2]),
        "clip": st.sampled_from([0.0, 0.05, 1.0]),
        "epochs": st.integers(20, 200),
        "report_interval": st.integers(1, 9),
        "target_error": st.sampled_from([0.0, 0.0, 0.1, 0.3]),
        "patience": st.sampled_from([0, 0, 2, 9]),
    },
)
"""Settings that can change during a run, with new values; any subset of them."""


_NAMED = [name for name in DATASETS if name != "digits"]
"""The data sets that have the inputs of which features are made."""


@st.composite
def small_configs(draw: st.DrawFn) -> TrainingConfig:
    """Draw a config for a short run on a few samples that uses any of the engine's features."""
    task = draw(st.sampled_from(TASKS))
    hidden = draw(st.lists(st.integers(1, 5), max_size=3))
    layers = draw(st.sampled_from([1, len(hidden) or 1]))
    others: dict[str, Any] = {
        name: draw(values(FIELD[name]))
        for name in ("initializer", "optimizer", "seed", "data_seed", "features")
    }
    return TrainingConfig(
        task=task,
        dataset=draw(st.sampled_from([name for name in _NAMED if DATASETS[name].task == task])),
        samples=draw(st.integers(3, 14)),
        noise=draw(st.sampled_from([0.0, 0.1])),
        frequency=draw(st.sampled_from([1.0, 1.5])),
        test_share=draw(st.sampled_from([0.0, 0.3])),
        hidden_units=tuple(hidden),
        activation=tuple(draw(st.sampled_from(tuple(ACTIVATIONS))) for _ in range(layers)),
        batch_size=draw(st.integers(0, 6)),
        init_scale=0.5,
        dropout=draw(st.sampled_from([0.0, 0.3])) if hidden else 0.0,
        **(others | {"epochs": 100} | draw(LIVE)),
    )

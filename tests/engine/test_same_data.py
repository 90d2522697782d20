"""Samples and the values of settings have the same bits on every machine."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bpengine import TrainingConfig
from bpengine.data import DATASETS
from bpengine.data.dataset import Dataset
from bpengine.data.formulas import parse
from bpengine.data.formulas.language import FUNCTIONS
from bpengine.fields import DecadeStep
from bpengine.many.sweeps.sweep import parse_axis
from bpengine.network.optimizers import SCHEDULES
from bpengine.training.training_data import make_dataset
from tests.engine.processors import optional_features

DIGEST = "c528b24b786a64bbeb6bec4496d39451730064669722372ccb05427988d9bf21"
"""The digest of all numbers below. It changes only with a deliberate change of the data or of a function."""

FORMULAS = (
    *(f"{name}(x)" for name in FUNCTIONS),
    *("x**2", "x**3", "x**-2", "x**7", "x**0.5", "x**-1.7", "2**x", "abs(x)**x", "x**x", "x % 1.3", "7 % x"),
    *("min(x, 0, x**3)", "max(0, -x)", "1 / max(x, -x)", "sin(pi*x) + 0.3*sin(3*x)", "exp(-x**2)", "e**-x"),
    *("1/(1 + exp(-x))", "log(abs(x) + 1e-7)", "sinh(x)/cosh(x) - tanh(x)", "x*sin(1/x)", "arctan(1/x)"),
)


def numbers() -> Iterator[Any]:
    """All the numbers, as arrays."""
    for name, named in DATASETS.items():
        for changes in ({}, {"samples": 60, "noise": 0.1, "data_seed": 3, "test_share": 0.3}):
            yield from samples(make_dataset(TrainingConfig.defaults(named.task, dataset=name, **changes)))
    for function in ("1000*x", "exp(x) + x**3", "y > x**3 - x", "x**2 + y**2 < 0.5", "y < sin(pi*x)"):
        task: Any = "classification" if "y" in function else "regression"
        for changes in ({}, {"samples": 50, "noise": 0.05}):
            yield from samples(make_dataset(TrainingConfig.defaults(task, function=function, **changes)))
    random = np.random.RandomState(0)
    rows, targets = 7.0 + random.random_sample((300, 3)), random.random_sample(300)
    source = Dataset.from_arrays(rows, targets)
    yield from samples(make_dataset(TrainingConfig(test_share=0.2), source))
    magnitudes = 2.0 ** random.randint(-1022, 1023, 3000) * (1 + random.random_sample(3000))
    special = [0.0, 1.0, 5e-324, 1e-310, 1.7976931348623157e308, np.inf, np.nan]
    positive = np.concatenate([magnitudes, 10 * random.random_sample(3000), special])
    for formula in FORMULAS:
        yield parse(formula, "regression")(np.concatenate([positive, -positive])[:, np.newaxis])
    for schedule in SCHEDULES:
        for factor in (0.01, 0.5, 1.0):
            config = TrainingConfig(schedule=schedule, schedule_epochs=70, schedule_factor=factor)
            yield config.learning_rates(0, 500)
    for axis in ("learning_rate=0.001..1:log:100", "momentum=0..0.9:11", "samples=10..5000:log:30"):
        yield np.array(parse_axis(axis).values, dtype=np.float64)
    step, value = DecadeStep(1e-4), 3.3
    for direction, coarse in [(-1, False), (1, True), (-1, True)] * 20:
        value = step.move(value, direction, coarse) or 3.3
        yield np.array([value])


def samples(dataset: Dataset) -> Iterator[Any]:
    """The numbers of a data set and of its test samples."""
    yield from (dataset.inputs, dataset.targets, dataset.coordinates, dataset.domain)
    yield from (dataset.scaling.offset, dataset.scaling.scale, dataset.target_scaling.scale)
    if dataset.border is not None:
        yield dataset.border
    if dataset.truth is not None:
        yield dataset.truth(dataset.coordinates)
    if dataset.test is not None:
        yield from samples(dataset.test)


def digest() -> str:
    """The digest of all the numbers. All NaN are the same: their bits depend on the processor."""
    found = hashlib.sha256()
    for array in numbers():
        values = np.asarray(array, dtype="<f8")
        found.update(np.where(np.isnan(values), np.float64(0.123), values).tobytes())
    return found.hexdigest()


def test_the_numbers_are_those_of_every_other_machine() -> None:
    assert digest() == DIGEST


def test_the_numbers_do_not_depend_on_the_processor_s_instructions() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import digest; print(digest())"],
        env=os.environ | {"NPY_DISABLE_CPU_FEATURES": optional_features()},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == DIGEST

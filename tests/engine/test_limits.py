"""Data and networks that are too large are refused in one line that names the limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import DATASETS, FIELD, ConfigError, DataError, Dataset, Trainer, TrainingConfig, load_csv
from bpengine.data import checks
from bpengine.data.csv import conversion, parse_csv
from bpengine.many.group import Group
from bpengine.many.jobs import divided
from bpengine.many.sweeps import Sweep
from bpengine.network import network
from bpengine.training.training_data import make_dataset
from tests.engine.kernels import needs_numba

MILLIONS = np.broadcast_to(0.5, 5_000_001)
"""Takes no memory."""


def refusal(call: Callable[[], object]) -> str:
    """The message of the error that a call raises."""
    with pytest.raises((DataError, ConfigError)) as caught:
        call()
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_arrays_of_more_than_five_million_numbers_are_refused() -> None:
    limit = "must have at most 5,000,000 numbers, got"
    pairs = MILLIONS[1:].reshape(-1, 2)
    few = np.zeros(2)
    for call, message in (
        (lambda: Dataset.from_arrays(MILLIONS, few), f"inputs: {limit} 5,000,001"),
        (lambda: Dataset.from_arrays(few, MILLIONS), f"targets: {limit} 5,000,001"),
        (lambda: Dataset.from_arrays(pairs, pairs[:, 0]), f"inputs and targets: {limit} 7,500,000"),
        (lambda: Dataset.from_arrays(few, few, test=(MILLIONS, few)), f"test inputs: {limit} 5,000,001"),
        (
            lambda: Dataset.from_arrays(few, few, test=(pairs[:, 0], pairs[:, 0])),
            f"inputs and targets: {limit} 5,000,004",
        ),
        (
            lambda: Dataset.from_arrays(few, np.arange(100_000) % 60, task="classification"),
            f"targets: {limit} 6,000,000",
        ),
        (lambda: Trainer(TrainingConfig()).predict(MILLIONS), f"inputs: {limit} 5,000,001"),
    ):
        assert refusal(call) == message


def test_the_largest_data_are_used_and_no_setting_makes_larger_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_NUMBERS", 20)
    source = Dataset.from_arrays(np.arange(10.0), np.arange(10.0))
    assert len(make_dataset(TrainingConfig(test_share=0.3), source)) == 7
    assert "at most 20 numbers, got 22" in refusal(lambda: Dataset.from_arrays(np.arange(11), np.arange(11)))
    monkeypatch.undo()
    most = int(FIELD["samples"].maximum)  # type: ignore[attr-defined]  # a number field
    for name, named in DATASETS.items():
        config = TrainingConfig.defaults(named.task, dataset=name)
        dataset = make_dataset(config)
        if name == "digits":
            many = refusal(lambda config=config: make_dataset(config.replace(samples=most)))  # type: ignore[misc]
            assert many == "inputs and targets: must have at most 5,000,000 numbers, got 7,400,000"
        else:
            assert most * (dataset.inputs.shape[1] + dataset.targets.shape[1]) <= checks.MAX_NUMBERS


def test_csv_files_of_more_than_five_million_numbers_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vars(conversion)["MAX_NUMBERS"] == checks.MAX_NUMBERS == 5_000_000
    monkeypatch.setattr(conversion, "MAX_NUMBERS", 12)
    table = "x,y,z\n1,2,3\n2,3,4\n3,4,4\n4,5,5\n"
    assert len(parse_csv(table, "f.csv", "regression")) == 4
    message = "more than 12 numbers, with {} in each row: leave out rows or columns; "
    message += "head -n 2001 f.csv > part-f.csv takes 2,000 rows"
    more = table + "6,7,8\n"

    def read(text: str, task: Any = "regression", **options: Any) -> Callable[[], object]:
        return lambda: parse_csv(text, "f.csv", task, **options)

    assert refusal(read(more)) == f"f.csv, line 6: has {message.format(3)}"
    twice = table + 4 * "6,7,8\n" + "no number,,\n"  # so many lines are refused before they are read
    assert refusal(read(twice)) == f"f.csv: has {message.format(3)}"
    quoted = twice.replace("x,y,z", '"x",y,z')  # where a row may take several lines
    assert refusal(read(quoted)) == f"f.csv, line 6: has {message.format(3)}"
    assert len(parse_csv(more, "f.csv", "regression", ignore=["x"])) == 5
    texts = "x,y\na,2\nb,3\nc,4\na,5\n"  # each text is an input
    assert refusal(read(texts)) == f"f.csv, line 5: has {message.format(4)}"
    labels = "x,y\n1,a\n2,b\n3,c\n4,c\n"  # each label is an output
    assert refusal(read(labels, "classification")) == f"f.csv, line 5: has {message.format(4)}"
    file = tmp_path / "f.csv"
    with file.open("wb") as sparse:
        sparse.truncate(2 * 10**9)
    assert refusal(lambda: load_csv(file, "regression")).endswith(
        "f.csv: is too large: the limit is 100 MB; head -n 2001 f.csv > part-f.csv takes 2,000 rows"
    )


def test_networks_of_more_than_50000_weights_and_biases_are_refused() -> None:
    wide = TrainingConfig(hidden_units=(200, 300), epochs=1)
    message = "hidden units: must make at most 50,000 weights and biases, got 61,001 in 1-200-300-1"
    rows = Dataset.from_arrays(np.zeros((2, 800)), np.arange(2))
    inputs = "hidden units: must make at most 50,000 weights and biases, got 80,201 in 800-100-1"
    trained: list[object] = []
    for call, expected in (
        (lambda: Trainer(wide), message),
        (lambda: Trainer(wide.replace(hidden_units=(100,)), rows), inputs),
        (lambda: divided([wide]), message),
        (lambda: trained.extend(Sweep(wide, {"hidden_units": (3, (200, 300))}, starts=2)), message),
    ):
        assert refusal(call) == expected
    assert not trained, "nothing is trained before the largest network is refused"
    largest = Trainer(TrainingConfig(hidden_units=(49,), samples=4), Dataset.from_arrays(*_mnist_like()))
    assert len(largest.network.parameters) == 49 * 785 + 50 * 10 <= network.MAX_PARAMETERS
    assert largest.step() is not None


@needs_numba
def test_a_group_of_networks_that_are_too_large_is_refused() -> None:
    wide = TrainingConfig(hidden_units=(200, 300))
    assert "at most 50,000 weights and biases" in refusal(lambda: Group([wide, wide.replace(seed=1)]))


def _mnist_like() -> tuple[Any, Any]:
    """Four images of 28 x 28 points, and a target for each of ten outputs."""
    random = np.random.RandomState(0)
    return random.random_sample((4, 784)), random.random_sample((4, 10))

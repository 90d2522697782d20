"""All that can train one of the cases, each behind the same small interface."""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.baseline import Baseline
from benchmarks.race import Train
from bpengine import Trainer, TrainingConfig
from bpengine.many.group import Group


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to train."""

    name: str
    start: Callable[[TrainingConfig], Train]
    """Makes a fresh run."""
    bars: Mapping[str, float] = field(default_factory=dict)
    """How much of the plain one's time it may take, by the label of the case; empty without a bar."""
    package: str = ""
    """What has to be installed for it, by the name that is imported."""
    runs: int = 1
    """The runs that it trains at the same time; its time is that of a step of one of them."""

    @property
    def missing(self) -> str:
        """Why it can't take part; empty if it can."""
        there = not self.package or importlib.util.find_spec(self.package) is not None
        return "" if there else f"{self.package} is not installed"


def _plain(config: TrainingConfig) -> Train:
    (hidden_units,) = config.hidden_units
    baseline = Baseline(
        config.task,
        hidden_units=hidden_units,
        learning_rate=config.learning_rate,
        init_scale=config.init_scale,
        seed=config.seed,
    )

    def train(epochs: int) -> None:
        for _ in range(epochs):
            baseline.epoch()

    return train


def _bpengine(kernel: str) -> Callable[[TrainingConfig], Train]:
    def start(config: TrainingConfig) -> Train:
        trainer = Trainer(config, kernel=kernel)
        return lambda epochs: trainer.run_for(math.inf, max_samples=epochs * len(trainer.dataset))

    return start


def _group(config: TrainingConfig) -> Train:
    group = Group([config.replace(seed=seed) for seed in range(LANES)])

    def train(epochs: int) -> None:
        until = group.epochs_done + epochs
        while group.advance(until):
            pass

    return train


def _sklearn(config: TrainingConfig) -> Train:
    """Its classifier of two classes has a single output, so it computes a little less than the others."""
    module: Any = importlib.import_module("sklearn.neural_network")
    classifies = config.task == "classification"
    model = (module.MLPClassifier if classifies else module.MLPRegressor)(
        hidden_layer_sizes=config.hidden_units,
        activation="logistic",
        solver="sgd",
        alpha=0.0,
        batch_size=1,
        learning_rate_init=config.learning_rate,
        momentum=0.0,
        random_state=config.seed,
    )
    dataset = Trainer(config).dataset
    targets = dataset.targets.argmax(axis=1) if classifies else dataset.targets.ravel()
    first = {"classes": np.unique(targets)} if classifies else {}

    def train(epochs: int) -> None:
        for _ in range(epochs):
            model.partial_fit(dataset.inputs, targets, **first)

    return train


def _torch(config: TrainingConfig) -> Train:
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)  # more of them only get in each other's way here
    torch.manual_seed(config.seed)
    dataset = Trainer(config).dataset
    inputs, targets = (torch.tensor(values) for values in (dataset.inputs, dataset.targets))
    (hidden_units,) = config.hidden_units
    model = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[1], hidden_units, dtype=torch.float64),
        torch.nn.Sigmoid(),
        torch.nn.Linear(hidden_units, targets.shape[1], dtype=torch.float64),
    )
    if config.task == "classification":
        loss_of, rate = torch.nn.CrossEntropyLoss(), config.learning_rate
    else:
        loss_of, rate = (
            torch.nn.MSELoss(),
            config.learning_rate / 2,
        )  # it leaves out the 1/2 before the square
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for index in torch.randperm(len(inputs)).tolist():
                optimizer.zero_grad()
                loss_of(model(inputs[index : index + 1]), targets[index : index + 1]).backward()
                optimizer.step()

    return train


PLAIN = Contender("plain NumPy", _plain)
"""What all others are measured by."""


SINGLE_RUN = {"1-3-1 sine": 1 / 300, "2-6-2 grid": 1 / 180}
MANY_RUNS = {"1-3-1 sine": 1 / 1200, "2-6-2 grid": 1 / 540}
LANES = 64
NUMPY = Contender("bpengine, numpy", _bpengine("numpy"), bars=dict.fromkeys(SINGLE_RUN, 1.2))
NUMBA = Contender("bpengine, numba", _bpengine("numba"), bars=SINGLE_RUN, package="numba")
SIDE_BY_SIDE = Contender(
    f"the same, {LANES} runs side by side",
    _group,
    bars=MANY_RUNS,
    package="numba",
    runs=LANES,
)
PATIENT = Contender(
    "the same, with patience and a test share",
    lambda config: _bpengine("numba")(config.replace(patience=config.epochs, test_share=0.1)),
    bars={label: 1.5 * bar for label, bar in SINGLE_RUN.items()},
    package="numba",
)
OTHERS = (
    Contender("scikit-learn", _sklearn, package="sklearn"),
    Contender("PyTorch", _torch, package="torch"),
)
"""Made for other sizes, and here for comparison only."""

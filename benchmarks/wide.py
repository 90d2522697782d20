"""What training costs with the inputs of pictures: batches of 32, Adam, one thread."""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from rich.table import Table

from benchmarks.race import Effort, Train, race
from benchmarks.tables import judged, skipped, table
from bpengine import Dataset, Trainer, TrainingConfig

EFFORT = Effort(rounds=7, seconds=0.3)
HEADINGS = ("contender", "µs/sample", "ratio", "bar", "met")
BATCH, RATE = 32, 0.005  # as in the recipe of the digits


@dataclass(frozen=True, slots=True)
class Wide:
    """A network with one hidden layer, for random samples of ten classes."""

    inputs: int
    units: int
    samples: int
    bar: float
    """How much of the faster framework's time machine code may take."""

    @property
    def label(self) -> str:
        """Its layers."""
        return f"{self.inputs}-{self.units}-10"

    @property
    def source(self) -> Dataset:
        """The samples."""
        rng = np.random.RandomState(0)
        return Dataset.from_arrays(
            rng.random_sample((self.samples, self.inputs)),
            np.arange(self.samples) % 10,
            task="classification",
        )


CASES = (Wide(64, 24, 1344, 1 / 3), Wide(784, 32, 2000, 1.25))


def _bpengine(kernel: str, case: Wide) -> Train:
    config = TrainingConfig.defaults("classification", **TrainingConfig.recipe("digits"))
    config = config.replace(hidden_units=(case.units,), l2=0.0, test_share=0.0, epochs=10**8)
    trainer = Trainer(config, case.source, kernel=kernel)
    return lambda epochs: trainer.run_for(math.inf, max_samples=epochs * case.samples)


def _sklearn(case: Wide) -> Train:
    module: Any = importlib.import_module("sklearn.neural_network")
    model = module.MLPClassifier(
        (case.units,), activation="tanh", alpha=0.0, batch_size=BATCH, learning_rate_init=RATE
    )
    inputs, targets = case.source.inputs, case.source.targets.argmax(axis=1)

    def train(epochs: int) -> None:
        for _ in range(epochs):
            model.partial_fit(inputs, targets, classes=np.arange(10))

    return train


def _torch(case: Wide) -> Train:
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    inputs, targets = torch.tensor(case.source.inputs), torch.tensor(case.source.targets.argmax(axis=1))
    model = torch.nn.Sequential(
        torch.nn.Linear(case.inputs, case.units, dtype=torch.float64),
        torch.nn.Tanh(),
        torch.nn.Linear(case.units, 10, dtype=torch.float64),
    )
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()

    def train(epochs: int) -> None:
        for _ in range(epochs):
            for batch in torch.randperm(case.samples).split(BATCH):
                optimizer.zero_grad()
                loss_of(model(inputs[batch]), targets[batch]).backward()
                optimizer.step()

    return train


FRAMEWORKS = {"sklearn": ("scikit-learn", _sklearn), "torch": ("PyTorch", _torch)}
CONTENDERS: dict[str, tuple[str, Callable[[Wide], Train]]] = {
    "numba": ("bpengine, numba", partial(_bpengine, "numba")),
    "numpy": ("bpengine, numpy", partial(_bpengine, "numpy")),
    **FRAMEWORKS,
}
"""By what has to be installed: a name, and what makes a fresh run."""


def tables(effort: Effort = EFFORT) -> Iterator[Table]:
    """One for each network. Limit NumPy to one thread: OPENBLAS_NUM_THREADS=1 before the start."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "any number of")
    for case in CASES:
        there = {name: entry for name, entry in CONTENDERS.items() if importlib.util.find_spec(name)}
        times = race({name: partial(start, case) for name, (_, start) in there.items()}, case.samples, effort)
        fastest = min((times[name] for name in FRAMEWORKS if name in times), default=math.nan)
        rows = list[tuple[str, ...]]()
        for name, (label, _) in CONTENDERS.items():
            if name in times:
                bar = case.bar if name == "numba" and not math.isnan(fastest) else None
                rows.append((label, f"{times[name]:.3g}", *judged(times[name] / fastest, bar)))
            else:
                rows.append(skipped(label, f"{name} is not installed", len(HEADINGS)))
        caption = f"batches of {BATCH}, Adam, {threads} thread(s) for BLAS; beside the faster framework"
        yield table(f"Pictures, {case.label}", caption, HEADINGS, rows)

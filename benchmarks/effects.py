"""Published effects, and what lessons say of many networks and of surfaces, on fresh seeds each time."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from rich.table import Table

from benchmarks.tables import met, table
from bpengine import Trainer, TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.explain.surface import principal_plane
from bpengine.kernels.choice import load_lanes_for
from bpengine.many.group import Group
from bpengine.network.losses import LOSSES, mean_error

DATA_SETS, STARTS = 24, 16
SEEDS = 64
PENALIZED, PENALIZED_EPOCHS = 12, 2000
EDGES, EDGE_EPOCHS = 8, 5000
WRONG_LABELS = TrainingConfig.defaults(
    "classification", dataset="gaussians", samples=200, test_share=0.5, wrong_labels=0.3,
    hidden_units=(32, 32), activation="relu", initializer="he", optimizer="adam",
    learning_rate=0.01, batch_size=20, epochs=400,
)  # fmt: skip
"""The settings of the lesson "The mean of many networks"."""


def tables() -> Iterator[Table]:
    """A row for each effect: where it was published, and whether it was found."""
    fresh = np.random.SeedSequence().generate_state(1)
    rng = np.random.RandomState(fresh)
    rows = [*_means(rng), *_penalties(rng), *_edges(rng), *_slices(rng)]
    heading = ("effect", "bar", "found", "met")
    yield table("Published effects", f"seeds drawn from {fresh[0]}", heading, rows)


def _seed(rng: np.random.RandomState) -> int:
    return int(rng.randint(2**31))


def _means(rng: np.random.RandomState) -> Iterator[tuple[str, ...]]:
    """The error of the mean of many networks, beside their own errors."""
    load_lanes_for("auto")
    deep, flat = (
        np.concatenate([_block(config, rng) for _ in range(DATA_SETS)])
        for config in (WRONG_LABELS, WRONG_LABELS.replace(hidden_units=()))
    )
    count = len(deep) // 2
    never = int((np.vstack([deep, flat])[:, 0] > np.vstack([deep, flat])[:, 1] * (1 + 1e-12)).sum())
    yield "mean above the mean error (Jensen; Krogh, Vedelsby 1995)", "0", str(never), met(not never)
    tests = deep[1::2]
    below, quarters = int((tests[:, 0] < tests[:, 2]).sum()), int((tests[:, 0] < 0.75 * tests[:, 2]).sum())
    yield f"test error of the mean below the median start, of {count}", "all", str(below), met(below == count)
    yield "... and below three quarters of it", "> 60 %", str(quarters), met(quarters > 0.6 * count)
    best = int((tests[:, 0] > tests[:, 3]).sum())
    yield "... but above the best start", "some", str(best), met(0 < best < count)
    gain = float(np.abs(flat[1::2, 0] / flat[1::2, 2] - 1).max())
    yield "without hidden layers: the largest relative gain", "< 1 %", f"{100 * gain:.2f} %", met(gain < 0.01)


def _block(config: TrainingConfig, rng: np.random.RandomState) -> Array:
    """The errors of the mean, their mean, their median and the lowest, on training and on test samples."""
    first = config.replace(data_seed=_seed(rng), seed=_seed(rng))
    group = Group([first.replace(seed=first.seed + start) for start in range(STARTS)])
    while group.advance(config.epochs):
        pass
    rows, loss, test = [], LOSSES[config.task], group.dataset.test
    assert test is not None
    for samples in (group.dataset, test):
        outputs = group.predict(samples.inputs)
        errors = np.array([mean_error(loss, answer, samples.targets) for answer in outputs])
        mean = mean_error(loss, outputs.mean(axis=0), samples.targets)
        rows.append((mean, errors.mean(), np.median(errors), errors.min()))
    return np.array(rows)


def _penalties(rng: np.random.RandomState) -> Iterator[tuple[str, ...]]:
    """Dropout of a linear network: its mean loss is the error with a penalty on each unit's contribution."""
    worst, share, epochs = 0.0, 0.4, PENALIZED_EPOCHS
    for _ in range(PENALIZED):
        config = TrainingConfig.defaults(
            "regression", hidden_units=(8,), activation="identity", init_scale=1.0, seed=_seed(rng),
            dropout=share, epochs=epochs, batch_size=0,
        )  # fmt: skip
        run = Trainer(config)
        for layer in range(2):
            run.freeze(layer)
        hidden = run.network.layer_outputs(run.dataset.inputs)[0]
        contributions = hidden * run.network.output.weights[:, 0]
        penalty = share / (1 - share) * float((contributions**2).sum(axis=1).mean()) / 2
        errors = np.empty(epochs)
        for epoch in range(epochs):
            record = run.run_epoch()
            assert record is not None
            errors[epoch] = record.error
        expected = run.metrics().error + penalty
        worst = max(worst, abs(errors.mean() - expected) / (errors.std() / math.sqrt(epochs)))
    what = "dropout as a penalty, linear network (Wager et al. 2013): standard errors off"
    yield what, "< 4", f"{worst:.1f}", met(worst < 4)


def _edges(rng: np.random.RandomState) -> Iterator[tuple[str, ...]]:
    """Full-batch descent raises the sharpness up to 2/η, and stays there (J. Cohen et al., ICLR 2021)."""
    starts, ends = list[float](), list[float]()
    for _ in range(EDGES):
        config = TrainingConfig.defaults(
            "regression", hidden_units=(20, 20), activation="tanh", initializer="xavier", batch_size=0,
            learning_rate=0.2, epochs=EDGE_EPOCHS + 1, seed=_seed(rng),
        )  # fmt: skip
        run = Trainer(config)
        for epoch, found in ((0, starts), (EDGE_EPOCHS, ends)):
            run.run_for(math.inf, max_samples=max(run.samples_to(epoch), 1)) if epoch else None
            sharpness = run.sharpness()
            assert sharpness is not None
            found.append(sharpness.value * config.learning_rate / 2)
    low, high = min(ends), max(ends)
    yield (
        "edge of stability (Cohen et al. 2021): η L/2 at first",
        "< 0.8",
        f"{max(starts):.2f}",
        met(max(starts) < 0.8),
    )
    yield (
        f"... and after {EDGE_EPOCHS} epochs",
        "0.85 to 1.15",
        f"{low:.2f} to {high:.2f}",
        met(low > 0.85 and high < 1.15),
    )


def _slices(rng: np.random.RandomState) -> Iterator[tuple[str, ...]]:
    """How much of a path and of the gradient lies in the principal plane: the lesson "Down the surface"."""
    paths, gradients = [], []
    for _ in range(SEEDS):
        run = Trainer(TrainingConfig.defaults("regression", epochs=400, seed=_seed(rng)))
        while run.run_epoch() is not None:  # so that states are stored as on a screen
            pass
        states = [state.parameters for state in run.bookmark().keyframes.states]
        plane = principal_plane([*states, run.parameters_now()])
        paths.append(plane.share or 0.0)
        gradients.append(plane.share_of(run.gradient()))
    low, few = min(paths), sum(gradient < 0.1 for gradient in gradients)
    what = f"variance of a path in its principal plane, lowest of {SEEDS}"
    yield what, "> 90 %", f"{100 * low:.1f} %", met(low > 0.9)
    yield (
        "starts with under a tenth of the gradient's square in it",
        "> 85 %",
        str(few),
        met(few > 0.85 * SEEDS),
    )

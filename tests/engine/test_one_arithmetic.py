"""A run is its settings, its data and its seed: every kernel computes the same bits, on every machine."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import math
import os
import pickle
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import Dataset, DivergedError, Trainer, TrainingConfig, checkpoint
from bpengine.data.csv import parse_csv
from bpengine.kernels import make_kernel, numba_kernel
from bpengine.many.group import Group
from bpengine.network import network
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES
from bpengine.training.predictions import layer_outputs
from tests.engine.each_kernel import EVERY_KERNEL, KERNEL_NAMES
from tests.engine.kernels import needs_numba
from tests.engine.processors import has, optional_features

FIRST, LATER = range(40), range(40, 54)
DIGESTS = {
    FIRST: "3365cd15485dad7605d8a2cde2632091b869cc477c5d22eccc242a8f74f6a8d8",
    LATER: "1d9498d3394f15525f009b403373adb651731c38156df9f81f2e68f69197dcb3",
}
"""The digest of the numbers of these cases. It changes only with a deliberate change of the arithmetic. What
is new in bptui gets more cases, since with other choices the cases that there are would be others."""
CASES = (*FIRST, *LATER)
DIVERGES = 38
ROWS = [f"{i % 7},{i * i % 11 / 4},{'abc'[i % 3]},{i * 5 % 13 / 2}\n" for i in range(24)]
DIGITS = [f"{i % 10},{i * 3 % 7},{i * i % 11},{i % 10}\n" for i in range(30)]
X = np.arange(22) / 5
DATA: tuple[tuple[Any, dict[str, Any], Dataset | None], ...] = (
    ("regression", {"samples": 23}, None),
    ("classification", {"dataset": "spiral", "samples": 26}, None),
    ("regression", {}, parse_csv("".join(ROWS), "rows.csv", "regression")),
    ("classification", {"function": "y > x**3 - x", "samples": 24}, None),
    ("regression", {"function": "sin(x) + 0.3*sin(3*x)", "samples": 20, "noise": 0.05}, None),
    ("classification", {}, parse_csv("".join(DIGITS), "digits.csv", "classification")),
    ("regression", {}, Dataset.from_arrays(X, np.column_stack([X * X, 1 / (1 + X)]))),
    ("classification", {"samples": 21, "noise": 0.1}, None),
)
"""The task, settings and samples: one input to five, one output to ten."""
HIDDEN = ((1,), (3,), (9,), (17,), (4, 3), (10, 2), (3, 9, 4), (2, 2, 2))
FIRST_ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "sin", "identity")
LATER_HIDDEN = ((), (7,), (5, 4))
LATER_ACTIVATIONS = ("elu", "softplus", "swish", "gelu")
Change = Callable[[Trainer], object]


@dataclass(frozen=True)
class Case:
    """The settings of a run, its samples, and what is changed at which epochs and samples."""

    config: TrainingConfig
    source: Dataset | None
    changes: tuple[tuple[tuple[int, int], Change], ...]


@cache
def case(number: int) -> Case:
    """A case of many features, drawn at random."""
    random = np.random.RandomState(number)

    def one_of(*values: Any) -> Any:
        return values[random.randint(len(values))]

    task, data, source = DATA[number % len(DATA)]
    hidden = one_of(*HIDDEN) if number in FIRST else LATER_HIDDEN[number % 3]
    names = FIRST_ACTIVATIONS if number in FIRST else LATER_ACTIVATIONS
    activations = tuple(one_of(*names) for _ in hidden) or names[:1]
    optimizer, batch_size = [*OPTIMIZERS][number % 5], (1, 3, 0)[number % 3]
    edited = number % 7 == 1 and bool(hidden)
    config = TrainingConfig.defaults(
        task,
        **data,
        hidden_units=hidden,
        activation=activations,
        optimizer=optimizer,
        batch_size=batch_size,
        initializer=one_of("normal", *INITIALIZERS),
        init_scale=0.7,
        learning_rate=OPTIMIZERS[optimizer].usual_rate * one_of(0.5, 2),
        schedule=one_of(*SCHEDULES),
        schedule_epochs=6,
        l1=one_of(0.0, 0.0, 0.002),
        l2=one_of(0.0, 0.0, 0.01),
        clip=one_of(0.0, 0.0, 0.3),
        momentum=one_of(0.5, 0.9),
        decay=one_of(0.9, 0.999),
        test_share=one_of(0.0, 0.3),
        epochs=14,
        report_interval=3,
        seed=number,
        patience=0 if edited else one_of(0, 0, 4),
        target_error=0.0 if edited else one_of(0.0, 0.0, 0.3),
    )
    if number == DIVERGES:
        config = config.replace(optimizer="sgd", activation="identity", learning_rate=1000, clip=0.0)
    changed = config.replace(learning_rate=config.learning_rate / 2, clip=0.2, l2=0.003)
    changes: tuple[tuple[tuple[int, int], Change], ...] = (
        ((2, batch_size), lambda run: run.knock_out(0, 0)),
        ((4, 0), lambda run: run.freeze(len(hidden), 0)),
        ((5, 2 * batch_size), lambda run: run.set_weight(0, 0, 0, 0.25)),
        ((7, 0), lambda run: run.bring_back(0, 0)),
        ((9, batch_size), lambda run: run.reconfigure(changed)),
        ((11, 0), lambda run: run.unfreeze(len(hidden), 0)),
    )
    return Case(config, source, changes if edited else ())


Slice = tuple[Trainer, float]
"""The run that goes on, and the most samples to train on at once."""


def trained(
    number: int, kernel: str, begin: Callable[[Trainer], Slice] = lambda run: (run, math.inf)
) -> Trainer:
    """The run of a case at its end, with the changes on the way.

    Args:
        number: the number of the case.
        kernel: the kernel of the run.
        begin: called at the beginning of each slice of training.
    """
    made = case(number)
    trainer = Trainer(made.config, made.source, kernel=kernel)
    with contextlib.suppress(DivergedError):
        for position, change in (*made.changes, ((made.config.epochs, 0), lambda _run: None)):
            while not trainer.finished and trainer.samples_to(*position) > 0:
                trainer, most = begin(trainer)
                samples = int(min(trainer.samples_to(*position), most))
                trainer.run_for(math.inf, max_samples=samples, clock=lambda: 0.0)
            change(trainer)
    return trainer


def numbers(trainer: Trainer) -> Iterator[Any]:
    """Everything that a run has computed, and what is reported and predicted."""
    state, dataset = trainer.run_state(), trainer.dataset
    generator = state.generator["state"]
    names = [buffer.name for buffer in OPTIMIZERS[state.config.optimizer].buffers]
    all_names = (buffer.name for optimizer in OPTIMIZERS.values() for buffer in optimizer.buffers)
    unused = dict.fromkeys(all_names, np.zeros(len(state.parameters)))
    buffers = unused | dict(zip(names, state.buffers, strict=True))
    yield from (state.parameters, *buffers.values(), generator["key"])
    stopped = -1 if trainer.divergence is None else trainer.divergence.sample
    yield (state.updates, state.epochs_done, state.samples_done, stopped, generator["pos"])
    yield from (*trainer.history.curve(), trainer.history.test_curve(), trainer.gradient())
    for metrics in (trainer.metrics(), trainer.test_metrics()):
        if metrics is not None:
            found = (metrics.error, metrics.rmse, metrics.r2, metrics.accuracy)
            yield [each for each in found if each is not None]
    outputs = layer_outputs(trainer.network, dataset.inputs)  # by machine code if that is loaded
    for one, other in zip(outputs, trainer.network.layer_outputs(dataset.inputs), strict=True):
        assert one.tobytes() == other.tobytes()
        yield one


def bits(trainer: Trainer) -> list[bytes]:
    """All of these numbers, bit by bit."""
    return [np.asarray(each, dtype="<f8").tobytes() for each in numbers(trainer)]


def digest(kernel: str, cases: Iterable[int], *, lanes: bool = False) -> str:
    """The digest of the numbers of these cases.

    Args:
        kernel: the kernel of the runs.
        cases: their numbers.
        lanes: whether to compare the runs with others that are trained side by side.
    """
    found = hashlib.sha256()
    for number in cases:
        trainer = trained(number, kernel)
        for part in bits(trainer):
            found.update(part)
        if lanes and kernel == "numba":
            check_lanes(number, trainer)
    return found.hexdigest()


def print_digests(kernel: str) -> None:
    """Print the digests of all cases, and compare each run with others beside it."""
    print(*(digest(kernel, cases, lanes=True) for cases in DIGESTS))


def check_lanes(number: int, alone: Trainer) -> None:
    """Check that a run without changes has the same bits beside two others."""
    made = case(number)
    if made.changes:
        return
    other = made.config.replace(seed=1000, learning_rate=made.config.learning_rate / 3)
    group = Group([other, made.config, other.replace(l2=0.1)], made.source)
    while group.advance(made.config.epochs):
        pass
    assert group.parameters(1).tobytes() == alone.network.parameters.tobytes()
    history = group.history(1)
    for one, mine in zip(history.curve(), alone.history.curve(), strict=True):
        np.testing.assert_array_equal(one, mine)
    np.testing.assert_array_equal(history.test_curve(), alone.history.test_curve())


def test_the_cases_have_every_name_and_value() -> None:
    configs = [case(number).config for number in CASES]
    assert {name for config in configs for name in config.activations} == {*ACTIVATIONS}
    occur: dict[str, Iterable[Any]] = {
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "initializer": INITIALIZERS,
        "hidden_units": HIDDEN + LATER_HIDDEN,
        "batch_size": (1, 3, 0),
        "l1": (0.0, 0.002),
        "l2": (0.0, 0.01),
        "clip": (0.0, 0.3),
        "test_share": (0.0, 0.3),
    }
    for name, values in occur.items():
        assert {getattr(config, name) for config in configs} == {*values}, name
    runs = [trained(number, KERNEL_NAMES[-1]) for number in CASES]
    assert {run.stop_reason for run in runs} == {"epochs", "patience", "target error", ""}
    assert [number for number, run in enumerate(runs) if run.divergence is not None] == [DIVERGES]


@needs_numba
@pytest.mark.parametrize("number", CASES)
def test_a_run_is_the_same_with_every_kernel_and_in_any_slices(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = bits(trained(number, "numpy"))
    compiled = trained(number, "numba")
    assert bits(compiled) == expected
    check_lanes(number, compiled)
    # In pieces of a batch, too.
    monkeypatch.setattr(network, "_MAX_TERMS", 0)
    monkeypatch.setattr(numba_kernel, "MAX_CHUNK_WORK", 5 * 10**2)
    random, made = np.random.RandomState(number), case(number)

    def resumed(run: Trainer) -> Trainer:
        """The same run after a save; it may begin its batch again."""
        match random.randint(8):
            case 0:
                checkpoint.save(run, tmp_path / "run")
                return checkpoint.load(tmp_path / "run", kernel="numpy")
            case 1:
                again: Trainer = pickle.loads(pickle.dumps(run))
                return again
            case 2:
                return copy.copy(run)
            case 3:
                other = Trainer(made.config, made.source, kernel="numpy")
                other.restore(run.run_state())
                return other
        return run

    def begin(run: Trainer) -> Slice:
        run = resumed(run)
        # As a run that begins in NumPy does, but again and again, and in either direction.
        engine = run._engine
        engine.take_kernel(make_kernel(KERNEL_NAMES[random.randint(2)], engine.problem))
        return run, random.randint(1, 60)

    assert bits(trained(number, "numpy", begin)) == expected


@EVERY_KERNEL
def test_the_numbers_are_those_of_every_other_machine(kernel_name: str) -> None:
    for cases, expected in DIGESTS.items():
        assert digest(kernel_name, cases) == expected


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names processors of this kind")
@pytest.mark.parametrize(
    ("kernel_name", "needed", "environment"),
    [
        pytest.param(
            *("numba", "SSE42"),
            {"NUMBA_CPU_NAME": "generic", "OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "2"},
            marks=needs_numba,
        ),
        ("numpy", "AVX512F", {"OPENBLAS_CORETYPE": "SkylakeX", "OPENBLAS_NUM_THREADS": "2"}),
        ("numpy", "SSE42", {"NPY_DISABLE_CPU_FEATURES": optional_features(), "OPENBLAS_CORETYPE": "Nehalem"}),
    ],
)
def test_the_numbers_are_those_of_other_processors(
    kernel_name: str, needed: str, environment: dict[str, str]
) -> None:
    if not has(needed):
        pytest.skip(f"the processor has no {needed}")
    done = subprocess.run(
        [sys.executable, "-c", f"from {__name__} import *; print_digests({kernel_name!r})"],
        env=os.environ | environment,
        cwd=Path(__file__).parents[2],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (done.stdout.split(), done.stderr) == ([*DIGESTS.values()], "")

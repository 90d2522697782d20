"""Both kernels compute the same bits, in one call or in many."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import TrainingConfig
from bpengine.arithmetic.arrays import Array
from bpengine.choices import TASKS, Task
from bpengine.kernels import EpochArrays, Kernel, KernelProblem, OptimizerState, make_kernel
from bpengine.kernels.loading import load_numba
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.losses import LOSSES
from bpengine.network.optimizers import OPTIMIZERS
from tests.engine.kernels import PLAIN, Result, needs_numba, problem, run, shuffles, start

KERNELS = pytest.mark.parametrize("name", ["numpy", pytest.param("numba", marks=needs_numba)])


@st.composite
def problems(draw: st.DrawFn) -> KernelProblem:
    """Any combination of features, on random samples."""
    task: Task = draw(st.sampled_from(TASKS))
    hidden = draw(st.lists(st.integers(1, 6) | st.sampled_from((8, 9, 11)), max_size=3))
    samples = draw(st.integers(2, 12))
    return problem(
        task=task,
        sizes=(draw(st.integers(1, 3)), *hidden, draw(st.integers(2 if task == "classification" else 1, 3))),
        activations=tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden),
        optimizer=draw(st.sampled_from(sorted(OPTIMIZERS))),
        batch_size=draw(st.integers(1, samples)),
        samples=samples,
        tests=min(draw(st.integers(0, 3)), samples),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


SETTINGS = st.builds(
    TrainingConfig,
    momentum=st.floats(0, 0.9999),
    decay=st.floats(0, 0.99999),
    l1=st.just(0.0) | st.floats(0, 0.1),
    l2=st.just(0.0) | st.floats(0, 0.1),
    clip=st.just(0.0) | st.floats(0.01, 10),
    dropout=st.just(0.0) | st.floats(0, 0.9),
    seed=st.integers(0, 2**32 - 1),
)
RATES = st.lists(st.floats(0, 0.3) | st.sampled_from((10.0, 1e160)), min_size=1, max_size=4).map(np.array)


def start_of(task: KernelProblem, seed: int = 1) -> OptimizerState:
    """A state with random parameters, before the first update."""
    return start(task.sizes, seed=seed, optimizer=task.optimizer)


@needs_numba
@settings(max_examples=60)
@given(problems(), SETTINGS, RATES, st.integers(0, 2**32 - 1))
def test_kernels_compute_the_same_bits(
    task: KernelProblem, others: TrainingConfig, rates: Array, seed: int
) -> None:
    """Even where the numbers run away to infinity."""
    orders = shuffles(len(task.inputs), len(rates), seed)
    one, other = (
        run(make_kernel(name, task), task, start_of(task, seed), others, rates, orders)
        for name in ("numpy", "numba")
    )
    one.assert_same(other)


def in_pieces(
    kernel: Kernel, task: KernelProblem, others: TrainingConfig, rates: Array, cuts: set[int]
) -> Result:
    """The same run with each epoch cut at the given samples; each output must belong to its loss."""
    state, samples = start_of(task), len(task.inputs)
    orders = shuffles(samples, len(rates))
    losses, outputs = np.full(orders.shape, -1.0), np.empty(task.targets.shape)
    test_losses = np.full((len(orders), task.test_samples), -1.0)
    points = sorted({0, samples} | {cut for cut in cuts if cut < samples})
    for number, order in enumerate(orders):
        epoch = slice(number, number + 1)
        arrays = EpochArrays(orders[epoch], losses[epoch], outputs, test_losses[epoch])
        for part in pairwise(points):
            kernel.train(state, others, rates[epoch], arrays, part, number)
        with np.errstate(all="ignore"):
            expected = LOSSES[task.task].value(outputs, task.targets[order])
        np.testing.assert_array_equal(losses[number], expected)
    return Result(state, losses, test_losses)


@KERNELS
@settings(max_examples=50)
@given(task=problems(), others=SETTINGS, rates=RATES, cuts=st.sets(st.integers(1, 11)))
def test_batches_trained_in_pieces_have_the_same_bits(
    name: str, task: KernelProblem, others: TrainingConfig, rates: Array, cuts: set[int]
) -> None:
    kernel = make_kernel(name, task)
    orders = shuffles(len(task.inputs), len(rates))
    whole = run(kernel, task, start_of(task), others, rates, orders)
    whole.assert_same(in_pieces(kernel, task, others, rates, cuts))


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "identity"])
@pytest.mark.parametrize("scale", [0.0, 1e3, 1e100])
@pytest.mark.parametrize("task", TASKS)
def test_kernels_make_no_nan_where_mathematics_has_none(task: Task, scale: float, activation: str) -> None:
    """For saturated and for asymmetric units. The learning rate is 0, since updates may be infinite."""
    of_run = problem(task=task, activations=(activation,), samples=20)
    state = start((2, 3, 2), scale=scale)
    result = run(make_kernel("numpy", of_run), of_run, state, PLAIN, np.zeros(1), shuffles(20, 1))
    assert not np.isnan(result.losses).any()
    assert not np.isnan(result.state.parameters).any()


@needs_numba
def test_a_setting_that_does_nothing_changes_no_bit() -> None:
    """The branch without a gradient vector rounds like the branch with one."""
    of_run = problem(sizes=(2, 5, 4, 2), activations=("sigmoid", "sin"), samples=30)
    orders, rates = shuffles(30, 5), np.full(5, 0.1)
    loose = TrainingConfig(clip=1e6)
    kernel = make_kernel("numba", of_run)
    one, other = (run(kernel, of_run, start_of(of_run), each, rates, orders) for each in (PLAIN, loose))
    one.assert_same(other)


@needs_numba
def test_each_name_has_a_number_of_its_own() -> None:
    for registry in (ACTIVATIONS, OPTIMIZERS):
        assert len({load_numba().module.number_of(name) for name in registry}) == len(registry)


@needs_numba
def test_a_number_without_a_branch_never_passes_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    module, number_of = load_numba().module, load_numba().module.number_of
    for missing in ("sgd", "sigmoid"):
        numbers = {missing: 99}
        monkeypatch.setattr(module, "number_of", lambda name, no=numbers: no.get(name) or number_of(name))
        task = problem(batch_size=2)
        lost = run(
            make_kernel("numba", task), task, start(task.sizes), PLAIN, np.full(1, 0.1), shuffles(7, 1)
        )
        assert np.isnan(lost.state.parameters).all()


@needs_numba
@pytest.mark.parametrize(
    ("samples", "width", "lanes", "epochs"),
    [
        (2, 3, 1, 512),
        (63, 3, 1, 512),
        (441, 3, 1, 148),
        (100_000, 3, 1, 1),
        (63, 3, 64, 32),
        (63, 100, 1, 278),
        (63, 100, 64, 4),
        (63, 1000, 64, 1),
    ],
)
def test_a_call_takes_milliseconds(samples: int, width: int, lanes: int, epochs: int) -> None:
    kernel = NumbaKernel(problem(samples=samples, sizes=(2, width, 2)), lanes)
    assert kernel.epochs_a_call == epochs


@needs_numba
def test_samples_may_lie_anyhow_in_memory() -> None:
    straight = problem(samples=9)
    inputs, targets = np.asfortranarray(straight.inputs), np.asfortranarray(straight.targets)
    inputs.setflags(write=False)
    other = straight._replace(inputs=inputs, targets=targets)
    orders, rates = shuffles(9, 3), np.full(3, 0.1)
    results = [
        run(make_kernel("numba", each), each, start((2, 3, 2)), PLAIN, rates, orders)
        for each in (straight, other)
    ]
    results[0].assert_same(results[1])


@KERNELS
@pytest.mark.parametrize("index", [-8, 7, 2**40])
def test_no_sample_is_read_that_is_not_there(name: str, index: int) -> None:
    """Machine code would read beyond the array."""
    orders = shuffles(7, 2)
    orders[1, 3] = index
    with pytest.raises(IndexError):
        run(make_kernel(name, problem()), problem(), start((2, 3, 2)), PLAIN, np.full(2, 0.1), orders)


@needs_numba
def test_arrays_have_to_fit() -> None:
    kernel, orders, rates = make_kernel("numba", problem()), shuffles(7, 2), np.full(2, 0.1)
    fitting, outputs, none = np.empty((2, 7)), np.empty((7, 2)), np.empty((2, 0))
    for state, each, losses in (
        (start((2, 2, 2)), rates, fitting),
        (start((2, 3, 2)), rates, np.empty((2, 6))),
        (start((2, 3, 2)), rates[:1], fitting),
    ):
        with pytest.raises(ValueError, match="shape"):
            kernel.train(state, PLAIN, each, EpochArrays(orders, losses, outputs, none), (0, 7))

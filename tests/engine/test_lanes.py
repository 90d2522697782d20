"""A run in a lane beside others has the same bits as alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import TrainingConfig
from bpengine.kernels import EpochArrays, KernelProblem, OptimizerState
from bpengine.kernels.loading import load_numba
from bpengine.kernels.numba_kernel import SAMPLES_PREDICTED_AT_ONCE, NumbaKernel, predict
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network
from tests.engine.kernels import Result, needs_numba, run, shuffles, start
from tests.engine.test_kernels import SETTINGS, problems, start_of

pytestmark = needs_numba


@settings(max_examples=30)
@given(
    task=problems(),
    lanes=st.lists(st.tuples(SETTINGS, st.floats(0, 0.3)), min_size=2, max_size=20),
)
def test_each_lane_equals_the_same_run_alone(
    task: KernelProblem, lanes: list[tuple[TrainingConfig, float]]
) -> None:
    epochs, samples = 2, len(task.inputs)
    orders = np.stack([shuffles(samples, epochs, seed) for seed in range(len(lanes))], axis=-1)
    parameters = np.stack([start(task.sizes, seed=seed).parameters for seed in range(len(lanes))], axis=-1)
    together = OptimizerState.fresh(parameters.copy(), task.optimizer)
    losses, test_losses = np.empty(orders.shape), np.empty((epochs, task.test_samples, len(lanes)))
    rates = np.tile([rate for _, rate in lanes], (epochs, 1))
    side_by_side = NumbaKernel(task, lanes=len(lanes))
    outputs = np.empty((*task.targets.shape, len(lanes)))
    arrays, configs = EpochArrays(orders, losses, outputs, test_losses), [each for each, _ in lanes]
    side_by_side.train(together, configs, rates, arrays, (0, samples))
    alone = NumbaKernel(task)
    inputs = np.linspace(-2.0, 2.0, (SAMPLES_PREDICTED_AT_ONCE + 6) * task.sizes[0]).reshape(
        -1, task.sizes[0]
    )
    outputs = side_by_side.predict_lanes(together.parameters, inputs)
    network = Network(task.sizes, task.activations, LOSSES[task.task])
    for lane, (others, rate) in enumerate(lanes):
        order = orders[:, :, lane].copy()
        begun = start_of(task, seed=lane)
        mine = run(alone, task, begun, others, np.full(epochs, rate), order)
        of_lane = OptimizerState(together.parameters[:, lane], together.buffers[..., lane], together.updates)
        mine.assert_same(Result(of_lane, losses[..., lane], test_losses[..., lane]))
        network.parameters[:] = of_lane.parameters
        np.testing.assert_array_equal(outputs[lane], predict(network, inputs, load_numba())[-1])

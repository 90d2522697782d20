"""A run in a lane beside others has the same bits as alone, on this processor and on others."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpengine import Trainer, TrainingConfig
from bpengine.kernels import Problem, Settings, State
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.network import parameter_count
from tests.engine.kernels import needs_numba, shuffles, start
from tests.engine.test_kernels import SETTINGS, problems

pytestmark = needs_numba


@settings(max_examples=30)
@given(
    task=problems(),
    lanes=st.lists(st.tuples(SETTINGS, st.floats(0, 0.3)), min_size=2, max_size=20),
    tests=st.integers(0, 3),
)
def test_each_lane_equals_the_same_run_alone(
    task: Problem, lanes: list[tuple[Settings, float]], tests: int
) -> None:
    tests = min(tests, len(task.inputs))
    if tests:
        task = replace(task, test_inputs=task.inputs[:tests] + 0.1, test_targets=task.targets[:tests])
    epochs, samples, count = 2, len(task.inputs), parameter_count(task.sizes)
    orders = np.stack([shuffles(samples, epochs, seed) for seed in range(len(lanes))], axis=-1)
    parameters = np.stack([start(task.sizes, seed=seed).parameters for seed in range(len(lanes))], axis=-1)
    together = State(parameters.copy(), np.zeros((count, len(lanes))), np.zeros((count, len(lanes))), 0)
    losses, test_losses = np.empty(orders.shape), np.empty((epochs, tests, len(lanes)))
    rates = np.tile([rate for _, rate in lanes], (epochs, 1))
    side_by_side = NumbaKernel(task, lanes=len(lanes))
    side_by_side.train_lanes(together, [each for each, _ in lanes], rates, orders, losses, test_losses)
    alone = NumbaKernel(task)
    for lane, (others, rate) in enumerate(lanes):
        state = start(task.sizes, seed=lane)
        own_losses, own_test_losses = np.empty((epochs, samples)), np.empty((epochs, tests))
        alone.train_epochs(
            state, others, np.full(epochs, rate), orders[:, :, lane].copy(), own_losses, own_test_losses
        )
        assert state.updates == together.updates
        for mine, theirs in (
            *zip(state.arrays, together.arrays, strict=True),
            (own_losses, losses),
            (own_test_losses, test_losses),
        ):
            np.testing.assert_array_equal(mine, theirs[..., lane])


RUNS = {
    "spiral": TrainingConfig.defaults(
        "classification", dataset="spiral", hidden_units=(8, 8), activation="tanh", init_scale=0.5, epochs=60
    ),
    "sin and Adam": TrainingConfig.defaults(
        "regression",
        activation="sin",
        optimizer="adam",
        batch_size=5,
        l2=1e-4,
        clip=1.0,
        epochs=100,
        noise=0.1,
    ),
    "sine": TrainingConfig.defaults("regression", epochs=500, schedule="exponential", schedule_epochs=300),
}
HASHES = {"spiral": "21f6295e33e98348", "sin and Adam": "442195c2be0897e4", "sine": "bd4ddb92583bc048"}
"""What the weights of these runs hash to, on every machine."""


def hashes() -> dict[str, str]:
    found = {}
    for name, config in RUNS.items():
        trainer = Trainer(config, kernel="numba")
        trainer.fit()
        found[name] = hashlib.sha256(trainer.network.parameters.tobytes()).hexdigest()[:16]
    return found


@pytest.mark.parametrize("processor", ["this one", "generic"])
def test_recorded_runs_have_the_same_bits_on_every_processor(processor: str) -> None:
    if processor == "this one":
        assert hashes() == HASHES
        return
    # No vectors wider than 128 bits, and for NumPy's own functions none either.
    other = {"NUMBA_CPU_NAME": processor, "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512_SKX"}
    script = "from tests.engine.test_lanes import HASHES, hashes; assert hashes() == HASHES, hashes()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=os.environ | other | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

"""One training step agrees with a calculation by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bpengine import Task
from bpengine.arithmetic.arrays import Array
from bpengine.kernels import KernelProblem, make_kernel
from tests.engine.each_kernel import EVERY_KERNEL, PLAIN, fresh, update

LN3 = math.log(3)


def step(
    kernel_name: str, task: Task, x: list[float], t: list[float], parameters: list[float]
) -> tuple[Array, float, Array]:
    """Take one step at learning rate 1/2; return the outputs, the loss and the new parameters."""
    hidden_units = (len(parameters) - len(t)) // (len(x) + 1 + len(t))
    sizes = (len(x), hidden_units, len(t))
    inputs, targets = np.array([x]), np.array([t])
    kernel = make_kernel(kernel_name, KernelProblem(sizes, ("sigmoid",), task, "sgd", 1, inputs, targets))
    state = fresh(np.array(parameters))
    losses, outputs = update(kernel, state, targets, PLAIN, 0.5)
    assert state.updates == 1
    return outputs[0], losses[0], state.parameters


@EVERY_KERNEL
def test_a_step_of_a_1_2_1_regression(kernel_name: str) -> None:
    # x = 2, t = 1/2. Forward, with s(0) = 1/2 and s(ln 3) = 1 / (1 + 1/3) = 3/4:
    #   z = x W1 + b1 = 2 [-1/2  1] + [1  ln 3 - 2] = [0  ln 3]
    #   h = s(z)                                    = [1/2  3/4]
    #   y = h W2 + b2 = [1/2  3/4] [2  4]^T - 3     = 1
    #   L = 1/2 (y - t)^2                           = 1/8
    # Backward, with s' = h (1 - h) = [1/4  3/16]:
    #   delta2 = y - t                              = 1/2
    #   dL/dW2 = h^T delta2 = [1/4  3/8]^T,   dL/db2 = 1/2
    #   delta1 = delta2 W2^T * s' = [1  2] * [1/4  3/16] = [1/4  3/8]
    #   dL/dW1 = x delta1 = [1/2  3/4],       dL/db1 = [1/4  3/8]
    # Update: half of each gradient is subtracted.
    output, loss, parameters = step(
        kernel_name, "regression", [2.0], [0.5], [-1 / 2, 1.0, 1.0, LN3 - 2, *[2.0, 4.0], *[-3.0]]
    )
    assert output == pytest.approx([1.0])
    assert loss == pytest.approx(1 / 8)
    assert parameters.tolist() == pytest.approx(
        [
            *[-1 / 2 - 1 / 4, 1 - 3 / 8],  # W1
            *[1 - 1 / 8, LN3 - 2 - 3 / 16],  # b1
            *[2 - 1 / 8, 4 - 3 / 16],  # W2
            *[-3 - 1 / 4],  # b2
        ],
        rel=1e-14,
    )


@EVERY_KERNEL
def test_a_step_of_a_1_1_2_classification(kernel_name: str) -> None:
    # x = 2, t = [0 1]. Forward:
    #   z = x W1 + b1 = 2 * 1/2 - 1                 = 0
    #   h = s(z)                                    = 1/2
    #   u = h W2 + b2 = 1/2 [2 ln 3  0] + [0  0]    = [ln 3  0]
    #   y = exp(u) / sum = [3  1] / 4               = [3/4  1/4]
    #   L = -ln(y[1] + 1e-7)                        = -ln(1/4 + 1e-7)
    # Backward, with s' = 1/4:
    #   delta2 = y - t                              = [3/4  -3/4]
    #   dL/dW2 = h delta2 = [3/8  -3/8],      dL/db2 = [3/4  -3/4]
    #   delta1 = delta2 W2^T * s' = 3/4 * 2 ln 3 * 1/4 = 3/8 ln 3
    #   dL/dW1 = x delta1 = 3/4 ln 3,         dL/db1 = 3/8 ln 3
    # Update: half of each gradient is subtracted.
    output, loss, parameters = step(
        kernel_name, "classification", [2.0], [0.0, 1.0], [1 / 2, -1.0, 2 * LN3, 0.0, 0.0, 0.0]
    )
    assert output == pytest.approx([3 / 4, 1 / 4])
    assert loss == pytest.approx(-math.log(1 / 4 + 1e-7))
    assert parameters.tolist() == pytest.approx(
        [
            1 / 2 - 3 / 8 * LN3,  # W1
            -1 - 3 / 16 * LN3,  # b1
            *[2 * LN3 - 3 / 16, 3 / 16],  # W2
            *[-3 / 8, 3 / 8],  # b2
        ],
        rel=1e-14,
    )

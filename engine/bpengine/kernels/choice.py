"""Which kernel computes."""

from __future__ import annotations

from bpengine.kernels.kernel import Kernel, Problem
from bpengine.kernels.numpy_kernel import NumpyKernel


def make_kernel(name: str, problem: Problem) -> Kernel:
    """For now the one that is always there."""
    return NumpyKernel(problem)

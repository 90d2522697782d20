"""Choosing the kernel that computes a run."""

from __future__ import annotations

from bpengine.errors import ConfigError
from bpengine.kernels.kernel import Kernel, Problem
from bpengine.kernels.loading import NumbaError
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpengine.network import parameter_count
from bpengine.wording import either, must_be

KERNELS = ("auto", "numpy", "numba")
"""The names that `make_kernel` accepts. auto is numba where it works and is usually faster, else numpy."""

MAX_NUMBA_WORK = 2**14
"""Parameters times the samples per batch after the first, up to which numba is faster.

NumPy's calls take about 10 microseconds per batch whatever its size. numba's loops take 1 ns per parameter
and sample, which is about 3 times NumPy's time for large products, but no more than NumPy's for one sample.
Measured with 10 to 64,000 parameters and batches of 1 to 441, with sgd and adam, the chosen kernel is the
faster one or takes at most 1.7 times as long.
"""


def numba_is_faster(sizes: tuple[int, ...], batch_size: int) -> bool:
    """Whether auto is numba, where it works.

    Args:
        sizes: the number of units of each layer, the inputs first.
        batch_size: the number of samples per update.
    """
    return parameter_count(sizes) * (batch_size - 1) <= MAX_NUMBA_WORK


def make_kernel(name: str, problem: Problem) -> Kernel:
    """A kernel for the problem. The first one with numba may take seconds to make; see `loading`.

    Args:
        name: one of `KERNELS`.
        problem: what to train on.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for by name and cannot be used.
    """
    if name not in KERNELS:
        raise ConfigError("kernel", must_be(either(KERNELS), name))
    if name == "numba" or (name == "auto" and numba_is_faster(problem.sizes, problem.batch_size)):
        try:
            return NumbaKernel(problem)
        except NumbaError as error:
            if name == "numba":
                raise ConfigError("kernel", str(error)) from None
    return NumpyKernel(problem)

"""Which kernel computes."""

from __future__ import annotations

from bpengine.errors import ConfigError
from bpengine.kernels.kernel import Kernel, Problem
from bpengine.kernels.loading import NumbaError
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpengine.network import parameter_count
from bpengine.wording import either

KERNELS = ("auto", "numpy", "numba")
"""The names that `make_kernel` knows. auto is numba where it works and is the faster one, else numpy."""

NUMBA_PAYS = 2**14
"""Up to about so many parameters times samples of a batch: NumPy's calls take some 15 microseconds a batch
whatever its size, and then its matrix products are several times as fast as numba's loops at 1 ns each."""


def make_kernel(name: str, problem: Problem) -> Kernel:
    """The kernel of that name. One with numba may take seconds the first time; see `loading`.

    Args:
        name: one of `KERNELS`.
        problem: what it shall train on.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for and can't be had.
    """
    if name not in KERNELS:
        raise ConfigError(f"kernel: {name[:40]!r} is not allowed: it takes {either(KERNELS)}")
    pays = parameter_count(problem.sizes) * problem.batch_size <= NUMBA_PAYS
    if name == "numba" or (name == "auto" and pays):
        try:
            return NumbaKernel(problem)
        except NumbaError as error:
            if name == "numba":
                raise ConfigError(f"kernel: {error}; pip install numba installs it") from None
    return NumpyKernel(problem)

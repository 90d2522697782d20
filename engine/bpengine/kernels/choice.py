"""Which kernel computes."""

from __future__ import annotations

from bpengine.errors import ConfigError
from bpengine.kernels.kernel import Kernel, Problem
from bpengine.kernels.loading import NumbaError
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.kernels.numpy_kernel import NumpyKernel

KERNELS = ("auto", "numpy", "numba")
"""The names that `make_kernel` knows. auto is numba where it works, else numpy."""


def make_kernel(name: str, problem: Problem) -> Kernel:
    """The kernel of that name. One with numba may take seconds the first time; see `loading`.

    Args:
        name: one of `KERNELS`.
        problem: what it shall train on.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for and can't be had.
    """
    if name not in KERNELS:
        raise ConfigError(f"kernel: {name[:40]!r} is not allowed: it takes {', '.join(KERNELS)}")
    if name != "numpy":
        try:
            return NumbaKernel(problem)
        except NumbaError as error:
            if name == "numba":
                raise ConfigError(f"kernel: {error}; pip install 'bptui[fast]' installs it") from None
    return NumpyKernel(problem)

"""Choosing the kernel that computes a run: machine code as soon as it is loaded, and NumPy until then."""

from __future__ import annotations

from collections.abc import Callable

from bpengine.errors import ConfigError
from bpengine.kernels import loading
from bpengine.kernels.kernel import Kernel, KernelProblem
from bpengine.kernels.numba_kernel import NumbaKernel
from bpengine.kernels.numpy_kernel import NumpyKernel
from bpwords import either, must_be

KERNELS = ("auto", "numpy", "numba")
"""The names of kernels, which all compute the same numbers: numpy uses no machine code, numba loads it first,
and auto begins with NumPy and continues in machine code once that is loaded."""
PATIENCE = 20_000
"""The samples that a run trains on with NumPy before it has machine code loaded in the background: about half
a second of training, which is as long as loading takes."""


def may_compile(name: str) -> bool:
    """Whether runs with this kernel are trained in machine code, at once or once it is loaded."""
    return name != "numpy" and loading.is_installed()


def make_kernel(name: str, problem: KernelProblem) -> Kernel:
    """Return the fastest kernel that is ready now.

    Args:
        name: one of `KERNELS`. The first numba may take seconds to load; see `loading`.
        problem: what to train on.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for by name and can't be used.
    """
    is_loaded = loading.loaded() is not None if name == "auto" else _load(name, loading.load_numba)
    return NumbaKernel(problem) if is_loaded else NumpyKernel(problem)


def _load(name: str, load: Callable[[], object]) -> bool:
    """Load machine code if the kernel of this name may use it; return whether it is there.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for by name and can't be used.
    """
    if name not in KERNELS:
        raise ConfigError("kernel", must_be(either(KERNELS), name))
    if name == "numpy":
        return False
    try:
        load()
    except loading.NumbaError as error:
        if name == "numba":
            raise ConfigError("kernel", str(error)) from None
        return False
    return True


def better_kernel(name: str, kernel: Kernel, problem: KernelProblem, samples: int) -> Kernel:
    """Return a faster kernel for a run if there is one by now, and the same kernel if there is not.

    Args:
        name: one of `KERNELS`.
        kernel: the kernel of the run so far.
        problem: what it trains on.
        samples: how many samples it has trained on; after `PATIENCE`, machine code is loaded.
    """
    if name == "numpy" or isinstance(kernel, NumbaKernel):
        return kernel
    if loading.loaded():
        return NumbaKernel(problem)
    if samples > PATIENCE:
        loading.load_in_background()
    return kernel


def load_lanes_for(name: str) -> bool:
    """Load the machine code for runs side by side if it may be used; return whether it is there.

    Args:
        name: one of `KERNELS`.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for by name and can't be used.
    """
    return _load(name, loading.load_lanes)


def lanes_are_ready(name: str) -> bool:
    """Whether runs can be trained side by side now. If not, auto begins to load the machine code for that.

    Args:
        name: one of `KERNELS`. numba waits for the machine code; see `load_lanes_for`.

    Raises:
        ConfigError: there is no such kernel, or numba is asked for by name and can't be used.
    """
    if name != "auto":
        return load_lanes_for(name)
    loading.load_in_background(lanes=True)
    return loading.has_lanes()

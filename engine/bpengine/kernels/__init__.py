"""The kernels, which do the arithmetic of training: one interface and two implementations."""

from bpengine.kernels.choice import make_kernel
from bpengine.kernels.kernel import Kernel, Problem, Settings
from bpengine.optimizers import State

__all__ = ["Kernel", "Problem", "Settings", "State", "make_kernel"]

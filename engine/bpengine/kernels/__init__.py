"""Who does the arithmetic of training: one interface, and several ways to run it."""

from bpengine.kernels.choice import make_kernel
from bpengine.kernels.kernel import Kernel, Problem, Settings, State

__all__ = ["Kernel", "Problem", "Settings", "State", "make_kernel"]

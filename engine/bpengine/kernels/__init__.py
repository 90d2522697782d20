"""The kernels, which do the arithmetic of training: one interface and two implementations."""

from bpengine.kernels.choice import better_kernel, make_kernel, may_compile
from bpengine.kernels.kernel import Kernel, Problem
from bpengine.optimizers import State

__all__ = ["Kernel", "Problem", "State", "better_kernel", "make_kernel", "may_compile"]

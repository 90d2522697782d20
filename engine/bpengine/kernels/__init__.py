"""The kernels, which do the arithmetic of training: one interface and two implementations."""

from bpengine.kernels.choice import better_kernel, make_kernel, may_compile
from bpengine.kernels.kernel import EpochArrays, Kernel, KernelProblem
from bpengine.network.optimizers import OptimizerState

"""The types and numbers that all of the machine code shares."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from llvmlite import ir
from numba import boolean, float64, from_dtype, int64, njit, types, uint32, uint64
from numba.extending import intrinsic, overload

from bpengine.arithmetic import elementary, mixing
from bpengine.arithmetic.arrays import Array, IntArray

unsigned: Any = np.uint64
"""All sizes and indices have this type. To a type checker they are plain numbers."""

ONE: Any = unsigned(1)
TWO: Any = unsigned(2)
THREE: Any = unsigned(3)
LAYER_STRIDE: Any = unsigned(mixing.LAYER_STRIDE)
VECTOR: Any = unsigned(4)
"""The numbers that one instruction works on: LLVM uses vectors of 256 bits even where there are larger ones.
Layers of a single run have room for multiples of it."""
LAYER = np.dtype(
    [(name, unsigned) for name in ("inputs", "units", "weights", "biases", "below", "here", "activation")],
    align=True,
)
"""One layer: its size; where its weights (inputs x units, row by row) and its biases start among the
parameters; where the layer below and this layer start among all units, of which the network's inputs are the
first."""


def number_of(name: str) -> int:
    """The number that stands for an optimizer or activation in machine code, which knows no names."""
    return zlib.crc32(name.encode())


class Rules(NamedTuple):
    """What all runs have in common."""

    classification: bool
    optimizer: int
    batch_size: int
    in_blocks: bool
    """Whether the samples of a batch go through the layers in blocks; see `blocks`."""


class Coefficients(NamedTuple):
    """The hyperparameters that updates use, besides the learning rate; shape (lanes,) each.

    The fields have the names of `Hyperparameters`.
    """

    momentum: Array
    decay: Array
    l1: Array
    l2: Array
    clip: Array


def dropout_lanes(thresholds: list[Any], scales: list[float], keys: Any) -> Any:
    """Everything that dropout needs, as one array, since each array takes time in each call.

    Args:
        thresholds, scales: see `dropout`; one for each lane.
        keys: those of the epochs; shape (epochs, lanes).

    Returns:
        Rows of one number for each lane: the thresholds, the bits of the scales, scratch space for the keys
        of samples, and the keys of the epochs; flat, from the shape (3 + epochs, lanes).
    """
    rows = [np.array(thresholds, unsigned), np.array(scales).view(unsigned), keys[0]]
    return np.concatenate([*rows, keys.reshape(-1)])


class Samples(NamedTuple):
    """Inputs and targets, the same for all runs; shapes (samples, inputs) and (samples, outputs)."""

    inputs: Array
    targets: Array


class SampleChoice(NamedTuple):
    """The sample that each lane is to see."""

    learning: bool
    """Whether it is one to learn from, at a place in the order."""
    seen: Samples
    """All samples of this kind."""
    dropout: Any
    """By `dropout_lanes`; empty if no lane has dropout."""
    losses: Array
    """Receives their losses."""
    outputs: Array
    """Receives the outputs when learning, unless it is empty."""
    orders: IntArray
    at: int
    """Where the lanes' samples start in the orders when learning, and where their losses start."""
    epoch: int
    """The epoch of the call when learning, counted from 0."""
    position: int
    """Otherwise the sample, the same for all lanes."""


class Units(NamedTuple):
    """a, f'(z) and dL/dz of all units, the inputs of the network first; shape (units, lanes) each."""

    values: Array
    slopes: Array
    deltas: Array
    exp: Any
    """The constants of `elementary.exp`. Numbers that the compiler knows are loaded again in each round of a
    loop, by two instructions each."""


class StateArrays(NamedTuple):
    """The arrays of `OptimizerState`; shape (parameters, lanes), and (buffers, parameters, lanes) for the
    buffers."""

    parameters: Array
    buffers: Array
    gradient: Array
    frozen: IntArray
    """The parameters that every lane leaves as they are; shape (frozen,)."""


class Problem(NamedTuple):
    """What stays the same from call to call; see `KernelProblem`."""

    layers: Any
    """Records of `LAYER`; shape (layers,)."""
    rules: Rules
    samples: Samples
    test: Samples
    """Samples whose losses are measured at the end of each epoch; there may be none."""


class Course(NamedTuple):
    """The epochs of a call."""

    orders: IntArray
    """Flat, from the shape (epochs, samples, lanes)."""
    dropout: Any
    """See `SampleChoice`."""
    rates: Array
    """Flat, from the shape (epochs, lanes)."""
    epochs: int
    start: int
    """The beginning of a batch, or the stop of the last call."""
    stop: int
    """Any sample."""
    updates: int
    """The number of updates of each run before this call."""


class Scratch(NamedTuple):
    """What is of no use between two calls."""

    units: Units
    factors: Array
    """Shape (lanes,)."""
    kept: Array
    """See `training.keep`."""


class Results(NamedTuple):
    """What receives the results, the outputs those of the last epoch.

    All are flat, from the shapes (epochs, samples, lanes), (samples, outputs, lanes) and (epochs, test
    samples, lanes).
    """

    losses: Array
    outputs: Array
    test_losses: Array


NO_SUCH_SAMPLE: int = unsigned(0xFFFFFFFFFFFFFFFF)
"""What `train` returns if an order is wrong."""

OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False}
"""Without fastmath, sums keep their order and NaN its meaning. In NumPy's error model, x / 0 is inf
instead of an error."""

_VECTOR = float64[::1]
_SAMPLES = types.NamedUniTuple(types.Array(float64, 2, "C", readonly=True), 2, Samples)
_UNITS = types.NamedTuple([*[_VECTOR] * 3, types.UniTuple(float64, len(elementary.EXP))], Units)


def _signature(lanes: Any) -> Any:
    rules = types.NamedTuple([boolean, int64, int64, boolean], Rules)
    return uint64(
        lanes,
        types.NamedTuple([from_dtype(LAYER)[::1], rules, _SAMPLES, _SAMPLES], Problem),
        types.NamedUniTuple(_VECTOR, len(Coefficients._fields), Coefficients),
        types.NamedTuple([int64[::1], uint64[::1], _VECTOR, *[uint64] * 4], Course),
        types.NamedTuple([*[_VECTOR] * 3, int64[::1]], StateArrays),
        types.NamedTuple([_UNITS, _VECTOR, _VECTOR], Scratch),
        types.NamedUniTuple(_VECTOR, len(Results._fields), Results),
    )


ALONE, SIDE_BY_SIDE = _signature(types.UniTuple(uint64, 1)), _signature(uint64)
"""The types of the arguments and of the result of `train`: for a single run, and for any number of them."""


def _predict_signature(lanes: Any) -> Any:
    return types.void(
        lanes,
        from_dtype(LAYER)[::1],
        boolean,
        types.Array(float64, 2, "C", readonly=True),
        _VECTOR,
        _UNITS,
        _VECTOR,
    )


PREDICT, PREDICT_SIDE_BY_SIDE = _predict_signature(types.UniTuple(uint64, 1)), _predict_signature(uint64)
"""The types of the arguments of `predict`: for a single run, and for any number of them."""
SHUFFLE = types.void(uint32[::1], int64[::1], uint64, uint64, int64[::1], int64[::1])
"""The types of the arguments of `shuffle`."""

F = TypeVar("F", bound=Callable[..., Any])

WITHIN: dict[str, Any] = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For functions that Python does not call: compiling a way to call them would take time."""

INLINED = WITHIN | {"forceinline": True}

within: Callable[[F], F] = njit(**WITHIN)
"""Compiles a function that other functions call."""
inlined: Callable[[F], F] = njit(**INLINED)
"""Compiles a function into its callers."""
instruction: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic
"""Stands for instructions of the processor."""


@instruction
def one_by_one(typing_context: Any, k: Any) -> Any:  # noqa: ARG001  numba's own signature
    """Return k through an empty piece of assembly code, which the compiler can't see through.

    A short loop is faster with this call: the compiler then neither unrolls it nor uses vectors, and
    preparing either takes longer than the loop.
    """

    def same(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        kind = args[0].type
        nothing = ir.InlineAsm(ir.FunctionType(kind, [kind]), "", "=r,0")
        return builder.call(nothing, args, attrs=("readnone", "nounwind"))

    return uint64(uint64), same


def replacing(function: Callable[..., Any]) -> Callable[[F], F]:
    """Compile another function in place of this one; the decorated function returns it, given the types."""
    decorator: Callable[[F], F] = overload(function, strict=False, jit_options=INLINED)
    return decorator


def count(lanes: Any) -> Any:
    """The number of lanes: the length of a tuple, which is a constant, or the number itself."""
    return len(lanes) if isinstance(lanes, tuple) else lanes


@replacing(count)
def _count(lanes: Any) -> Any:
    if isinstance(lanes, types.BaseTuple):
        length = unsigned(len(lanes))
        return lambda lanes: length  # noqa: ARG005  numba passes it
    return lambda lanes: lanes


def is_alone(lanes: Any) -> bool:
    """Whether it is a single run: a constant, so that what is only for that is not compiled for many."""
    return isinstance(lanes, tuple)


@replacing(is_alone)
def _is_alone(lanes: Any) -> Any:
    alone = isinstance(lanes, types.BaseTuple)
    return lambda lanes: alone  # noqa: ARG005  numba passes it

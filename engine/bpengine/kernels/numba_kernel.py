"""The fast kernel, which hands whole epochs to machine code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from bpengine.arithmetic import elementary
from bpengine.arithmetic.arrays import Array, IntArray
from bpengine.arithmetic.generators import Generator, GeneratorState
from bpengine.config import TrainingConfig
from bpengine.kernels.kernel import MAX_CHUNK_WORK, EpochArrays, KernelProblem, work_per_sample
from bpengine.kernels.loading import Loaded, load_lanes, load_numba
from bpengine.kernels.regularization import Keys, epoch_keys, scale_of, threshold_of
from bpengine.network.losses import LOSSES
from bpengine.network.network import Network, parameter_count
from bpengine.network.optimizers import OPTIMIZERS, OptimizerState

SAMPLES_A_CALL = 2**16
"""The samples of a call. Even a small network then takes some milliseconds, far longer than a thread waits
for the interpreter after a call."""

EPOCHS_A_CALL = 512
"""The most epochs of a call, even with few samples: states to rewind to are stored only between calls."""
SAMPLES_SIDE_BY_SIDE = 2**17
"""The samples of a call for several lanes, which takes less time: a millisecond for small networks."""
SAMPLES_PREDICTED_AT_ONCE = 64
"""The samples of a call that predicts for several lanes: the values of all units fit into the cache."""
MAX_CALL_WORK = 2**26
"""The most work of a call (see `work_per_sample`) unless an epoch has more: about 0.1 s. Training can be
given up only between calls."""

FEWEST_IN_BLOCKS, FEWEST_IN_WIDE_BLOCKS, WIDE = 8, 2, 2**14
"""The samples of a batch from which on blocks are faster, and those from which on they are for networks with
so many parameters: measured with 18 to 50,000 parameters."""

_NO_DROPOUT: Keys = np.empty(0, np.uint64)


def blocks_pay(batch_size: int, sizes: tuple[int, ...]) -> bool:
    """Whether a run alone is faster with the samples of its batches in blocks; see `compiled.blocks`."""
    wide = parameter_count(sizes) >= WIDE
    return batch_size >= (FEWEST_IN_WIDE_BLOCKS if wide else FEWEST_IN_BLOCKS)


class NumbaKernel:
    """Trains with the functions of `compiled`, which are loaded when the kernel is made.

    Several runs that share the problem can be trained side by side, each in a lane of its own. A single run
    is one lane.

    Args:
        problem: what to train on.
        lanes: the number of runs.

    Raises:
        NumbaError: numba is missing or does not work.
    """

    name = "numba"

    def __init__(self, problem: KernelProblem, lanes: int = 1) -> None:
        self._loaded = loaded = load_numba()
        code = loaded if lanes == 1 else load_lanes()
        self._train, self._predict = code.train, code.predict
        self._compiled, self.lanes = loaded.module, lanes
        spacing = int(self._compiled.VECTOR) if lanes == 1 else 1
        rules = self._compiled.Rules(
            classification=problem.task == "classification",
            optimizer=self._compiled.number_of(problem.optimizer),
            batch_size=problem.batch_size,
            in_blocks=lanes == 1 and blocks_pay(problem.batch_size, problem.sizes),
        )
        if problem.test_inputs is None or problem.test_targets is None:
            test = self._of(problem.inputs[:0], problem.targets[:0])
        else:
            test = self._of(problem.test_inputs, problem.test_targets)
        self._problem = self._compiled.Problem(
            layers=_layers(self._compiled, problem.sizes, problem.activations, spacing),
            rules=rules,
            samples=self._of(problem.inputs, problem.targets),
            test=test,
        )
        samples = len(problem.inputs) + len(test.inputs)
        at_once = SAMPLES_A_CALL if lanes == 1 else SAMPLES_SIDE_BY_SIDE
        at_once = min(at_once, MAX_CALL_WORK // work_per_sample(problem.sizes))
        self.epochs_a_call = min(max(at_once // samples // lanes, 1), EPOCHS_A_CALL)
        self.chunk_size = max(MAX_CHUNK_WORK // work_per_sample(problem.sizes), 1)
        self._count = parameter_count(problem.sizes)
        self._buffers = len(OPTIMIZERS[problem.optimizer].buffers)
        places = sum(_whole(size, spacing) for size in problem.sizes)
        room = int(self._compiled.BLOCK) if rules.in_blocks else lanes
        self._units = self._compiled.Units(*np.zeros((3, places * room)), elementary.EXP)
        self._factors: Array = np.empty(lanes)
        self._kept: Array = np.empty(0)

    def _of(self, inputs: Array, targets: Array) -> Any:
        return self._compiled.Samples(_rows(inputs), _rows(targets))

    def train(
        self,
        state: OptimizerState,
        config: TrainingConfig | Sequence[TrainingConfig],
        rates: Array,
        arrays: EpochArrays,
        part: tuple[int, int],
        epoch: int = 0,
    ) -> None:
        """Train each lane as a run alone, with the same numbers to the last bit.

        Args:
            state: all lanes have had the same number of updates.
            config: the settings, or those of each lane.
            rates, arrays, part, epoch: see `Kernel.train`.

        All arrays have the lanes as their last axis, which they may lack for a single lane.
        """
        lanes, samples = self.lanes, len(self._problem.samples.inputs)
        orders, losses, outputs, test_losses = arrays
        configs = [config] if isinstance(config, TrainingConfig) else config
        epochs = rates.size // lanes
        coefficients = self._compiled.Coefficients(
            *(
                np.array([getattr(of_lane, name) for of_lane in configs], dtype=np.float64)
                for name in self._compiled.Coefficients._fields
            )
        )
        shapes = [
            (state.parameters, self._count),
            (state.buffers, self._buffers * self._count),
            (state.gradient, self._count),
            *((array, 1) for array in coefficients),
            (rates, epochs),
            (orders, epochs * samples),
            (losses, epochs * samples),
            (outputs, self._problem.samples.targets.size),
            (test_losses, epochs * len(self._problem.test.inputs)),
        ]
        for array, size in shapes:  # machine code does not check them
            if array.size != size * lanes or not array.flags.c_contiguous:
                raise ValueError(
                    f"an array has shape {array.shape} instead of {size} values for each of {lanes} lanes"
                )
        frozen = state.frozen
        if len(frozen) and not 0 <= frozen.min() <= frozen.max() < self._count:
            raise IndexError(f"a frozen parameter is outside the {self._count} parameters")
        if len(self._kept) != (1 + self._buffers) * len(frozen) * lanes:
            self._kept = np.empty((1 + self._buffers) * len(frozen) * lanes)
        if not 0 <= part[0] <= part[1] <= samples:
            raise IndexError(f"the part {part} is outside the {samples} samples")
        changing = (state.parameters, state.buffers, state.gradient)
        dropout, numbers = self._dropout(configs, epoch, epochs), (epochs, *part, state.updates)
        updates = self._train(
            (lanes,) if lanes == 1 else lanes,
            self._problem,
            coefficients,
            self._compiled.Course(orders.reshape(-1), dropout, rates.reshape(-1), *map(np.uint64, numbers)),
            self._compiled.StateArrays(*(array.reshape(-1) for array in changing), frozen),
            self._compiled.Scratch(self._units, self._factors, self._kept),
            self._compiled.Results(losses.reshape(-1), outputs.reshape(-1), test_losses.reshape(-1)),
        )
        if updates == self._compiled.NO_SUCH_SAMPLE:
            raise IndexError(f"the order has indices outside the {samples} samples")
        state.updates = updates

    def _dropout(self, configs: Sequence[TrainingConfig], first: int, epochs: int) -> Any:
        """What the machine code needs for dropout; empty without it."""
        shares = [config.dropout for config in configs]
        if not any(shares):
            return _NO_DROPOUT
        keys = np.stack([epoch_keys(config.seed, first, epochs) for config in configs], axis=-1)
        thresholds, scales = list(map(threshold_of, shares)), list(map(scale_of, shares))
        return self._compiled.dropout_lanes(thresholds, scales, keys)

    def predict_lanes(self, parameters: Array, inputs: Array) -> Array:
        """The outputs of each lane, with the same numbers, to the last bit, as `predict` has for a run alone.

        Args:
            parameters: shape (parameters, lanes).
            inputs: x; shape (samples, inputs).

        Returns:
            Shape (lanes, samples, outputs).
        """
        lanes, layers = self.lanes, self._problem.layers
        size, last = int(layers["units"].sum()), int(layers["units"][-1])
        if parameters.size != self._count * lanes or inputs.shape[1] != layers["inputs"][0]:
            raise ValueError(f"parameters of shape {parameters.shape} and inputs of shape {inputs.shape}")
        outputs: Array = np.empty((lanes, len(inputs), last))
        values: Array = np.empty((SAMPLES_PREDICTED_AT_ONCE, size, lanes))
        for start in range(0, len(inputs), SAMPLES_PREDICTED_AT_ONCE):
            samples = _rows(inputs[start : start + SAMPLES_PREDICTED_AT_ONCE])
            self._predict(
                (lanes,) if lanes == 1 else lanes,
                layers,
                self._problem.rules.classification,
                samples,
                np.ascontiguousarray(parameters).reshape(-1),
                self._units,
                values.reshape(-1),
            )
            outputs[:, start : start + len(samples)] = values[: len(samples), -last:].transpose(2, 0, 1)
        return outputs

    def make_generator(self, state: GeneratorState) -> Generator:
        """See `Kernel.make_generator`."""
        return self.make_generators([state])

    def make_generators(self, states: Sequence[GeneratorState]) -> CompiledGenerator:
        """Return the generators of the lanes."""
        return CompiledGenerator(self._loaded.shuffle, states)


class CompiledGenerator:
    """The Mersenne Twister of each lane, in machine code.

    Args:
        shuffle: `compiled.shuffle` as machine code.
        states: the first state of each lane's generator.
    """

    def __init__(self, shuffle: Callable[..., None], states: Sequence[GeneratorState]) -> None:
        self._shuffle = shuffle
        self._take(states)

    def _take(self, states: Sequence[GeneratorState]) -> None:
        self._others = states[0]
        self._keys = np.concatenate([state["state"]["key"] for state in states]).astype(np.uint32)
        self._positions: IntArray = np.array([state["state"]["pos"] for state in states], dtype=np.int64)

    @property
    def state(self) -> GeneratorState:
        """A copy of the state of the generator of a single run."""
        return self._others | {"state": {"key": self._keys.copy(), "pos": int(self._positions[0])}}

    @state.setter
    def state(self, state: GeneratorState) -> None:
        self._take([state])

    def shuffle(self, orders: IntArray) -> None:
        """Set each lane's orders as its run alone would; shape (epochs, samples, lanes).

        For a single lane, the shape may lack the last axis.
        """
        samples, lanes = orders.shape[1], len(self._positions)
        scratch: IntArray = np.empty(2 * samples + len(self._keys) // lanes, dtype=np.int64)
        self._shuffle(self._keys, self._positions, lanes, samples, scratch, orders.reshape(-1))


def predict(network: Network, inputs: Array, code: Loaded) -> list[Array]:
    """What `Network.layer_outputs` returns, by machine code.

    Args:
        network: the network.
        inputs: x; shape (samples, inputs).
        code: the machine code.
    """
    module, sizes = code.module, network.sizes
    spacing = int(module.VECTOR)
    layers = _layers(module, sizes, network.activations, spacing)
    places = sum(_whole(size, spacing) for size in sizes)
    units = module.Units(*np.zeros((3, places)), elementary.EXP)
    values: Array = np.empty((len(inputs), sum(sizes[1:])))
    is_softmax, alone = network.loss == LOSSES["classification"], (1,)
    code.predict(alone, layers, is_softmax, _rows(inputs), network.parameters, units, values.reshape(-1))
    # As contiguous as NumPy's, since the sums of metrics depend on it.
    return [np.ascontiguousarray(part) for part in np.split(values, np.cumsum(sizes[1:-1]), axis=1)]


def _rows(samples: Array) -> Array:
    """Samples as the machine code takes them: rows of C, which nobody writes to."""
    view: Array = np.ascontiguousarray(samples).view()
    view.flags.writeable = False
    return view


def _layers(module: Any, sizes: tuple[int, ...], hidden: tuple[str, ...], spacing: int) -> Any:
    """Records of `compiled.LAYER`, given the sizes, and the activations of the hidden layers.

    Each layer has room for a multiple of `spacing` units. The output layer has the identity: a softmax is
    computed along with the loss.
    """
    rows: list[tuple[int, ...]] = []
    weights = below = 0
    for (inputs, units), activation in zip(pairwise(sizes), (*hidden, "identity"), strict=True):
        biases, here = weights + inputs * units, below + _whole(inputs, spacing)
        rows.append((inputs, units, weights, biases, below, here, module.number_of(activation)))
        weights, below = biases + units, here
    return np.array(rows, dtype=module.LAYER)


def _whole(size: int, spacing: int) -> int:
    """The smallest multiple of the spacing that is not below the size."""
    return -(-size // spacing) * spacing

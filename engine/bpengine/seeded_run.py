"""`SeededRun`: the numbers of a run, whose random start is drawn when they are first needed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from bpengine.arrays import Array, same_bits, untouched_zeros
from bpengine.backup import Backup
from bpengine.config import TrainingConfig
from bpengine.generators import Generator, GeneratorState
from bpengine.kernels import Kernel, State
from bpengine.losses import LOSSES
from bpengine.network import Network
from bpengine.starts import Start, start_of


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What begins with the random start."""

    state: State
    network: Network
    """It shares the parameters of the state."""
    generator: Generator
    backup: Backup


class SeededRun:
    """The numbers of a run. Their random start is drawn when they are first needed, in whichever thread.

    Nothing else that a new run needs takes as long for a large network, so that a run can be begun, and its
    settings be shown, before it is drawn. When it is drawn makes no difference to the numbers.

    Args:
        like: another run, whose start is used if it is drawn already and the same.
    """

    sizes: tuple[int, ...]
    kernel: Kernel
    _config: TrainingConfig

    def __init__(self, like: SeededRun | None) -> None:
        self._known_start: Start | None = None if like is None else like._start or like._known_start
        self._start: Start | None = None
        self._copied: Array | None = None
        self._numbers: Numbers | None = None
        self._drawing = threading.RLock()

    @property
    def is_drawn(self) -> bool:
        """Whether the random start was drawn."""
        return self._numbers is not None

    def draw(self) -> Numbers:
        """Draw the random start if it is not drawn yet, and return the numbers of the run."""
        if self._numbers is not None:
            return self._numbers
        with self._drawing:
            if self._numbers is None:
                self._start = start = start_of(self._config, self.sizes, self._known_start)
                self._known_start, self._copied = None, start.parameters
                count = len(start.parameters)
                state = State(
                    start.parameters.copy(), untouched_zeros(count), untouched_zeros(count), updates=0
                )
                self._take_numbers(state, self._network_of(state), start.generator)
                try:
                    self._begin_record()
                except MemoryError:  # the next one who needs the numbers tries again
                    self._numbers = None
                    raise
            assert self._numbers is not None
            return self._numbers

    def _network_of(self, state: State) -> Network:
        """A network with the parameters of this state."""
        config = self._config
        return Network(self.sizes, config.activations, LOSSES[config.task], parameters=state.parameters)

    def _take_numbers(self, state: State, network: Network, generator: GeneratorState) -> None:
        backup = Backup(state, self._config.optimizer)
        self._numbers = Numbers(state, network, self.kernel.make_generator(generator), backup)

    def _begin_record(self) -> None:
        """Called when the start has been drawn and nothing has been trained."""

    def __getstate__(self) -> dict[str, Any]:
        """Return what is copied or pickled: the kernel and its generator, which may be machine code, by name
        and state."""
        numbers = self.draw()
        left_out = dict.fromkeys(("_start", "_known_start", "_copied", "_numbers", "_drawing"))
        copied = {
            "kernel": self.kernel.name,
            "_numbers": (numbers.state, numbers.network, numbers.generator.state),
        }
        return self.__dict__ | left_out | copied

    @property
    def network(self) -> Network:
        """The network being trained."""
        return self.draw().network

    @property
    def _state(self) -> State:
        return self.draw().state

    @property
    def _generator(self) -> Generator:
        return self.draw().generator

    @property
    def _backup(self) -> Backup:
        return self.draw().backup

    def parameters_now(self) -> Array:
        """Return a copy of the parameters, read-only; the same copy again while they have the same bits."""
        parameters, copied = self._state.parameters, self._copied
        if copied is None or not same_bits(copied, parameters):
            copied = self._copied = parameters.copy()
            copied.setflags(write=False)
        return copied

"""The kernel of the runs on screen: NumPy at first, and the compiled one once it is loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bpengine import Dataset, DivergedError, Trainer, TrainingConfig
from bpengine.kernels.choice import numba_is_faster
from bpengine.kernels.loading import (
    NumbaError,
    has_lanes,
    load_lanes,
    load_lanes_in_background,
    load_numba,
    load_numba_in_background,
)

MEASURED_MILLISECONDS = 20.0
"""How long each kernel trains when its speed is measured."""


class KernelChoice:
    """The requested kernel, and the one that is available so far.

    Args:
        wanted: auto, numpy or numba.

    Attributes:
        name: the kernel for a run that begins now: numpy until numba is loaded, then the requested one.
        settled: whether the choice is final, since nothing is left to load.
        waiting: whether numba was requested by name and is not loaded yet. Runs then begin after it is.
        has_lanes: whether the machine code for runs side by side is also loaded.
    """

    def __init__(self, wanted: str = "numpy") -> None:
        self._wanted = wanted
        self.name = "numpy"
        self.settled = wanted == "numpy"
        self.waiting = wanted == "numba"
        self.has_lanes = False
        self._may_have_lanes, self._loads_lanes = True, False

    @property
    def may_compile(self) -> bool:
        """Whether numba is requested, or used if it works."""
        return self._wanted != "numpy"

    def name_for(self, config: TrainingConfig, sizes: tuple[int, ...], samples: int) -> str:
        """The kernel of a run that begins now: numpy or numba.

        Args:
            config: the settings of the run.
            sizes: the number of units of each layer, the inputs first.
            samples: the number of training samples.
        """
        if self.name != "auto":
            return self.name
        return "numba" if numba_is_faster(sizes, config.batch_size or samples) else "numpy"

    def load(self, when_done: Callable[[bool], object]) -> None:
        """Load numba in a thread if it may be used; runs use it after `take`.

        Args:
            when_done: called from that thread with whether numba is loaded. It must have `take` called
                in the thread that trains; otherwise a run that waits for numba could begin with NumPy.
        """
        if self._wanted != "numpy":
            load_numba_in_background(when_done)

    def take(self, loaded: bool) -> None:
        """Choose the requested kernel, or NumPy if numba could not be loaded, for the runs to come."""
        self.name = self._wanted if loaded else "numpy"
        self.waiting, self.settled = False, True

    def load_now(self) -> None:
        """Load numba if it may be used: a few seconds the first time, less than one afterwards."""
        if self.settled:
            return
        loaded = False
        with contextlib.suppress(NumbaError):
            load_numba()
            loaded = True
        self.take(loaded)

    def begin_lanes(self, *, in_background: bool) -> bool:
        """Load the machine code for runs side by side, unless it is loaded or being loaded.

        Args:
            in_background: whether to return before it is loaded.

        Returns:
            Whether there is such code, or may be after loading; see `has_lanes`.
        """
        self.has_lanes = self.has_lanes or has_lanes()
        if not in_background and not self.has_lanes:
            with contextlib.suppress(NumbaError):
                load_lanes()
                self.has_lanes = True
            self._may_have_lanes = self.has_lanes
        elif self._may_have_lanes and not self.has_lanes and not self._loads_lanes:
            self._loads_lanes = True
            load_lanes_in_background(self._take_lanes)
        return self._may_have_lanes

    def _take_lanes(self, loaded: bool) -> None:
        self.has_lanes = self._may_have_lanes = loaded


def speedup(
    config: TrainingConfig, source: Dataset | None, kernel: str, *, clock: Callable[[], float]
) -> float | None:
    """How many times as fast as with NumPy a new run would train; 1 if it would use NumPy.

    Both speeds are measured on separate runs. Returns None if a run is too short to measure.

    Args:
        config: the settings.
        source: the user's own data; None for the named data set.
        kernel: the kernel to compare; it is loaded.
        clock: returns the time in seconds from any starting point.
    """
    compiled = Trainer(config, source, kernel=kernel)
    if compiled.kernel.name == "numpy":
        return 1.0
    rates = [_samples_per_second(trainer, clock) for trainer in (Trainer(config, source), compiled)]
    return rates[1] / rates[0] if all(rates) else None


def _samples_per_second(trainer: Trainer, clock: Callable[[], float]) -> float:
    """The measured speed, without the slower first calls; 0 if the run ends before that."""
    try:
        trainer.run_for(MEASURED_MILLISECONDS / 4, clock=clock)
        start = clock()
        samples = trainer.run_for(MEASURED_MILLISECONDS, clock=clock)
        seconds = clock() - start
    except DivergedError:
        return 0.0
    return samples / seconds if seconds > 0 else 0.0

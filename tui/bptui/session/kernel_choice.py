"""The kernel of the runs on screen: NumPy at first, and the compiled one once it is loaded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from bpengine import Dataset, DivergedError, Trainer, TrainingConfig
from bpengine.kernels.loading import (
    NumbaError,
    has_lanes,
    load_lanes,
    load_lanes_in_background,
    load_numba,
    load_numba_in_background,
)

MEASURED_MILLISECONDS = 20.0
"""How long each kernel trains to find out how fast it is."""


class KernelChoice:
    """The kernel that was asked for, and the one that is available by now.

    Args:
        wanted: auto, numpy or numba.

    Attributes:
        name: the kernel for a run that begins now: numpy until numba is loaded, then the wanted one.
        settled: whether the kernel no longer changes, since nothing is left to load.
        waiting: whether numba was asked for by name and is not loaded yet. Runs then begin when it is.
        has_lanes: whether the machine code for runs side by side is loaded, too.
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
        """Whether numba is wanted, or used where it works."""
        return self._wanted != "numpy"

    def load(self, when_done: Callable[[bool], object]) -> None:
        """Load numba in a thread if it is wanted; the runs use it from `take` on.

        Args:
            when_done: called from that thread, with whether numba is loaded. It has `take` called where the
                runs are trained: otherwise a run that waits for numba could begin with NumPy in between.
        """
        if self._wanted != "numpy":
            load_numba_in_background(when_done)

    def take(self, loaded: bool) -> None:
        """Choose the wanted kernel, or NumPy if numba could not be loaded, for the runs that begin now."""
        self.name = self._wanted if loaded else "numpy"
        self.waiting, self.settled = False, True

    def load_now(self) -> None:
        """Load numba if it is wanted: some seconds the first time, and a fraction of one afterwards."""
        if self.settled:
            return
        loaded = False
        with contextlib.suppress(NumbaError):
            load_numba()
            loaded = True
        self.take(loaded)

    def begin_lanes(self, *, in_background: bool) -> bool:
        """Load the machine code for runs side by side, unless that has been done or has begun.

        Args:
            in_background: whether to return at once, before it is loaded.

        Returns:
            Whether there is such code or may be; see `has_lanes`.
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
    """How many times as fast as NumPy a new run with these settings would train; 1 if NumPy would train it.

    Both are measured on runs of their own. None if there was too little to measure.

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
    """The measured speed, without the first calls, which are slower; 0 if the run ends before."""
    try:
        trainer.run_for(MEASURED_MILLISECONDS / 4, clock=clock)
        start = clock()
        samples = trainer.run_for(MEASURED_MILLISECONDS, clock=clock)
        seconds = clock() - start
    except DivergedError:
        return 0.0
    return samples / seconds if seconds > 0 else 0.0

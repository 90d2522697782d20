"""The training speed on screen: the speeds to choose from, and the measured epochs per second."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Clock = Callable[[], float]
"""Returns seconds since any fixed point in time."""
TICK_SECONDS = 1 / 50
"""Seconds from one tick to the next."""
WHOLE_RUN_SECONDS = 10.0
"""How long a whole run takes at the initial speed."""
WINDOW_SECONDS = 0.5
"""The time over which epochs per second are measured."""


class Speed(NamedTuple):
    """A limit for the training of one tick: a number of samples or epochs, a share of the run, or none."""

    label: str
    samples: int = 0
    epochs: int = 0
    share: float = 0.0
    """A share of the whole run, from 0 to 1."""

    def limit(self, samples: int, epochs: int) -> int | None:
        """The most samples that one tick trains on; None for as many as its time allows.

        Args:
            samples: the samples of the data set.
            epochs: the epochs of the run.
        """
        if self.share:
            return max(1, round(self.share * samples * epochs))
        return self.samples or self.epochs * samples or None


SPEEDS = (
    Speed("1 sample/tick", samples=1),
    Speed("10 samples/tick", samples=10),
    Speed("1 epoch/tick", epochs=1),
    Speed(f"run in {WHOLE_RUN_SECONDS:.0f} s", share=TICK_SECONDS / WHOLE_RUN_SECONDS),
    Speed("full speed"),
)
SPEED = {speed.label: speed for speed in SPEEDS}
"""The speeds by their labels."""
FIRST_SPEED = 3
"""The index of the initial speed: slow enough to see the network learn."""


class SpeedControl:
    """The chosen and the measured speed.

    Args:
        clock: the clock.

    Attributes:
        clock: the same.
        chosen: the chosen speed.
        epochs_per_second: the speed in the last window, drawing included; None until a window has ended.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.chosen = SPEEDS[FIRST_SPEED]
        self.epochs_per_second: float | None = None
        self._window_start: tuple[float, float] | None = None

    def choose(self, speed: Speed) -> None:
        """Train at this speed from now on."""
        self.chosen = speed
        self.measure_again()

    def measure_again(self) -> None:
        """Begin another window with the next `measure`; the last result stays until that window ends."""
        self._window_start = None

    def measure(self, epochs: float) -> None:
        """Record how many epochs, fractions included, are done."""
        now = self.clock()
        if self._window_start is None:
            self._window_start = (now, epochs)
            return
        start, before = self._window_start
        if now - start >= WINDOW_SECONDS:
            self.epochs_per_second = (epochs - before) / (now - start)
            self._window_start = (now, epochs)

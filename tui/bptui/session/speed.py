"""The training speed on screen: the speeds to choose from, and the measured epochs per second."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

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
FIRST_SPEED = 3
"""The index of the initial speed: slow enough to see the network learn."""


class SpeedControl:
    """The chosen and the measured speed.

    Args:
        clock: returns seconds since any fixed point in time.

    Attributes:
        epochs_per_second: the speed in the last window, drawing included; None until a window has ended.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chosen = FIRST_SPEED
        self.epochs_per_second: float | None = None
        self._window_start: tuple[float, float] | None = None

    @property
    def speed(self) -> Speed:
        """The chosen speed."""
        return SPEEDS[self._chosen]

    def choose(self, label: str) -> None:
        """Choose a speed by its label."""
        self._chosen = [speed.label for speed in SPEEDS].index(label)
        self.measure_again()

    def change(self, direction: int) -> str:
        """Choose the next faster (1) or slower (-1) speed, and return a sentence that says which."""
        self._chosen = min(max(self._chosen + direction, 0), len(SPEEDS) - 1)
        self.measure_again()
        edge = {0: ", the slowest", len(SPEEDS) - 1: ", the fastest"}.get(self._chosen, "")
        return f"{self.speed.label[0].upper()}{self.speed.label[1:]}{edge}."

    def measure_again(self) -> None:
        """Begin another window with the next `measure`; the last result stays until that window ends."""
        self._window_start = None

    def measure(self, epochs: float) -> None:
        """Record how many epochs, fractions included, are done."""
        now = self._clock()
        if self._window_start is None:
            self._window_start = (now, epochs)
            return
        start, before = self._window_start
        if now - start >= WINDOW_SECONDS:
            self.epochs_per_second = (epochs - before) / (now - start)
            self._window_start = (now, epochs)

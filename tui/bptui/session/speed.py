"""How fast a run goes on screen: the speeds to choose from, and how many epochs a second come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

TICK_SECONDS = 1 / 50
"""From one tick to the next."""
WATCH_SECONDS = 10.0
"""How long a whole run takes at the pace to watch it."""
WINDOW_SECONDS = 0.5
"""Over which epochs a second are measured."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How much a tick trains at the most."""

    label: str
    samples: int = 0
    epochs: int = 0
    share: float = 0.0
    """Of the whole run."""

    def limit(self, samples: int, epochs: int) -> int | None:
        """In samples, for so many of them and a run of so many epochs; None for as many as time allows."""
        if self.share:
            return max(1, round(self.share * samples * epochs))
        return self.samples or self.epochs * samples or None


SPEEDS = (
    Speed("1 sample a tick", samples=1),
    Speed("10 samples a tick", samples=10),
    Speed("1 epoch a tick", epochs=1),
    Speed(f"a run in {WATCH_SECONDS:.0f} s", share=TICK_SECONDS / WATCH_SECONDS),
    Speed("flat out"),
)
FIRST_SPEED = 3
"""Slow enough to see it learn."""


class SpeedControl:
    """The chosen speed and the measured one.

    Args:
        clock: seconds, from anywhere.

    Attributes:
        epochs_per_second: over the last window, drawing included; None where nothing was measured.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chosen = FIRST_SPEED
        self.epochs_per_second: float | None = None
        self._from: tuple[float, float] | None = None

    @property
    def speed(self) -> Speed:
        """The chosen one."""
        return SPEEDS[self._chosen]

    def change(self, direction: int) -> str:
        """Go faster (1) or slower (-1); say how fast it is now."""
        self._chosen = min(max(self._chosen + direction, 0), len(SPEEDS) - 1)
        self.measure_anew()
        edge = {0: ", the slowest", len(SPEEDS) - 1: ", the fastest"}.get(self._chosen, "")
        return f"Speed: {self.speed.label}{edge}."

    def measure_anew(self) -> None:
        """Begin another window with the next `measure`; the last figure stands until that has ended."""
        self._from = None

    def measure(self, epochs: float) -> None:
        """Note how many epochs, with their parts, are done by now."""
        now = self._clock()
        if self._from is None:
            self._from = (now, epochs)
            return
        start, before = self._from
        if now - start >= WINDOW_SECONDS:
            self.epochs_per_second = (epochs - before) / (now - start)
            self._from = (now, epochs)

"""Contenders timed in turn, round after round, so that a slow moment of the machine hits them all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

Train = Callable[[int], object]
"""Goes on training for so many epochs."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    """How often each contender has its turn."""
    seconds: float
    """How long a turn is to take, about."""


def race(contenders: Mapping[str, Callable[[], Train]], samples: int, effort: Effort) -> dict[str, float]:
    """Each contender's microseconds per sample: the median over the rounds.

    Args:
        contenders: by name, what starts a fresh run; each turn has its own.
        samples: in one epoch.
        effort: how long to measure.
    """
    epochs = {name: _epochs_that_take(effort.seconds, start()) for name, start in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(effort.rounds):
        for name, start in contenders.items():
            train = start()
            train(1)
            seconds = timed(partial(train, epochs[name]))
            times[name].append(seconds / (epochs[name] * samples) * 1e6)
    return {name: statistics.median(measured) for name, measured in times.items()}


def timed(action: Callable[[], object]) -> float:
    """The seconds that it takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def _epochs_that_take(seconds: float, train: Train) -> int:
    """So many, about; found by doubling, which warms up as well."""
    epochs = 1
    while (taken := timed(partial(train, epochs))) < seconds / 4:
        epochs *= 2
    return max(1, round(epochs * seconds / taken))

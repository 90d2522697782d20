"""Contenders timed in turn, round after round, so that a slow moment of the machine hits them all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to train."""

    name: str
    start: Callable[[], Callable[[], object]]
    """Makes a fresh run; calling what it returns trains for one epoch."""


def race(
    contenders: Sequence[Contender],
    *,
    epochs: int,
    steps_per_epoch: int,
    rounds: int,
) -> dict[str, float]:
    """Each contender's microseconds per training step: the median over the rounds.

    Args:
        contenders: they do the same work; each round starts them anew.
        epochs: how many a round trains, after one to warm up.
        steps_per_epoch: training steps in one epoch.
        rounds: how often each has its turn.
    """
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            run_epoch = contender.start()
            run_epoch()
            begin = time.perf_counter()
            for _ in range(epochs):
                run_epoch()
            seconds = time.perf_counter() - begin
            times[contender.name].append(seconds / (epochs * steps_per_epoch) * 1e6)
    return {name: statistics.median(measured) for name, measured in times.items()}

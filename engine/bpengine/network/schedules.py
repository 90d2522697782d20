"""The schedules, which change the learning rate over the epochs, by name in `SCHEDULES`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bpengine.arithmetic.elementary import cos, exp, log, power
from bpengine.choices import Choice, by_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Choice):
    """A rule for the learning rate. Its formula has η, the epoch e, the schedule's epochs T and factor γ."""

    multiple: Callable[[int, int, float], float]
    """(e counted from 0, T, γ) -> the learning rate of this epoch divided by η."""
    changes: bool = True
    """Whether the learning rate changes at all; otherwise T and γ have no effect."""


def _constant(_epoch: int, _length: int, _factor: float) -> float:
    return 1.0


def _step(epoch: int, length: int, factor: float) -> float:
    return power(factor, epoch // length)


def _exponential(epoch: int, length: int, factor: float) -> float:
    if factor == 0:  # which has no logarithm
        return 1.0 if epoch == 0 else 0.0
    return power(factor, epoch // length) * float(exp(epoch % length / length * log(factor)))


def _cosine(epoch: int, length: int, factor: float) -> float:
    """I. Loshchilov and F. Hutter, ICLR 2017, without restarts."""
    part = min(epoch / length, 1.0)
    return factor + (1 - factor) * (1 + float(cos(math.pi * part))) / 2


SCHEDULES = by_name(
    Schedule(
        name="constant",
        formula="η",
        help="The learning rate stays the same.",
        multiple=_constant,
        changes=False,
    ),
    Schedule(
        name="step",
        formula="η γ^⌊e / T⌋",
        help="The learning rate jumps: it is multiplied by γ after every T epochs.",
        multiple=_step,
    ),
    Schedule(
        name="exponential",
        formula="η γ^(e / T)",
        help="The learning rate changes a little in every epoch, by γ over T epochs.",
        multiple=_exponential,
    ),
    Schedule(
        name="cosine",
        formula="η (γ + (1 - γ) (1 + cos(π min(1, e / T))) / 2)",
        help="The learning rate glides down to γ times its value in T epochs, and stays there.",
        multiple=_cosine,
    ),
)

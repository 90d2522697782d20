"""Sweeps: every combination of the values of settings, from several starts."""

from bpengine.many.sweeps.axes import SweepAxis, parse_axis
from bpengine.many.sweeps.sweep import Result, Sweep

__all__ = ["Result", "Sweep", "SweepAxis", "parse_axis"]

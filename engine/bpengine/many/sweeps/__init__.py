"""Sweeps: every combination of the values of settings, from several starts."""

from bpengine.many.sweeps.axes import Axis, parse_axis
from bpengine.many.sweeps.sweep import Result, Sweep

__all__ = ["Axis", "Result", "Sweep", "parse_axis"]

"""Sweeps: every combination of the values of settings, from several starts."""

from bpengine.many.sweeps.sweep import Result, Sweep, SweepAxis, parse_axis

__all__ = ["Result", "Sweep", "SweepAxis", "parse_axis"]

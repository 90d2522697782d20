"""Many runs: trained side by side in chunks, and swept over the values of settings."""

from bpengine.sweeps.axes import Axis, parse_axis
from bpengine.sweeps.chunks import train_chunk
from bpengine.sweeps.executing import outcomes_as_they_come
from bpengine.sweeps.sweep import Result, Sweep

__all__ = ["Axis", "Result", "Sweep", "outcomes_as_they_come", "parse_axis", "train_chunk"]

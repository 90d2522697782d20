"""Checkpoints: `save` a run to a file, and `load` it to continue as if it had not stopped."""

from bpengine.checkpoint.saving import load, load_with_numpy, save

__all__ = ["load", "load_with_numpy", "save"]

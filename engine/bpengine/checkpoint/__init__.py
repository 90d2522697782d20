"""Checkpoints: `save` a run to a file, and `load` it to continue as if it had not stopped."""

from bpengine.checkpoint.runs import SavedRun
from bpengine.checkpoint.saving import load, read, save, write

__all__ = ["SavedRun", "load", "read", "save", "write"]

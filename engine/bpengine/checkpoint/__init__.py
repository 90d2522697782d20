"""Checkpoints: `save` a run to a file, and `load` it to continue as if it had not stopped."""

from bpengine.checkpoint.saving import load, read, save, write

__all__ = ["load", "read", "save", "write"]

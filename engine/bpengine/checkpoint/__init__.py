"""Checkpoints: `save` a run to a file, and `load` it to continue as if it had not stopped."""

from bpengine.checkpoint.saving import from_bytes, load, read, save, to_bytes, write

__all__ = ["from_bytes", "load", "read", "save", "to_bytes", "write"]

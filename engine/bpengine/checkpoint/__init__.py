"""A run kept in a file: `save` it, and `load` it to go on to the last bit as if it had never stopped."""

from bpengine.checkpoint.saving import load, save

__all__ = ["load", "save"]

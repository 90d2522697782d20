"""A run kept in a file: `save` it, and `load` it to go on to the last bit as if it had never stopped."""

from bpengine.checkpoint.saving import load, load_to_look_at, save

__all__ = ["load", "load_to_look_at", "save"]

"""Checkpoints: `save` a run to a file, and `load` it to continue as if it had not stopped."""

from bpengine.checkpoint.parsing import parse_json
from bpengine.checkpoint.runs import (
    SavedRun,
    UnknownSettingError,
    decode_config,
    decode_run,
    encode_config,
    encode_run,
)
from bpengine.checkpoint.saving import load, load_with_numpy, read, save
from bpengine.checkpoint.values import DamagedError

__all__ = [
    "DamagedError",
    "SavedRun",
    "UnknownSettingError",
    "decode_config",
    "decode_run",
    "encode_config",
    "encode_run",
    "load",
    "load_with_numpy",
    "parse_json",
    "read",
    "save",
]

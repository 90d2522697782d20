"""What a training program imports so that it can be steered from a terminal; docs/steering.md shows how.

It needs nothing but the standard library, and starts no process.
"""

from __future__ import annotations

from bptui.steer.pytorch import torch_settings, torch_state
from bptui.steer.run import Run
from bptui.steer.settings import ChoiceSetting, Number, Setting, Switch

__all__ = ["Run", "Setting", "choice", "number", "start", "switch", "torch_settings", "torch_state"]

start = Run
number, choice, switch = Number, ChoiceSetting, Switch

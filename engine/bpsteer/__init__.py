"""What a training program imports so that it can be steered from a terminal; docs/steering.md shows how.

It needs nothing but the standard library, and starts no process.
"""

from __future__ import annotations

from bpsteer.pytorch import torch_settings, torch_state
from bpsteer.run import Run
from bpsteer.settings import ChoiceSetting, Number, Setting, Switch

__all__ = ["Run", "Setting", "choice", "number", "start", "switch", "torch_settings", "torch_state"]

start = Run
number, choice, switch = Number, ChoiceSetting, Switch

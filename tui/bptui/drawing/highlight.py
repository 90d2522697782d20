"""What the box highlights in the picture of a network: units, and the numbers of the step so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bptui.drawing.unit_position import Place


@dataclass(frozen=True, slots=True)
class Highlight:
    """The numbers in the units, and which units stand out. The inputs are layer -1."""

    numbers: Mapping[Place, str]
    """What each unit or input shows in place of the bias, in at most five characters. Others show nothing."""
    places: frozenset[Place] = frozenset()
    """The units and inputs that stand out."""

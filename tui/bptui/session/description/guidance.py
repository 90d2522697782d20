"""How much of the numbers of a step is worked for the reader, in the box and on worksheets."""

from __future__ import annotations

from enum import Enum


class Guidance(Enum):
    """What is shown of a number that is asked for."""

    WORKED = "worked"
    """The formula and the formula with numbers."""
    HALF = "half worked"
    """The formula alone."""
    NONE = "all yours"
    """Only the name."""

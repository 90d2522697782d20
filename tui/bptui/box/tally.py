"""The tally of predictions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """How many predictions were right, as long as the screen is open."""

    signs: int = 0
    right_signs: int = 0
    values: int = 0
    right_values: int = 0

    def in_words(self) -> str:
        """The tally in a few words; empty before the first prediction."""
        if not self.signs:
            return ""
        return f"right: {self.right_signs} of {self.signs} signs, {self.right_values} of {self.values} values"

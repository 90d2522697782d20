"""The score of right and wrong predictions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Score:
    """Counts the predictions, and how many were right, while the app runs."""

    signs: int = 0
    right_signs: int = 0
    values: int = 0
    right_values: int = 0

    def in_words(self) -> str:
        """The score as a short text; empty before the first prediction."""
        if not self.signs:
            return ""
        return f"right: {self.right_signs} of {self.signs} signs, {self.right_values} of {self.values} values"

"""The exception for a formula that can't be read."""

from __future__ import annotations

from bpengine.errors import DataError


class FormulaError(DataError):
    """A text is not a formula.

    Attributes:
        column: the position of the problem, counted from 1; at the end of the text, its length plus 1.
        reason: what is wrong there, and what is allowed.
    """

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason

    def __str__(self) -> str:
        return f"column {self.column}: {self.reason}"

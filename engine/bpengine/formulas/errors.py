"""The exception for a formula that can't be read."""

from __future__ import annotations

from bpengine.errors import DataError


class FormulaError(DataError):
    """A text is no formula.

    Attributes:
        column: where in the text, counted from 1; one more than the length of the text at its end.
        reason: what is wrong there, and what is allowed.
    """

    def __init__(self, column: int, reason: str) -> None:
        super().__init__(column, reason)
        self.column = column
        self.reason = reason

    def __str__(self) -> str:
        return f"column {self.column}: {self.reason}"

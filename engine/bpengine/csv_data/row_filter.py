"""Leaving out rows because of missing values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpengine.csv_data.survey import ColumnSurvey
from bpengine.csv_data.table import Row


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Decides which rows are left out. Rows without a target always are."""

    features: Sequence[ColumnSurvey]
    target: ColumnSurvey
    drop: bool
    """Whether rows with a missing feature are left out."""

    def leaves_out(self, row: Row) -> bool:
        """Whether the row is left out."""
        if self.target.is_missing(row.cells[self.target.column.index]):
            return True
        return self.drop and any(
            survey.is_missing(row.cells[survey.column.index]) for survey in self.features
        )

"""The text of two valid CSV files: one for regression and one for classification."""

from __future__ import annotations

XY = "x,y\n1,2\n3,4\n"
POINTS = "x,y,label\n1,2,b\n3,4,a\n5,6,b\n"

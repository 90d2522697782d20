"""Figures as text: what a figure is, and how it becomes rows of characters in a few looks."""

from bptui.drawing.figure import LOG_FLOOR, Axis, Figure, Kind, Series, Shade, axis_over, nice_ticks
from bptui.drawing.plot import Run, draw

__all__ = [
    "LOG_FLOOR",
    "Axis",
    "Figure",
    "Kind",
    "Run",
    "Series",
    "Shade",
    "axis_over",
    "draw",
    "nice_ticks",
]

"""Figures as text: what a figure is, and how it becomes rows of characters in a few looks."""

from bptui.plotting.drawing import Run, draw
from bptui.plotting.figure import LOG_FLOOR, Axis, Figure, Kind, Series, Shade, axis_over, nice_ticks

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

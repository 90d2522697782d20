"""Pictures as rows of spans: plots through plotext, the network, and the hidden units' maps."""

from bptui.drawing.axis import (
    LOG_FLOOR,
    Axis,
    axis_around,
    axis_over,
    class_axis,
    in_columns,
    log_axis,
    nice_ticks,
)
from bptui.drawing.density import with_density
from bptui.drawing.figure import ColorMap, Figure, Kind, Series, Shade
from bptui.drawing.plot import coarse_kinds, draw
from bptui.drawing.roles import ROLES, Role, class_role
from bptui.drawing.scales import SHADES, Scale
from bptui.drawing.spans import Legend, Span

__all__ = [
    "LOG_FLOOR",
    "ROLES",
    "SHADES",
    "Axis",
    "ColorMap",
    "Figure",
    "Kind",
    "Legend",
    "Role",
    "Scale",
    "Series",
    "Shade",
    "Span",
    "axis_around",
    "axis_over",
    "class_axis",
    "class_role",
    "coarse_kinds",
    "draw",
    "in_columns",
    "log_axis",
    "nice_ticks",
    "with_density",
]

"""Pictures as rows of spans: plots through plotext, the network, and the hidden units' maps."""

from bptui.screen.drawing.axis import (
    LOG_FLOOR,
    Axis,
    axis_around,
    axis_over,
    class_axis,
    column_axis,
    log_axis,
    nice_ticks,
)
from bptui.screen.drawing.color_scales import SHADES, Scale
from bptui.screen.drawing.figure import ColorMap, Figure, Kind, Series, Shade
from bptui.screen.drawing.plot import coarse_kinds, draw, with_density
from bptui.screen.drawing.roles import ROLES, Role, class_role, faint_role, tested_role, wrong_role
from bptui.screen.drawing.sheet import Sheet
from bptui.screen.drawing.spans import Legend, Span

"""The regression tab: the function to fit and what the network makes of it."""

from __future__ import annotations

import numpy as np

from bptui.plotting import Axis, Figure, Kind, Series
from bptui.snapshot import Snapshot
from bptui.views.run_view import RunView

_PI_TICKS = tuple((k * np.pi / 2, label) for k, label in enumerate(("0", "π/2", "π", "3π/2", "2π")))
_X = Axis(0, 2 * np.pi, _PI_TICKS)
_Y = Axis(-1.3, 1.3, tuple((tick, f"{tick:5.1f}") for tick in (-1.0, -0.5, 0.0, 0.5, 1.0)))


class RegressionView(RunView):
    """Target dashed, the network's outputs as +."""

    def plot_figure(self, snapshot: Snapshot) -> tuple[Figure, str]:
        """Both over x; outputs beyond the axis are counted in the legend."""
        curve = np.linspace(_X.low, _X.high, 200)
        x = snapshot.dataset.coordinates[:, 0]
        y = snapshot.outputs[:, 0]
        figure = Figure(
            _X,
            _Y,
            (
                Series(curve, snapshot.dataset.truth(curve), "target", Kind.DASHED),
                Series(x, y, "output", Kind.POINTS, "+"),
            ),
        )
        beyond = int((np.abs(y) > _Y.high).sum())
        note = f" ({beyond} off)" if beyond else ""
        return figure, f"╌ sine  + network{note}"

"""The classification tab: the border to learn and the class that the network gives each point."""

from __future__ import annotations

import numpy as np

from bptui.plotting import Axis, Figure, Kind, Series
from bptui.snapshot import Snapshot
from bptui.views.run_view import RunView

_TICKS = tuple((tick, f"{tick:5.1f}") for tick in (-1.0, -0.5, 0.0, 0.5, 1.0))
_X = Axis(-1.05, 1.05, tuple((tick, label.strip()) for tick, label in _TICKS))
_Y = Axis(-1.05, 1.05, _TICKS)


class ClassificationView(RunView):
    """Border dashed; points by predicted class, + above and x below; wrong ones ringed."""

    def plot_figure(self, snapshot: Snapshot) -> tuple[Figure, str]:
        """Points in the order right, border, wrong, so that what is wrong is never covered."""
        points = snapshot.dataset.coordinates
        predicted = snapshot.outputs.argmax(axis=1)
        wrong = predicted != snapshot.dataset.targets.argmax(axis=1)
        curve = np.linspace(_X.low, _X.high, 200)

        def at(chosen: np.ndarray, role: str, marker: str) -> Series:
            return Series(points[chosen, 0], points[chosen, 1], role, Kind.POINTS, marker)

        figure = Figure(
            _X,
            _Y,
            (
                at(~wrong & (predicted == 0), "above", "+"),
                at(~wrong & (predicted == 1), "below", "x"),
                Series(curve, snapshot.dataset.truth(curve), "target", Kind.DASHED),
                at(wrong & (predicted == 0), "wrong", "⊕"),
                at(wrong & (predicted == 1), "wrong", "⊗"),
            ),
        )
        return figure, f"+ above x below ⊕⊗ {wrong.sum():3} wrong"

"""The plot of what the starts of a cell of the map have learned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bptui.drawing import ROLES, Figure, Kind, Legend, Series, Span
from bptui.session.fits import CellFits
from bptui.views.classification import classification_figure
from bptui.views.regression import regression_figure

MAX_LINES = 32
"""The most fits that are drawn one by one: more would hide each other."""


def fits_figure(fits: CellFits) -> tuple[Figure, Legend]:
    """The median start, drawn as on its tab, and the other starts as lines behind it or as a cloud."""
    is_regression = fits.snapshot.run.config.task == "regression"
    figure, legend = (regression_figure if is_regression else classification_figure)(fits.snapshot)
    if fits.lines is None:
        return figure, legend
    steps = np.linspace(figure.x.low, figure.x.high, fits.lines.shape[1])
    others = [Series(steps, line, "median", Kind.DOTTED) for line in fits.lines[:MAX_LINES]]
    sign = Span(ROLES["compared"].sign, "median")
    return (
        replace(figure, series=(*others, *figure.series)),
        Legend.of(Legend.of(sign, f"{len(others)} starts"), legend),
    )

"""The plot of what the starts of a cell of the map have learned."""

from __future__ import annotations

from bptui.drawing import ROLES, Figure, Legend, Span
from bptui.session.fits import CellFits
from bptui.views.classification import classification_figure
from bptui.views.regression import regression_figure

MAX_LINES = 32
"""The most fits that are drawn one by one: more would hide each other."""


def fits_figure(fits: CellFits) -> tuple[Figure, Legend]:
    """The median start, drawn as on its tab, and the other starts as lines behind it or as a cloud."""
    if fits.lines is None:
        figures = {"regression": regression_figure, "classification": classification_figure}
        return figures[fits.snapshot.run.config.task](fits.snapshot)
    others = fits.lines[:MAX_LINES]
    figure, legend = regression_figure(fits.snapshot, others=list(others))
    sign = Span(ROLES["compared"].sign, "median")
    return figure, Legend.of(Legend.of(sign, f"{len(others)} starts"), legend)

"""Weights as bars."""

from __future__ import annotations

import numpy as np
import pytest

from bptui.screen.widgets.weight_bars import bar


@pytest.mark.parametrize(
    ("weight", "drawn"),
    [
        (1.0, "    │████"),
        (0.5, "    │██  "),
        (0.4, "    │█▌  "),
        (-0.4, "  ▐█│    "),
        (-1.0, "████│    "),
        (-9.0, "████│    "),
        (0.0, "    │    "),
        (np.nan, "    │    "),
        (np.inf, "    │████"),
    ],
)
def test_bars_are_as_long_as_their_weights(weight: float, drawn: str) -> None:
    assert bar(weight, 1.0, 4) == drawn
    assert bar(weight, 1.0, 0) == "│"

"""Series and axes of any kind, for tests by Hypothesis."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from bptui.screen.drawing import LOG_FLOOR, Axis, Kind, Series, log_axis
from tests.tui.support.plots import series

LARGEST = sys.float_info.max
ROLE_NAMES = ("fit", "target", "sample")
"""The roles of any series."""

ANYTHING = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(-2, 100),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 5e-324, 1e-12, 1e300, -1e300, math.nan, math.inf, -math.inf]),
)


@st.composite
def any_series(make: st.DrawFn) -> Series:
    length = make(st.sampled_from([0, 1, 2, 3, 10]))
    x, y = (make(st.lists(ANYTHING, min_size=length, max_size=length)) for _ in "xy")
    times = make(st.sampled_from([1, 1, 200]))  # long ones are thinned
    kind, role, marker = (make(st.sampled_from(choice)) for choice in (Kind, ROLE_NAMES, "+x⊕"))
    each = series(x * times, y * times, kind, role, marker)
    is_line, name = kind in (Kind.LINE, Kind.THICK), make(st.sampled_from([None, "", "A"]))
    return replace(each, pieces=is_line and make(st.booleans()), name=name)


@st.composite
def any_axis(make: st.DrawFn) -> Axis:
    low, high = make(
        st.sampled_from([(0, 1), (-1.3, 1.3), (0, 1e300), (-LARGEST, LARGEST), (1e-5, 1e-4), (0, 1e-300)])
        | st.sampled_from([(1e16, 1e16 + 2), (-1e16, -1e16 + 2), (5e-324, 1e-323), (0, LARGEST)])
        | st.tuples(st.floats(-1e6, 0), st.floats(1, 1e6))
    )
    if make(st.booleans()) and low >= 0:
        return log_axis(np.array([low, high]))
    ticks = make(st.lists(st.tuples(st.floats(low, high), st.sampled_from(["", "0", "-1.05", "1e-05"]))))
    return Axis(low, high, tuple(ticks), log=low >= 0 and high > LOG_FLOOR and make(st.booleans()))


WIDTHS, HEIGHTS = st.integers(0, 200), st.integers(0, 60)
SMALL = st.tuples(st.integers(0, 12), st.integers(0, 8))

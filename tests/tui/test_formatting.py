"""Numbers as text for people, of a fixed width where they stand in columns."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.formatting import unit_of
from bpwords import capitalized
from bpwords.numbers import (
    ERROR_WIDTH,
    change_text,
    coordinate,
    error_text,
    figure_text,
    median_text,
    number,
    percent,
    rate_text,
    ratio_text,
    share_text,
    signed,
    value_text,
    with_digits,
)

ERRORS = st.floats(0, 1e300)
FIGURES = (0.0, -0.0, 1e-300, 3.1416e-5, 0.0094, 0.021, 0.995, -0.414, 9.995, 1234.5, 2e6, math.inf, math.nan)
SHARES = (0, 0.001, 0.0099, 0.25, 0.99, 0.995, 0.999, 1, 9.9, 12345.6)


@pytest.mark.parametrize(
    ("written", "values", "texts"),
    [
        (number, FIGURES, "0|0|1e-300|3.14e-5|0.0094|0.021|0.995|-0.414|9.99|1234|2e6|inf|nan"),
        (error_text, FIGURES, "0|0|1.00e-300|3.14e-5|0.00940|0.0210|0.995|-0.414|9.99|1234|2.00e6|inf|nan"),
        (median_text, FIGURES, "0|0|1e-300|3.1e-5|0.0094|0.021|0.99|-0.41|10|1234|2e6|diverged|diverged"),
        (
            lambda x: figure_text(x, "error"),
            FIGURES,
            "0.0e0|-0.0e0|1.0e-300|3.1e-5|9.4e-3|2.1e-2|9.9e-1|-4.1e-1|1.0e1|1.2e3|2.0e6|div|",
        ),
        (ratio_text, FIGURES, "0|0|1e-300|3.1e-5|0.0094|0.021|0.99|-0.41|9.99|1200|2e6|inf|nan"),
        (signed, FIGURES, "+0.00|+0.00|+0.00|+0.00|+0.01|+0.02|+0.99|-0.41|+10.0|+1234|+2e6|+inf|nan"),
        (
            lambda x: signed(x, shows_small=True),
            FIGURES,
            "+0.00|+0.00|+0.00|+3e-5|+9e-3|+0.02|+0.99|-0.41|+10.0|+1234|+2e6|+inf|nan",
        ),
        (value_text, FIGURES, "0|-0|1e-300|3.142e-05|0.0094|0.021|0.995|-0.414|9.995|1234|2e+06|inf|nan"),
        (
            lambda x: with_digits(x, 5),
            (1.23456, 12345678, 0.9999999, 1 + 1e-15),
            "1.2346|1.2346e+07|0.9999999|1",
        ),
        (rate_text, SHARES, "0.0|0.0|0.0|0.2|1.0|1.0|1.0|1.0|9.9|12,346"),
        (share_text, SHARES, "0%|0%|1%|25%|99%|100%|100%|100%|990%|1234560%"),
        (
            lambda x: share_text(x, 1),
            SHARES,
            "0.0%|0.1%|1.0%|25.0%|99.0%|99.5%|99.9%|100.0%|990.0%|1234560.0%",
        ),
        (percent, SHARES, "0%|under 1%|under 1%|25%|99%|over 99%|over 99%|100%|990%|1234560%"),
    ],
)
def test_a_figure_keeps_its_text(
    written: Callable[[float], str], values: tuple[float, ...], texts: str
) -> None:
    assert "|".join(map(written, values)) == texts


@given(ERRORS)
def test_an_error_fits_its_column_and_is_right_to_three_digits(error: float) -> None:
    text = error_text(error)
    assert len(text) <= ERROR_WIDTH or error < 1e-99
    assert float(text) == pytest.approx(error, rel=0.00501, abs=1e-300)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("price (k$)", " k$"), ("length [cm]", " cm"), ("sin(x)", ""), ("(a)", ""), ("price", ""), ("x (", "")],
)
def test_a_unit_stands_in_parentheses_at_the_end_of_a_name(name: str, unit: str) -> None:
    assert unit_of(name) == unit


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (2.0, 1.0, "  -50%"),
        (1.0, 1.0, " +0.0%"),
        (1.0, 0.9512, " -4.9%"),
        (1.0, 0.0, " -100%"),
        (1.0, 3.0, " +200%"),
        (1.0, 1e9, "+9999%"),
        (0.0, 1.0, "     –"),
    ],
)
def test_a_change_is_in_percent(before: float, after: float, text: str) -> None:
    assert change_text(before, after) == text


@given(ERRORS, ERRORS)
def test_all_changes_have_the_same_width(before: float, after: float) -> None:
    assert len(change_text(before, after)) == 6


@given(st.floats())
def test_signed_numbers_are_short(value: float) -> None:
    assert len(signed(value)) <= 5 >= len(signed(value, shows_small=True))


@pytest.mark.parametrize(
    ("value", "low", "high", "text"),
    [
        (3.14159, 0, 2 * math.pi, "3.14"),
        (-0.001, -1, 1, "0"),
        (0.5, -1, 1, "0.5"),
        (0.1234, 0, 1, "0.12"),
        (20, 0, 40, "20"),
        (1234.4, 0, 2000, "1234"),
        (1234567.8, 1.2e6, 1.3e6, "1234568"),
        (5.4321e12, 0, 1e13, "5.43e12"),
        (1e-9, 0, 1e-8, "1e-9"),
        (1e308, -1e308, 1.7e308, "1e308"),
    ],
)
def test_a_coordinate_is_exact_to_a_hundredth_of_its_axis(
    value: float, low: float, high: float, text: str
) -> None:
    assert coordinate(value, low, high) == text


@pytest.mark.parametrize(
    "text", ["w1 of unit 2: must be a number", "data.csv, line 2: has 3 cells", "x.html: is full"]
)
def test_symbols_and_names_of_files_begin_no_sentence_with_a_capital(text: str) -> None:
    assert capitalized(text) == text
    assert capitalized(f"the file {text}") == f"The file {text}"

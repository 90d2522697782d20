"""Numbers as text for people, of a fixed width where they stand in columns."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.formatting import (
    ERROR_WIDTH,
    change_text,
    error_text,
    percent,
    rate_text,
    sentence_case,
    share_text,
    unit_of,
)

ERRORS = st.floats(0, 1e300)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (3.1416e-05, "3.14e-5"),
        (0.00031416, "0.000314"),
        (0.021, "0.0210"),
        (0.0, "0"),
        (9.9999, "10.0"),
        (22.21, "22.2"),
        (12345.6, "12346"),
        (2e6, "2.00e6"),
        (math.inf, "inf"),
        (None, "–"),
    ],
)
def test_an_error_has_three_digits(error: float | None, text: str) -> None:
    assert error_text(error) == text


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


@pytest.mark.parametrize(("rate", "text"), [(0.25, "0.2"), (9.9, "9.9"), (10, "10"), (12345.6, "12,346")])
def test_a_rate_has_a_decimal_only_if_it_is_small(rate: float, text: str) -> None:
    assert rate_text(rate) == text


@given(st.floats(0, 1))
def test_all_shares_have_the_same_width(share: float) -> None:
    assert len(share_text(share)) == 6


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.001, "under 1%"),
        (0.01, "1%"),
        (0.5, "50%"),
        (0.99, "99%"),
        (0.999, "over 99%"),
        (1, "100%"),
    ],
)
def test_percents_say_all_or_nothing_only_where_it_is_exact(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    "text", ["w1 of unit 2: must be a number", "data.csv, line 2: has 3 cells", "x.html: is full"]
)
def test_symbols_and_names_of_files_begin_no_sentence_with_a_capital(text: str) -> None:
    assert sentence_case(text) == text
    assert sentence_case(f"the file {text}") == f"The file {text}"

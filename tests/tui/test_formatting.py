"""Numbers as text for people, of a fixed width where they stand in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptui.formatting import change_text, error_text, percent, rate_text, share_text

ERRORS = st.floats(0, 1e300)


@pytest.mark.parametrize(
    ("error", "text"),
    [(3.1416e-05, "3.142e-05"), (0.0, "0.000e+00"), (9.9999, "1.000e+01"), (None, "    –    ")],
)
def test_an_error_has_four_digits_and_an_exponent(error: float | None, text: str) -> None:
    assert error_text(error) == text


@given(ERRORS)
def test_all_errors_have_the_same_width(error: float) -> None:
    text = error_text(error)
    assert len(text) == 9
    assert float(text) == pytest.approx(error, rel=0.01, abs=1e-300)


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

"""Numbers as people read them, in a width that doesn't change."""

from __future__ import annotations


def error_text(error: float | None) -> str:
    """Three digits and an exponent, always nine characters: 3.142e-05."""
    if error is None:
        return "    –    "
    text = f"{error:.3e}"
    return text if len(text) <= 9 else f"{error:.2e}"  # an exponent of three digits


def change_text(before: float, after: float) -> str:
    """By how much an error went down or up, in per cent, six characters wide."""
    if before <= 0:
        return "     –"
    per_cent = 100 * (after - before) / before
    return f"{min(per_cent, 9999):+5.0f}%" if abs(per_cent) >= 10 else f"{per_cent:+5.1f}%"


def rate_text(epochs_per_second: float) -> str:
    """Epochs a second, as whole numbers where they are large."""
    return f"{epochs_per_second:,.0f}" if epochs_per_second >= 10 else f"{epochs_per_second:.1f}"


def share_text(share: float) -> str:
    """A part of a whole in per cent, six characters wide."""
    return f"{100 * share:5.1f}%"

"""Tables and figures as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table


def table(title: str, caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """One with its first column on the left and figures on the right."""
    made = Table(title=title, caption=caption)
    for number, heading in enumerate(headings):
        made.add_column(heading, justify="right" if number else "left")
    for row in rows:
        made.add_row(*row)
    return made


def ratio_text(ratio: float) -> str:
    """0.42, or 1/123 where that says more."""
    return f"1/{1 / ratio:.0f}" if ratio < 0.1 else f"{ratio:.2f}"


def judged(ratio: float, bar: float | None) -> tuple[str, str, str]:
    """The cells of a ratio, of what it may be, and of whether it is."""
    if bar is None:
        return ratio_text(ratio), "", ""
    return ratio_text(ratio), f"≤ {ratio_text(bar)}", met(ratio <= bar)


def met(is_met: bool) -> str:
    """The cell that says whether a bar is met."""
    return "yes" if is_met else "NO"


def skipped(name: str, why: str, cells: int) -> tuple[str, ...]:
    """The row of what couldn't be measured; `cells` are all of the table's."""
    return (name, f"skipped: {why}", *("" for _ in range(cells - 2)))


MEASURED = ("what", "measured", "bar", "met")
"""The headings of rows made by `measured`."""


def measured(what: str, value: str, bar: str = "", *, is_met: bool = True) -> tuple[str, str, str, str]:
    """The row of something with its measured value, its bar if it has one, and whether the value meets it."""
    return what, value, bar, met(is_met) if bar else ""


def p95(values: Iterable[float]) -> float:
    """The value that 95 % of them are at or below."""
    ordered = sorted(values)
    return ordered[round(0.95 * (len(ordered) - 1))]


def ms(seconds: float) -> str:
    """The time in milliseconds."""
    return f"{1000 * seconds:.0f} ms"

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
    return ratio_text(ratio), f"≤ {ratio_text(bar)}", "yes" if ratio <= bar else "NO"


def skipped(name: str, why: str, cells: int) -> tuple[str, ...]:
    """The row of what couldn't be measured; `cells` are all of the table's."""
    return (name, f"skipped: {why}", *("" for _ in range(cells - 2)))

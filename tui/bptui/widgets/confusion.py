"""The confusion matrix as a table that leaves out classes and shortens names to fit the space."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from bpengine.arithmetic.arrays import IntArray

_HEADINGS = ("actual \\ predicted", "actual\\pred.", "actual ↓", "")
"""The texts for the corner of the table, from the longest to none."""
_SHORTEST = 3
"""The fewest cells of a shortened name."""


def confusion_table(confusion: IntArray, classes: tuple[str, ...], width: int, height: int) -> Table:
    """Return a table with a row for each actual and a column for each predicted class, as far as they fit.

    Args:
        confusion: how many samples of each class were predicted as each; shape (classes, classes).
        classes: the names of the classes.
        width: the columns of the space.
        height: the rows of the space, including the headings.
    """
    digits = len(str(int(confusion.max(initial=0))))
    most = max(height - 1, 1)
    count = len(classes) if len(classes) <= most else max(most - 1, 1)  # a row for the classes left out
    while count > 1 and (count + 1) * (max(digits, _SHORTEST) + 1) > width:
        count -= 1
    longest = max(cell_len(name) for name in classes[:count])
    fitting = (
        size for size in range(longest, _SHORTEST, -1) if _width(classes[:count], size, digits) <= width
    )
    names = shortened(classes[:count], next(fitting, _SHORTEST))
    corner = width - sum(max(cell_len(name), digits) + 1 for name in names)
    table = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(Text(next(text for text in _HEADINGS if len(text) <= max(corner - 1, 0))), no_wrap=True)
    for name in names:
        table.add_column(Text(name), justify="right", no_wrap=True, min_width=max(cell_len(name), digits))
    for number, name in enumerate(names):
        table.add_row(Text(name), *(str(value) for value in confusion[number, :count]))
    if count < len(classes):
        table.add_row(f"and {len(classes) - count} more")
    return table


def _width(names: tuple[str, ...], size: int, digits: int) -> int:
    """The columns of a table with names of at most `size` cells."""
    cells = [min(cell_len(name), size) for name in names]
    return max(cells) + sum(max(each, digits) + 1 for each in cells)


def shortened(names: tuple[str, ...], size: int) -> list[str]:
    """The names in at most `size` cells: their beginnings or, if these are not unique, their ends."""

    def cut(name: str, *, end: bool) -> str:
        if cell_len(name) <= size:
            return name
        kept = set_cell_size(name[::-1] if end else name, size - 1).rstrip()
        return f"…{kept[::-1]}" if end else f"{kept}…"

    heads = [cut(name, end=False) for name in names]
    return heads if len(set(heads)) == len(set(names)) else [cut(name, end=True) for name in names]

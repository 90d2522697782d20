"""The confusion matrix as a table, with as many classes and as much of their names as there is room for."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from bpengine.arrays import IntArray

_HEADINGS = ("actual \\ predicted", "actual\\pred.", "actual ↓", "")
"""The corner of the table, from the longest text to none."""
_SHORTEST = 3
"""The fewest cells of a name that is cut."""


def confusion_table(confusion: IntArray, classes: tuple[str, ...], width: int, height: int) -> Table:
    """Return a row for each actual class and a column for each predicted one, as far as there is room.

    Args:
        confusion: how many samples of each class were predicted as each; shape (classes, classes).
        classes: the names of the classes.
        width: columns of the room.
        height: rows of the room, that of the headings included.
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
    """The columns of a table with names of at most so many cells."""
    cells = [min(cell_len(name), size) for name in names]
    return max(cells) + sum(max(each, digits) + 1 for each in cells)


def shortened(names: tuple[str, ...], size: int) -> list[str]:
    """The names in at most so many cells: their beginnings or, if these are not unique, their ends."""

    def cut(name: str, *, end: bool) -> str:
        if cell_len(name) <= size:
            return name
        kept = set_cell_size(name[::-1] if end else name, size - 1).rstrip()
        return f"…{kept[::-1]}" if end else f"{kept}…"

    heads = [cut(name, end=False) for name in names]
    return heads if len(set(heads)) == len(set(names)) else [cut(name, end=True) for name in names]

"""How a refusal is put: one line, whatever the file is called and whatever stands in it."""

from __future__ import annotations

from bpengine.errors import DataError
from bpengine.wording import printable


def collapsed(cell: str) -> str:
    """A name or label in its plainest form: no space around it, single spaces within, no line breaks."""
    return " ".join(cell.split())


def listed(names: list[str]) -> str:
    """A few names, and how many more there are."""
    few = ", ".join(printable(name, 20) for name in names[:8])
    return few if len(names) <= 8 else f"{few} and {len(names) - 8} more"


def refusal(file: str, message: str, *, line: int | None = None, column: object = None) -> DataError:
    """The error that says where, then what.

    Args:
        file: its name, still as it is.
        message: what is wrong, already printable.
        line: counted from 1.
        column: what describes it, already printable.
    """
    places = [printable(file, 60)]
    places += [] if line is None else [f"line {line}"]
    places += [] if column is None else [str(column)]
    return DataError(f"{', '.join(places)}: {message}")

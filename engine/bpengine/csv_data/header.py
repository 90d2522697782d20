"""Detecting whether the first row of a table is a header."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine.csv_data.columns import Column
from bpengine.csv_data.messages import Spelling, data_error
from bpengine.csv_data.table import Row
from bpengine.datasets.cells import MISSING_NUMBERS, parse_number
from bpengine.wording import printable

SAMPLE_ROWS = 100
"""How many rows below the first one are looked at."""


def guess_header(
    file: str, rows: Sequence[Row], label: int | None, *, decimal_comma: bool, spell: Spelling
) -> bool:
    """Guess whether the first row is a header, from the first value below it in each column.

    A word above a number suggests a header, and a number above a number suggests data. Cells in the first row
    are ignored if they are empty, mark a missing value, or hold a word that begins like a number. If there
    are no numbers at all, it is a header if none of its words occurs again below it, and others do.

    Args:
        file: the file's name, for messages.
        rows: the first row and some rows below it.
        label: the index of the column of class labels, which counts only if no other column suggests
            anything; None if there is no such column.
        decimal_comma: whether numbers may have a decimal comma.
        spell: how messages write an option.

    Raises:
        DataError: one column suggests a header, and another suggests data.
    """
    first, *others = rows
    numbers: list[int] = []
    words: list[int] = []
    for index, above in enumerate(first.cells):
        values = (row.cells[index] for row in others if not _is_missing(row.cells[index]))
        below = next(values, "")
        if parse_number(below, decimal_comma=decimal_comma) is None or _is_missing(above):
            continue
        if parse_number(above, decimal_comma=decimal_comma) is not None:
            numbers.append(index)
        elif above[0] not in "0123456789+-.":
            words.append(index)
    if label is not None and {label} < {*numbers, *words}:
        numbers, words = ([index for index in indices if index != label] for indices in (numbers, words))
    if numbers and words:
        word = printable(first.cells[words[0]])
        choice = f"{spell('header', True)} or {spell('header', False)}"
        message = f"'{word}' may be a column name or a mistake: choose with {choice}"
        raise data_error(file, message, line=first.line, column=Column(words[0], ""))
    return bool(words) or (not numbers and _is_above_texts(first, others))


def _is_above_texts(first: Row, others: Sequence[Row]) -> bool:
    """Whether no word of the first row occurs again in its column, and some other word does."""
    repeats = False
    for index, above in enumerate(first.cells):
        below = [row.cells[index] for row in others]
        if _is_missing(above):
            continue
        if above in below:
            return False
        repeats = repeats or len(set(below)) < len(below)
    return repeats


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING_NUMBERS

"""Detecting whether the first row of a table is a header."""

from __future__ import annotations

from collections.abc import Sequence

from bpengine.data.cells import MISSING_NUMBERS, looks_like_date, parse_number
from bpengine.data.csv.columns import Column
from bpengine.data.csv.messages import Reading
from bpengine.data.csv.table import Row
from bpengine.wording import printable

SAMPLE_ROWS = 100
"""How many rows below the first one are examined."""


def guess_header(reading: Reading, rows: Sequence[Row], label: int | None, *, decimal_comma: bool) -> bool:
    """Guess whether the first row is a header, from the first value below it in each column.

    A word above a number or a date suggests a header; a number or a date above another one suggests data.
    Cells in the first row are ignored if they are empty, mark a missing value, or hold a word that begins
    like a number. If there are only words, the first row is a header if none of its words occurs again below
    it, and other words do.

    Args:
        reading: the file, for messages.
        rows: the first row and some rows below it.
        label: the index of the column of class labels, which counts only if no other column suggests
            anything; None if there is no such column.
        decimal_comma: whether numbers may have a decimal comma.

    Raises:
        DataError: one column suggests a header, and another suggests data.
    """
    first, *others = rows
    values: list[int] = []
    words: list[int] = []
    for index, above in enumerate(first.cells):
        below = next((row.cells[index] for row in others if not _is_missing(row.cells[index])), "")
        if not _is_value(below, decimal_comma) or _is_missing(above):
            continue
        if _is_value(above, decimal_comma):
            values.append(index)
        elif above[0] not in "0123456789+-.":
            words.append(index)
    if label is not None and {label} < {*values, *words}:
        values, words = ([index for index in indices if index != label] for indices in (values, words))
    if values and words:
        word = printable(first.cells[words[0]])
        choice = f"{reading.spell('header', True)} or {reading.spell('header', False)}"
        message = f"'{word}' may be a column name or a mistake: choose with {choice}"
        raise reading.error(message, line=first.line, column=Column(words[0], ""))
    return bool(words) or (not values and _is_above_texts(first, others))


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


def _is_value(cell: str, decimal_comma: bool) -> bool:
    """Whether a cell holds a number or a date."""
    return parse_number(cell, decimal_comma=decimal_comma) is not None or looks_like_date(cell)


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING_NUMBERS

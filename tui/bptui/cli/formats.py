"""The formats of results: text, jsonl and csv for lines, JSON for objects, and tables for people."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from bptui.cli.parsing import BadUseError, add_choice
from bptui.process.streams import print_error, styled_stdout
from bpwords import Sentence, columns, escaped, must_be, printable_path, word

CellValue = int | float | str | None
OTHER_ENDINGS = (".bptui", ".json", ".png", ".svg")
"""The endings of files that are not lines of results."""
LINE_BREAK = "\r\n"
"""Each of its characters in a cell is quoted: older versions of the csv module quote no others."""


class ResultRow(Protocol):
    """One result, which becomes a line: an epoch of a run, or a run of a sweep."""

    def words(self) -> Mapping[str, object]:
        """What a line of text has, by the words before the values."""

    def values(self) -> Mapping[str, CellValue]:
        """The values by the names of their columns; None for a value that is missing."""


def csv_line(cells: Iterable[object], delimiter: str = ",") -> str:
    """A row of CSV without its end; None is an empty cell, and a cell with a line break is quoted."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=LINE_BREAK).writerow(cells)
    return text.getvalue().removesuffix(LINE_BREAK)


FORMATS: dict[str, Callable[[ResultRow], str]] = {
    "text": lambda row: " ".join(f"{name}:{value}" for name, value in row.words().items()),
    "jsonl": lambda row: json.dumps({name: cell for name, cell in row.values().items() if cell is not None}),
    "csv": lambda row: csv_line(row.values().values()),
}
"""The formats of lines by the values of `--format`: functions that return a result's line."""


def header(name: str, columns: Iterable[str]) -> tuple[str, ...]:
    """The lines above the results in a format."""
    return (csv_line(columns),) if name == "csv" else ()


def add_format(group: argparse._ArgumentGroup, note: str = "") -> None:
    """Add the flag for the format of lines, with a note after what its default is."""
    kinds = "text, jsonl (one JSON object per line) or csv"
    add_choice(group, "--format", FORMATS, f"{kinds} (default: by the ending of --output, else text{note})")


def format_of(output: Path | None, requested: str | None, otherwise: str = "text") -> str:
    """The format of the results: the one that the ending of the file's name or --format names.

    Args:
        output: the file; None for standard output.
        requested: the value of --format, or None.
        otherwise: the format if neither names one.

    Raises:
        BadUseError: the ending and --format contradict each other, or the ending is not that of results.
    """
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and suffix in OTHER_ENDINGS:
        allowed = word("a name that ends in .csv, .jsonl or .txt")
        raise BadUseError(f"argument --output: {must_be(allowed, printable_path(output))}")
    named = "text" if suffix == ".txt" and requested is None else suffix.removeprefix(".")
    if named not in FORMATS:
        return requested or otherwise
    if requested not in (None, named):
        allowed = Sentence("{format} for a file ending in {suffix}")(format=named, suffix=suffix)
        raise BadUseError(f"argument --format: {must_be(allowed, requested)}")
    return named


def finite(value: Any) -> Any:
    """The value with None for each number in it that is not finite, which JSON does not have."""
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def text_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table in a text; all columns but the first are aligned to the right."""
    first, *others = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    rooms = (first, *(-room for room in others))
    return ["".join(f"  {padded(*cell)}" for cell in zip(cells, rooms, strict=True)) for cells in rows]


def padded(text: str, room: int) -> str:
    """The text with spaces after it, or before it if the room is negative, to so many columns."""
    spaces = " " * (abs(room) - columns(text))
    return f"{spaces}{text}" if room < 0 else f"{text}{spaces}"


def print_problems(prog: str, problems: Iterable[object]) -> None:
    """Print on stderr what could not be read, after all that was printed before."""
    sys.stdout.flush()
    for problem in problems:
        print_error(f"{prog}: {problem}")


def print_rows(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[str], nothing: str = ""
) -> None:
    """Print rows: at a terminal as a table, in a pipe as lines with tabs between the columns.

    Args:
        headings: the headings of the columns, which a pipe does not get.
        rows: the cells of each row.
        right: the headings of the columns that are aligned to the right.
        nothing: what is said at a terminal if there are no rows.
    """
    if not sys.stdout.isatty():
        for row in rows:
            print(*row, sep="\t")
        return
    if not rows:
        print(nothing)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading in right else "left"
        table.add_column(word(heading, "table"), no_wrap=True, justify=justify)
    for row in rows:
        table.add_row(*map(escaped, row))
    Console(file=styled_stdout(), markup=False, highlight=False).print(table)

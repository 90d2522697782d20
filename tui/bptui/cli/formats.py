"""How `bptui train` writes the reported epochs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from bpengine import EpochRecord
from bptui.formatting import change_text

ERROR_WIDTH = 16
"""The longest that ten digits get, with their sign and exponent."""

ROWS_AT_ONCE = 500
"""Of a table, laid out before the first of them is printed."""


def _text(record: EpochRecord) -> str:
    return f"Epoch:{record.epoch}/{record.epochs} Error:{record.error!r}"


def _jsonl(record: EpochRecord) -> str:
    return json.dumps({"epoch": record.epoch, "epochs": record.epochs, "error": record.error})


def _csv(record: EpochRecord) -> str:
    return f"{record.epoch},{record.epochs},{record.error!r}"


FORMATS: dict[str, tuple[list[str], Callable[[EpochRecord], str]]] = {
    "text": ([], _text),
    "jsonl": ([], _jsonl),
    "csv": (["epoch,epochs,error"], _csv),
}
"""Name -> lines at the top, and a record's line."""


def table(records: Sequence[EpochRecord], epochs: int) -> Iterator[str]:
    """The lines of a table for people; part by part, since a long one takes its time."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for start in range(0, max(len(records), 1), ROWS_AT_ONCE):
        part = Table(box=None, padding=(0, 2, 0, 0), show_header=start == 0)
        part.add_column("epoch", justify="right", min_width=max(len("epoch"), len(str(epochs))))
        part.add_column("error", justify="right", min_width=ERROR_WIDTH)
        part.add_column("change", justify="right", min_width=len("change"))
        for number, record in enumerate(records[start : start + ROWS_AT_ONCE], start):
            change = change_text(records[number - 1].error, record.error) if number else ""
            part.add_row(str(record.epoch), f"{record.error:.10g}", change)
        with console.capture() as lines:
            console.print(part)
        yield from lines.get().splitlines()

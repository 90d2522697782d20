"""How `bptui train` writes the reported epochs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from bpengine import EpochRecord
from bptui.formatting import change_text

ERROR_WIDTH = 16
"""The longest that ten digits get, with their sign and exponent."""


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


def table(records: Iterable[EpochRecord], epochs: int) -> Iterator[str]:
    """The lines of a table for people."""
    width = max(len("epoch"), len(str(epochs)))
    yield f"{'epoch':>{width}}  {'error':>{ERROR_WIDTH}}  change"
    before: EpochRecord | None = None
    for record in records:
        change = change_text(before.error, record.error) if before else ""
        yield f"{record.epoch:>{width}}  {f'{record.error:.10g}':>{ERROR_WIDTH}}  {change}".rstrip()
        before = record

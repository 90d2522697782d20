"""The results of `bptui sweep` as lines of text, jsonl or csv."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpengine import FIELD, FIELDS
from bpengine.checkpoint.codec import encode
from bpengine.checkpoint.container import packed
from bpengine.checkpoint.source import SavedSource
from bpengine.many.sweeps import Result, Sweep
from bptui.cli.formats import FORMATS, Value, header


def fingerprint(sweep: Sweep) -> str:
    """Twelve digits that identify a sweep's settings, values, starts and data."""
    settings = {
        field.name: getattr(sweep.base, field.name) for field in FIELDS if field.name not in sweep.vary
    }
    data = None if sweep.source is None else encode(SavedSource.of(sweep.source))
    parts = {"task": sweep.base.task, "settings": settings, "vary": list(sweep.vary.items())}
    content = packed("bptui sweep", {**parts, "starts": sweep.starts, "data": data})
    return hashlib.sha256(content).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of a sweep, as a `ResultRow`."""

    result: Result
    runs: int
    """How many runs the sweep has."""
    mark: str
    """What identifies the sweep."""

    def words(self) -> Mapping[str, object]:
        """Its number, its values and how it ended."""
        result = self.result
        test = {} if result.test_error is None else {"Test": result.test_error}
        end = {"State": result.state, "Epoch": result.epoch}
        first = {"Run": f"{result.run}/{self.runs}", **self._varied(), "Seed": result.seed}
        return {**first, "Error": result.error, **test, **end}

    def values(self) -> Mapping[str, Value]:
        """The same, with what identifies the sweep."""
        result = self.result
        errors = {"error": result.error, "test_error": result.test_error}
        end = {"state": result.state, "epoch": result.epoch, "sweep": self.mark}
        return {"run": result.run, **self._varied(), "seed": result.seed, **errors, **end}

    def _varied(self) -> dict[str, Value]:
        return {name: plain(name, value) for name, value in self.result.values.items() if name != "seed"}


class Lines:
    """Writes the results of a sweep in a format.

    Args:
        sweep: the sweep.
        name: text, jsonl or csv.

    Attributes:
        header: the lines above the results.
        start: what a file that --resume can continue begins with; empty for text, which it can't.
        mark: what identifies the sweep in each line but those of text.
    """

    def __init__(self, sweep: Sweep, name: str) -> None:
        self._runs, self._format, self.mark = len(sweep), FORMATS[name], fingerprint(sweep)
        varied = [name for name in sweep.vary if name != "seed"]
        self.header = header(name, ["run", *varied, "seed", "error", "test_error", "state", "epoch", "sweep"])
        self.start = '{"run":' if name == "jsonl" else "".join(self.header)

    def line(self, result: Result) -> str:
        """A result as a line, without its end."""
        return self._format(RunRow(result, self._runs, self.mark))


def plain(name: str, value: Any) -> int | float | str:
    """A value as a number if possible, such as the units of a single layer; otherwise as users write it."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        return value[0]
    return value if isinstance(value, (int, float)) else FIELD[name].format(value)

"""The results of `bptui sweep` as lines of text, jsonl or csv."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from bpengine import FIELD, FIELDS
from bpengine.checkpoint.codec import encode
from bpengine.checkpoint.container import packed
from bpengine.checkpoint.source import SavedSource
from bpengine.many.sweeps import Result, Sweep


def fingerprint(sweep: Sweep) -> str:
    """Twelve digits that identify a sweep's settings, values, starts and data."""
    settings = {
        field.name: getattr(sweep.base, field.name) for field in FIELDS if field.name not in sweep.vary
    }
    data = None if sweep.source is None else encode(SavedSource.of(sweep.source))
    parts = {"task": sweep.base.task, "settings": settings, "vary": list(sweep.vary.items())}
    content = packed("bptui sweep", {**parts, "starts": sweep.starts, "data": data})
    return hashlib.sha256(content).hexdigest()[:12]


class Lines:
    """Writes the results of a sweep in a format.

    Args:
        sweep: the sweep.
        name: text, jsonl or csv.

    Attributes:
        line: returns a result as a line, without its end.
        header: the lines above the results.
        start: what a file that --resume can continue begins with; empty for text, which it can't.
        mark: what identifies the sweep in each line but those of text.
    """

    def __init__(self, sweep: Sweep, name: str) -> None:
        self._sweep, self.mark = sweep, fingerprint(sweep)
        self.line: Callable[[Result], str] = {"text": self._text, "jsonl": self._jsonl, "csv": self._csv}[
            name
        ]
        self.header = (_csv_row(self.columns),) if name == "csv" else ()
        self.start = {"text": "", "jsonl": '{"run":', "csv": _csv_row(self.columns)}[name]

    @property
    def columns(self) -> list[str]:
        """The names of the values in a line."""
        varied = [name for name in self._sweep.vary if name != "seed"]
        return ["run", *varied, "seed", "error", "test_error", "state", "epoch", "sweep"]

    def _values(self, result: Result) -> dict[str, Any]:
        own = {name: plain(name, value) for name, value in result.values.items()}
        rest = {"error": result.error, "test_error": result.test_error, "state": result.state}
        known = {
            "run": result.run,
            **own,
            "seed": result.seed,
            **rest,
            "epoch": result.epoch,
            "sweep": self.mark,
        }
        return {name: known[name] for name in self.columns}

    def _text(self, result: Result) -> str:
        values = self._values(result)
        shown = [f"Run:{result.run}/{len(self._sweep)}"]
        shown += [f"{name}:{values[name]}" for name in result.values if name != "seed"]
        shown.append(f"Seed:{result.seed}")
        shown.append(f"Error:{result.error!r}")
        shown += [] if result.test_error is None else [f"Test:{result.test_error!r}"]
        return " ".join([*shown, f"State:{result.state}", f"Epoch:{result.epoch}"])

    def _jsonl(self, result: Result) -> str:
        return json.dumps({name: value for name, value in self._values(result).items() if value is not None})

    def _csv(self, result: Result) -> str:
        return _csv_row("" if value is None else value for value in self._values(result).values())


def plain(name: str, value: Any) -> int | float | str:
    """A value as a number if possible, such as the units of a single layer; otherwise as users write it."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        return value[0]
    return value if isinstance(value, (int, float)) else FIELD[name].format(value)


def _csv_row(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()

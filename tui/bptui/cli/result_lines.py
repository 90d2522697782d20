"""Writing the results of `bptui sweep` as lines, and reading them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bpengine import FIELD, FIELDS
from bpengine.checkpoint.source import encode_source
from bpengine.files import FileError, read_whole
from bpengine.sweeps import Result, Sweep
from bpengine.wording import printable_path
from bptui.cli.parsing import BadUseError

MAX_BYTES = 200_000_000
"""The size of the largest file that is read."""
STATES = ("finished", "target error", "patience", "diverged")


def fingerprint(sweep: Sweep) -> str:
    """Twelve digits that identify a sweep's settings, values, starts, data and kernel."""
    settings = {
        field.name: getattr(sweep.base, field.name) for field in FIELDS if field.name not in sweep.vary
    }
    data = encode_source(sweep.source)
    parts = [sweep.base.task, settings, list(sweep.vary.items()), sweep.starts, data, sweep.kernel]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


class Lines:
    """Writes the results of a sweep in a format.

    Args:
        sweep: the sweep.
        name: text, jsonl or csv.
    """

    def __init__(self, sweep: Sweep, name: str) -> None:
        self._sweep, self._id = sweep, fingerprint(sweep)
        self.line: Callable[[Result], str] = {"text": self._text, "jsonl": self._jsonl, "csv": self._csv}[
            name
        ]
        self.header = (_csv_row(self.columns),) if name == "csv" else ()

    @property
    def columns(self) -> list[str]:
        """The names of the values in a line."""
        varied = [name for name in self._sweep.vary if name != "seed"]
        return ["run", *varied, "seed", "error", "test_error", "state", "epoch", "sweep"]

    def _values(self, result: Result) -> dict[str, Any]:
        own = {name: _plain(name, value) for name, value in result.values.items()}
        rest = {"error": result.error, "test_error": result.test_error, "state": result.state}
        known = {
            "run": result.run,
            **own,
            "seed": result.seed,
            **rest,
            "epoch": result.epoch,
            "sweep": self._id,
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


def read_results(path: Path, sweep: Sweep) -> dict[int, Result]:
    """The results in a jsonl or csv file, by the number of the run. A line that is cut off is left out.

    Raises:
        BadUseError: the file can't be read, has another format, or belongs to another sweep.
    """
    place = f"argument --resume: {printable_path(path)}"
    try:
        text = read_whole(path, MAX_BYTES).decode("utf-8")
    except FileError as error:
        raise BadUseError(f"{place}: {error}") from None
    except UnicodeDecodeError:
        raise BadUseError(f"{place}: is not what bptui sweep writes as jsonl or csv") from None
    whole = text[: text.rfind("\n") + 1]
    wanted, found = fingerprint(sweep), {}
    try:
        for values in _rows(whole):
            if values["sweep"] != wanted:
                raise BadUseError(
                    f"{place}: is of another sweep: its settings, values, starts or data differ"
                )
            result = _result(values, sweep)
            found[result.run] = result
    except (ValueError, KeyError, TypeError, csv.Error):
        raise BadUseError(f"{place}: is not what bptui sweep writes as jsonl or csv") from None
    return found


def _rows(text: str) -> Iterator[Mapping[str, Any]]:
    if not text.startswith("{"):
        rows = csv.DictReader(io.StringIO(text), strict=True)
        if text and "sweep" not in (rows.fieldnames or ()):
            raise ValueError
        yield from rows
        return
    for line in text.splitlines():
        value = json.loads(line)
        if not isinstance(value, dict):
            raise TypeError
        yield value


def _result(values: Mapping[str, Any], sweep: Sweep) -> Result:
    """The result that a line describes. Raises ValueError, KeyError or TypeError if there is none."""
    run, state = int(values["run"]), values["state"]
    if not 0 <= run < len(sweep) or state not in STATES or int(values["seed"]) != sweep.runs[run].seed:
        raise ValueError
    epoch = values.get("epoch")
    return Result(
        run=run,
        values=sweep.cells[run // sweep.starts],
        seed=sweep.runs[run].seed,
        error=_error(values.get("error")),
        test_error=_error(values.get("test_error")),
        state=state,
        epoch=None if epoch in (None, "") else int(epoch),
    )


def _error(value: Any) -> float | None:
    if value in (None, ""):
        return None
    error = float(value)
    if not math.isfinite(error):
        raise ValueError
    return error


def _plain(name: str, value: Any) -> int | float | str:
    """A value as a number if possible, such as the units of a single layer; otherwise as users write it."""
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        return value[0]
    return value if isinstance(value, (int, float)) else FIELD[name].format(value)


def _csv_row(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()

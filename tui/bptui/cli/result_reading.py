"""Reading the results of `bptui sweep`, and checking them."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bpengine import FIELD, ConfigError, Task
from bpengine.sweeps import Result, Sweep
from bpengine.wording import either, must_be
from bptui.cli.result_lines import Lines, plain

MAX_BYTES = 200_000_000
"""The size of the largest file that is read."""
NOT_RESULTS = "is not what bptui sweep writes as jsonl or csv"
LOWEST_ERRORS: Mapping[Task, float] = {"regression": 0.0, "classification": -1e-7}
"""The lower ends of the losses. That of a classification is log(1 + 1e-7) below 0."""


class NotResultsError(ValueError):
    """A file does not hold results of the sweep; the message gives the reason without the file's name."""


class _RefusedError(ValueError):
    """A line is refused; the message gives the reason."""


def read_results(content: bytes, lines: Lines, sweep: Sweep) -> dict[int, Result]:
    """The results in the content of a file, by the number of the run. A line that is cut off is left out.

    Args:
        content: the content.
        lines: the format of its lines.
        sweep: the sweep.

    Raises:
        NotResultsError: the content is too large, has another format, belongs to another sweep, or has a
            result that the sweep can't have.
    """
    if len(content) > MAX_BYTES:
        raise NotResultsError(f"is too large: the limit is {MAX_BYTES // 1_000_000} MB")
    number = 0
    found: dict[int, Result] = {}
    try:
        text = content.decode("utf-8-sig")  # spreadsheets begin a file with a BOM
        if not text.startswith(lines.start) and not lines.start.startswith(text):
            raise ValueError
        for number, values in _rows(text[: text.rfind("\n") + 1]):  # noqa: B007  the messages name it
            if values["sweep"] != lines.mark:
                raise NotResultsError("is of another sweep: its settings, values, starts or data differ")
            result = _result(values, sweep)
            if found.setdefault(result.run, result) != result:
                raise _RefusedError(f"run {result.run} is given twice, with different results")
    except NotResultsError:
        raise
    except _RefusedError as error:
        raise NotResultsError(f"line {number}: {error}") from None
    except (ValueError, KeyError, TypeError, csv.Error):
        raise NotResultsError(f"line {number + 1}: {NOT_RESULTS}") from None
    return found


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The number and the values of each line, as texts; a value that is null or missing is empty.

    Raises:
        ValueError, TypeError, csv.Error: a line does not have the format.
    """
    if text.startswith("{"):
        for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
            values = json.loads(line)
            if not isinstance(values, dict):
                raise TypeError
            yield number, _texts(values)
        return
    rows = csv.DictReader(io.StringIO(text), strict=True)
    for row in rows:
        if None in row:  # more values than columns
            raise ValueError
        yield rows.line_num, _texts(row)


def _texts(values: Mapping[str, Any]) -> Mapping[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _result(values: Mapping[str, str], sweep: Sweep) -> Result:
    """The result that a line describes.

    Raises:
        _RefusedError: a value is not one that the sweep can have.
    """
    run = _whole(values, "run", 0, len(sweep) - 1)
    config, cell = sweep.runs[run], sweep.cells[run // sweep.starts]
    for name, value in (cell | {"seed": config.seed}).items():
        if not _spells(values.get(name, ""), name, value):
            raise _refused(name, f"{plain(name, value)} in run {run}", values)
    ends = {"finished": (config.epochs - 1, config.epochs - 1)}
    if config.target_error:
        ends["target error"] = (0, config.epochs - 2)
    if config.patience:
        ends["patience"] = (config.patience, config.epochs - 2)
    ends["diverged"] = (0, config.epochs - 2)
    state = values.get("state", "")
    if state not in ends:
        raise _refused("state", either(tuple(ends)), values)
    epoch = error = test_error = None
    if state != "diverged" or values.get("epoch"):
        epoch = _whole(values, "epoch", *ends[state])
        high = config.target_error if state == "target error" else math.inf
        error = _error(values, "error", LOWEST_ERRORS[config.task], high)
    elif values.get("error"):
        raise _refused("error", "empty without an epoch", values)
    if values.get("test_error"):
        if epoch is None or not sweep.is_tested(run):
            raise _refused("test_error", "empty without test samples or an epoch", values)
        test_error = _error(values, "test_error", LOWEST_ERRORS[config.task], math.inf)
    return Result(run, cell, config.seed, error, test_error, state, epoch)


def _spells(text: str, name: str, value: Any) -> bool:
    """Whether a text is this value of a setting, perhaps written differently."""
    try:
        return text == str(plain(name, value)) or FIELD[name].parse(text) == value
    except ConfigError:
        return False


def _whole(values: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = values.get(name, "")
    if re.fullmatch(r"[0-9]{1,12}", text) and low <= int(text) <= high:
        return int(text)
    allowed = str(low) if low == high else f"a whole number from {low} to {high}"
    raise _refused(name, "empty" if low > high else allowed, values)


def _error(values: Mapping[str, str], name: str, low: float, high: float) -> float:
    text = values.get(name, "")
    try:
        error = float(text)
    except ValueError:
        error = math.nan
    if math.isfinite(error) and low <= error <= high:
        return error
    allowed = f"a number from {low:g}" if high == math.inf else f"a number from {low:g} to {high:g}"
    raise _refused(name, allowed, values)


def _refused(name: str, allowed: str, values: Mapping[str, str]) -> _RefusedError:
    return _RefusedError(f"{name} {must_be(allowed, values.get(name, ''))}")

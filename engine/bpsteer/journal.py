"""What has happened in a run, in bounded memory: events, and reports that are thinned as the run grows."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

CAPACITY = 1000
"""The most reports of a kind that are kept. When there are more, every second one is dropped."""
MAX_KINDS = 32
"""How many kinds of reports are kept, which differ in the names of their metrics."""
MAX_METRICS = 100
"""The most metrics of a report."""
MAX_EVENTS = 20_000

JournalEntry = tuple[int, dict[str, object]]
"""A number by which entries are in order, and what happened."""
_Report = tuple[int, int, int, dict[str, float]]
"""The number, the step, the branch and the metrics."""
MetricNames = tuple[str, ...]
"""The names of the metrics of a report."""
Repeatable = dict[tuple[int, MetricNames], dict[str, float]]
"""What was reported, by step and kind."""


_T = TypeVar("_T")


class Thinned(Generic[_T]):
    """Items in bounded memory: each first, then every second, every fourth, ... One thread may add to them.

    Args:
        capacity: when there are so many, every second one is dropped.

    Attributes:
        last: the newest one; None if there is none.
    """

    __slots__ = ("_capacity", "_count", "_kept", "_stride", "last")

    def __init__(self, capacity: int) -> None:
        self.last: _T | None = None
        self._kept: list[_T] = []
        self._capacity, self._count, self._stride = capacity, 0, 1

    def add(self, item: _T) -> None:
        """Add the newest one."""
        self.last = item
        if self._count % self._stride == 0:
            self._kept.append(item)
            if len(self._kept) >= self._capacity:
                self._kept, self._stride = self._kept[::2], 2 * self._stride
        self._count += 1

    def items(self) -> list[_T]:
        """Those that are kept, and the newest one."""
        kept, last = self._kept.copy(), self.last
        return kept if last is None or (kept and kept[-1] is last) else [*kept, last]


class Journal:
    """The entries of a run. Only the training's thread adds to it; others may read at any time.

    Attributes:
        number: the number of the newest entry.
        turns: how many changes and returns to states there were.
        latest: the newest value of each metric on the way to where the run is.
    """

    def __init__(self) -> None:
        self.number = self.turns = 0
        self._events: list[JournalEntry] = []
        self._series: dict[MetricNames, Thinned[_Report]] = {}
        self._several: set[MetricNames] = set()  # the kinds of which some steps have several reports
        self.latest: dict[str, float] = {}

    def add(self, event: str, **fields: object) -> int:
        """Add an event; return its number."""
        number = self.number + 1
        self._events.append((number, {"event": event, **fields}))
        self.number = number
        self.turns += event in ("change", "back")
        return number

    @property
    def is_full(self) -> bool:
        """Whether there are so many events that no more changes can be taken."""
        return len(self._events) >= MAX_EVENTS

    def forget(self, number: int) -> None:
        """Drop an event, if there is one of this number."""
        self._events = [entry for entry in self._events if entry[0] != number]

    def report(self, step: int, branch: int, values: dict[str, float]) -> bool:
        """Add a report, whose values become floats; return whether all of them are finite."""
        is_finite = True
        for name, value in values.items():
            number = values[name] = float(value)
            if number - number:  # infinite, or not a number
                is_finite = False
        series = self._series.get(kind := tuple(values))
        if series is None:
            if len(self._series) >= MAX_KINDS:
                return is_finite
            check_metrics(kind)
            series = self._series[kind] = Thinned(CAPACITY)
        index = self.number + 1
        if (last := series.last) is not None and last[1] == step and last[2] == branch:
            self._several.add(kind)
        series.add((index, step, branch, values))
        self.latest.update(values)
        self.number = index
        return is_finite

    def repeatable(self, after: int, branch: int) -> Repeatable:
        """The reports of a branch that are kept, from an entry to the next change of a setting.

        Kinds of which a step has several reports are left out: which of them is kept is a matter of chance.
        """
        changes = (
            number
            for number, entry in self._events
            if number > after and entry["event"] == "change" and entry["branch"] == branch
        )
        until = min(changes, default=self.number + 1)
        return {
            (step, kind): values
            for kind, series in self._series.items()
            for number, step, of_branch, values in series.items()
            if after < number < until and of_branch == branch and kind not in self._several
        }

    def since(self, after: int) -> tuple[int, list[JournalEntry]]:
        """The number up to which entries are complete, and those after another number up to it, in order.

        Of each kind of report, the newest one is among them, unless an even newer one comes at this moment.
        """
        until = self.number  # it is set after an entry was added, so that all entries up to it are there
        events = self._events.copy()
        sent = events[_after(after, events) : _after(until, events)]
        for series in list(self._series.values()):
            reports = series.items()
            sent += [
                (number, {"event": "report", "step": step, "branch": branch, "values": values})
                for number, step, branch, values in reports[_after(after, reports) : _after(until, reports)]
            ]
        return until, sorted(sent, key=lambda entry: entry[0])


def _after(number: int, entries: Sequence[JournalEntry | _Report]) -> int:
    """The index of the first of these in order whose number is greater."""
    return bisect_right(entries, number, key=lambda entry: entry[0])


def check_metrics(names: MetricNames) -> None:
    """Check the names of the metrics of a report.

    Raises:
        ValueError: they are too many or too long.
    """
    if len(names) > MAX_METRICS or not all(name.isprintable() and len(name) <= 60 for name in names):
        allowed = f"at most {MAX_METRICS} metrics, with printable names of up to 60 characters"
        raise ValueError(f"a report has {allowed}")


def reportable(metrics: Mapping[str, object]) -> dict[str, float]:
    """Those of some metrics that can be reported: numbers with names that are allowed."""
    checked: dict[str, float] = {}
    for name, value in metrics.items():
        with contextlib.suppress(Exception):  # of a value that the user's program has made
            check_metrics((*checked, name))
            checked[name] = float(value)  # type: ignore[arg-type]
    return checked

"""What has happened in a run so far, built from the entries that the run sends. Reports are thinned."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpsteer.changes import ChangesSoFar, SettingChange
from bpsteer.channel import Fields
from bpsteer.journal import Thinned
from bptui.steering.run_status import metrics_of

CAPACITY = 2000
"""The most points of a metric; beyond, every second one is dropped."""
MAX_METRICS = 100
MAX_REPORTS = 500
"""The most rows of the table of reports."""
MAX_SHOWN_CHANGES = 1000
"""The most changes that are shown."""

MetricCurve = tuple[Array, Array]
"""Steps and values."""


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What has happened in a run, frozen."""

    curves: Mapping[str, MetricCurve]
    """Each metric over the steps that led to where the run is; NaN where it was not finite."""
    left: Mapping[str, MetricCurve]
    """The same for the branches that the run has left, with NaN between two of them."""
    reports: tuple[tuple[int, Mapping[str, float | None]], ...]
    """The newest reports: steps and metrics."""
    changes: tuple[SettingChange, ...]
    """The changes on the way to where the run is."""
    branched: tuple[int, ...]
    """The steps at which the run has returned to a saved state, on the same way."""
    undoable: SettingChange | None
    """The last change that was not undone."""
    redoable: SettingChange | None
    """The change that was undone last."""
    last_step: int
    """The largest step that was reported, also on branches that the run has left; -1 before the first one."""


def _divided(
    points: Sequence[tuple[int, int, float]], limits: Mapping[int, float]
) -> tuple[MetricCurve, MetricCurve]:
    """The points on the way to where the run is, and those on the branches that it has left.

    Args:
        points: the step, the branch and the value of each, in the order in which they were reported.
        limits: for each branch on the way, the step at which the run left it.
    """
    steps, branches, values = (np.array(column, dtype=np.float64) for column in zip(*points, strict=True))
    ends = np.array([limits.get(branch, 0.0) for _, branch, _ in points])
    on_way = steps < ends
    begins = np.flatnonzero(np.diff(branches[~on_way])) + 1
    left = (np.insert(of_point[~on_way], begins, np.nan) for of_point in (steps, values))
    return (steps[on_way], values[on_way]), (next(left), next(left))


class MetricHistory:
    """The events and the metrics of a run."""

    def __init__(self) -> None:
        self._series: dict[str, Thinned[tuple[int, int, float]]] = {}
        self._reports: deque[tuple[int, int, dict[str, float | None]]] = deque(maxlen=MAX_REPORTS)
        self._so_far = ChangesSoFar()
        self._parents: dict[int, tuple[int, int]] = {}  # of each branch: that before it, and its first step
        self._branch = 0
        self._last_step = -1

    def add(self, entries: Iterable[Mapping[str, object]]) -> str | None:
        """Add entries of the run's record.

        Returns:
            The last event in words; an empty text if the state of the run tells it; None if there was none.

        Raises:
            ChannelError: an entry is damaged.
        """
        said = None
        for entry in entries:
            fields = Fields(entry)
            event = fields.get("event", str)
            if event == "report":
                self._add_report(fields)
                continue
            self._so_far.add(entry)
            if event == "back":
                self._go_back(fields)
            if "text" in entry:
                said = fields.get("text", str)
        return said

    def _add_report(self, fields: Fields) -> None:
        step, branch = fields.count("step"), fields.count("branch")
        values = metrics_of(fields.get("values", dict))
        for name, value in values.items():
            series = self._series.get(name)
            if series is None:
                if len(self._series) >= MAX_METRICS:
                    continue
                series = self._series[name] = Thinned(CAPACITY)
            series.add((step, branch, math.nan if value is None else value))
        if self._reports and self._reports[-1][:2] == (step, branch):
            self._reports[-1][2].update(values)
        else:
            self._reports.append((step, branch, values))
        self._last_step = max(self._last_step, step)

    def _go_back(self, fields: Fields) -> None:
        branch, parent = fields.count("branch"), fields.count("parent")
        self._branch = branch
        if parent < branch:
            self._parents[branch] = parent, fields.count("step")

    def _limits(self) -> dict[int, float]:
        """The branches on the way to where the run is, and the step at which it left each of them."""
        branch, limits = self._branch, {self._branch: math.inf}
        while branch in self._parents:
            branch, step = self._parents[branch]
            limits[branch] = float(step)
        return limits

    def past(self) -> Past:
        """What has happened, frozen."""
        limits, changes = self._limits(), self._so_far.changes[-MAX_SHOWN_CHANGES:]
        done, undone = _undo_stacks(changes)
        divided = {name: _divided(series.items(), limits) for name, series in self._series.items()}
        return Past(
            curves={name: curve for name, (curve, _) in divided.items()},
            left={name: curve for name, (_, curve) in divided.items() if len(curve[0])},
            reports=tuple(
                (step, values) for step, branch, values in self._reports if step < limits.get(branch, 0)
            ),
            changes=changes,
            branched=tuple(self._parents[branch][1] for branch in limits if branch in self._parents),
            undoable=done[-1] if done else None,
            redoable=undone[-1] if undone else None,
            last_step=self._last_step,
        )


def _undo_stacks(changes: Iterable[SettingChange]) -> tuple[list[SettingChange], list[SettingChange]]:
    """The changes that can be undone, and those that were undone; the last one of each is at the end.

    A change back to the value before another one undoes that one, whoever makes it.
    """
    done: list[SettingChange] = []
    undone: list[SettingChange] = []
    for change in changes:
        if done and (done[-1].name, done[-1].old) == (change.name, change.new):
            undone.append(done.pop())
            continue
        if undone and (undone[-1].name, undone[-1].new) == (change.name, change.new):
            undone.pop()
        else:
            undone.clear()
        done.append(change)
    return done, undone

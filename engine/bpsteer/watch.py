"""What a run notices by itself: settings that the program has undone, and repeated steps that differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from enum import Enum

from bpsteer.checkpoints import SavedState
from bpsteer.journal import Journal, Repeatable
from bpsteer.pytorch import uses_gpu
from bpsteer.settings import Setting, Value, value_text

SAME = 1e-6
"""The relative difference up to which two values are the same, more than that of rounding to float32."""

MAX_NAMED = 5
"""The most metrics that a sentence names."""


class Noticed(Enum):
    """What notes are about besides settings, which are named."""

    REPETITION = "repetition"
    REPORT = "report"


class Watch:
    """The settings that somebody has set and the program has left as they are, and repeated steps.

    Attributes:
        repetition: the steps that are trained again after a return to a state, as long as nothing is known.
        notes: what was noticed: a sentence by what it is about.
        watched: the settings that the program might set again, by name.
    """

    def __init__(self) -> None:
        self.repetition: Repetition | None = None
        self.notes: dict[str | Noticed, str] = {}
        self.watched: dict[str, _Set] = {}
        self._looked_at = 0  # the step of the last look

    def add(self, setting: Setting, asked: Value, step: int, number: int) -> None:
        """Watch a setting that was just set. Others that have changed with it are watched no longer.

        Args:
            setting: what was set, and read since.
            asked: the value that was asked for.
            step: the step before which that was.
            number: the number of the entry in the record.
        """
        self.repetition = None
        self.notes.pop(setting.name, None)
        self.watched.pop(setting.name, None)
        self._drop_undone()
        if setting.value is not None:
            self.watched[setting.name] = _Set(setting, asked, setting.value, step, number)
        self._looked_at = step

    def next_step(self, step: int) -> float:
        """The step before which to look: the next one if something was set before this one."""
        end = math.inf if self.repetition is None else self.repetition.end
        was_set = any(watched.step == step for watched in self.watched.values())
        return min(end, step + 1 if was_set else math.inf)

    def look(self, step: int) -> Iterator[str]:
        """Note what has happened before this step, and yield what is new."""
        when = "at" if step <= self._looked_at + 1 else "by"
        self._looked_at = step
        for name, watched in list(self.watched.items()):
            if watched.is_undone():
                del self.watched[name]
                was = f"{name}: set to {value_text(watched.value)} at step {watched.step}"
                now = f"the program set it to {value_text(watched.setting.value)} {when} step {step}"
                self.notes[name] = f"{was}; {now}"
                yield self.notes[name]
        if self.repetition is not None:
            verdict = self.repetition.verdict(step)
            if verdict != self.notes.get(Noticed.REPETITION, ""):
                self.notes[Noticed.REPETITION] = verdict
                yield verdict
            if step >= self.repetition.end:
                self.repetition = None

    def go_back(self, state: SavedState, journal: Journal) -> dict[str, Value]:
        """Expect the numbers that were reported after a state to which the run has returned.

        Returns:
            The values that were asked for, of those settings that are as somebody has set them.
        """
        self.notes.clear()
        self._drop_undone()
        self.repetition = None
        reports = journal.repeatable(state.entry, state.branch)
        if reports and all(watched.number <= state.entry for watched in self.watched.values()):
            self.repetition = Repetition(reports, state.step)
        return {name: watched.asked for name, watched in self.watched.items()}

    def _drop_undone(self) -> None:
        self.watched = {name: watched for name, watched in self.watched.items() if not watched.is_undone()}


class _Set:
    """A setting that was set: what was asked for, what it became, before which step, in which entry."""

    def __init__(self, setting: Setting, asked: Value, value: Value, step: int, number: int) -> None:
        self.setting, self.asked, self.value, self.step, self.number = setting, asked, value, step, number

    def is_undone(self) -> bool:
        now = self.setting.read()
        if isinstance(now, float) and isinstance(self.value, (int, float)):
            return not math.isclose(now, self.value, rel_tol=SAME)
        return now is not None and now != self.value


class Repetition:
    """Steps that are trained again after a return to a state, compared with what they reported before.

    Args:
        reports: what was reported, by step and names of the metrics; at least one report.
        begin: the step of the state.

    Attributes:
        end: the first step after those that are compared.
    """

    def __init__(self, reports: Repeatable, begin: int) -> None:
        self.end = 1 + max(step for step, _ in reports)
        self._reports, self._begin, self._count = reports, begin, 0
        self._names: set[str] = set()  # of the metrics that were compared
        # The first steps at which metrics differ. That of a clock always does, and hides no other.
        self._differing: dict[str, int] = {}
        # Those whose first difference is that of rounding, which the order of a set can cause.
        self._rounded: set[str] = set()

    def check(self, step: int, values: Mapping[str, float]) -> bool:
        """Compare a report; return whether a metric differs for the first time."""
        before = self._reports.pop((step, tuple(values)), {})
        self._count += bool(before)
        self._names.update(before)
        # Their digits are compared: nan is the same as nan.
        new = [name for name in before if repr(values[name]) != repr(before[name])]
        new = [name for name in new if name not in self._differing]
        self._differing.update(dict.fromkeys(new, step))
        self._rounded.update(name for name in new if math.isclose(values[name], before[name], rel_tol=SAME))
        return bool(new)

    def verdict(self, step: int) -> str:
        """What is known before a step: what differs and, at the end, what does not; empty if nothing is."""
        differing = list(self._differing.items())[:MAX_NAMED]
        slightly = " (at first by less than a millionth)"
        text = ", ".join(
            f"{name} differs from step {first} on{slightly if name in self._rounded else ''}"
            for name, first in differing
        )
        if self._differing.keys() - self._rounded and not uses_gpu():
            text += ": something outside the saved state has gone on"
        same = sorted(self._names - self._differing.keys())[:MAX_NAMED]
        if step < self.end or not same:
            return text
        count = self.end - self._begin
        steps = "the same step" if count == 1 else f"the same {count} steps"
        if not text:
            return f"{steps} gave the same numbers ({self._count} reports were compared)"
        return f"{text}; {steps} gave the same {', '.join(same)}"

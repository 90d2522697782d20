"""What a run notices by itself: settings that the program has undone, and repeated steps that differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from bptui.steer.journal import Journal, Kind, Repeatable
from bptui.steer.pytorch import uses_gpu
from bptui.steer.settings import Setting, Value, in_words
from bptui.steer.states import State

SAME = 1e-6
"""The relative difference up to which two values are the same, more than that of rounding to float32."""

REPEATED, REPORTED = " repeated", " reported"
"""What notes are about besides settings, whose names begin with no space."""


class Watch:
    """The settings that somebody has set and the program has left as they are, and repeated steps.

    Attributes:
        repetition: the steps that are trained again after a return to a state, as long as nothing is known.
        notes: what was noticed: a sentence by what it is about.
        watched: the settings that the program might set again, by name.
    """

    def __init__(self) -> None:
        self.repetition: Repetition | None = None
        self.notes: dict[str, str] = {}
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
        return min(end, step + 1 if any(each.step == step for each in self.watched.values()) else math.inf)

    def look(self, step: int) -> Iterator[tuple[str, dict[str, object]]]:
        """What has happened before this step: what it is about, and what else is known of it."""
        when = "at" if step <= self._looked_at + 1 else "by"
        self._looked_at = step
        for name, each in list(self.watched.items()):
            if each.is_undone():
                del self.watched[name]
                now, was = in_words(each.setting.value), f"set to {in_words(each.value)} at step {each.step}"
                self.notes[name] = f"{name}: {was}; the program set it to {now} {when} step {step}"
                yield name, {"name": name, "new": each.setting.value}
        if self.repetition is not None and (verdict := self.repetition.verdict(step)):
            self.repetition = None
            self.notes[REPEATED] = verdict
            yield REPEATED, {}

    def go_back(self, state: State, journal: Journal) -> dict[str, Value]:
        """Expect the numbers that were reported after a state to which the run has returned.

        Returns:
            The values that were asked for, of those settings that are as somebody has set them.
        """
        self.notes.clear()
        self._drop_undone()
        self.repetition = None
        reports = journal.repeatable(state.entry, state.branch)
        if reports and all(each.number <= state.entry for each in self.watched.values()):
            self.repetition = Repetition(reports, state.step)
        return {name: each.asked for name, each in self.watched.items()}

    def _drop_undone(self) -> None:
        self.watched = {name: each for name, each in self.watched.items() if not each.is_undone()}


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
        self._reports, self._begin = reports, begin
        self._count = 0
        self._last_same, self._differs_at = begin - 1, -1

    def check(self, step: int, values: Mapping[str, float]) -> bool:
        """Compare a report; return whether there may be something to tell before the next step."""
        key: tuple[int, Kind] = step, tuple(values)
        before = self._reports.get(key)
        if before is not None:
            if _are_same(before.values(), values.values()):
                del self._reports[key]
                self._count, self._last_same, self._differs_at = self._count + 1, step, -1
            elif self._differs_at < 0:
                self._differs_at = step  # unless another report of this step is the same
        return self._differs_at >= 0

    def verdict(self, step: int) -> str:
        """What is known before a step; empty if that is nothing yet."""
        if self._differs_at >= 0:
            cause = "" if uses_gpu() else ": something outside the saved state has gone on"
            where = "from" if self._differs_at == self._last_same + 1 else "at the latest from"
            return f"differs {where} step {self._differs_at} on{cause}"
        if step >= self.end and self._count:
            steps = "step" if (count := self.end - self._begin) == 1 else f"{count} steps"
            return f"the same {steps} gave the same numbers ({self._count} reports were compared)"
        return ""


def _are_same(before: Iterable[float], after: Iterable[float]) -> bool:
    pairs = zip(before, after, strict=True)
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in pairs)

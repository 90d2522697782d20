"""What a run notices by itself: settings that the program has undone."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bptui.steer.settings import Setting, Value, value_text

SAME = 1e-6
"""The relative difference up to which two values are the same, more than that of rounding to float32."""
REPORTED = " reported"
"""What notes are about besides settings, whose names begin with no space."""


class Watch:
    """The settings that somebody has set and the program has left as they are.

    Attributes:
        notes: what was noticed: a sentence by what it is about.
        watched: the settings that the program might set again, by name.
    """

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        self.watched: dict[str, _Set] = {}
        self._looked_at = 0  # the step of the last look

    def add(self, setting: Setting, asked: Value, step: int) -> None:
        """Watch a setting that was just set. Others that have changed with it are watched no longer.

        Args:
            setting: what was set, and read since.
            asked: the value that was asked for.
            step: the step before which that was.
        """
        self.notes.pop(setting.name, None)
        self.watched.pop(setting.name, None)
        self._drop_undone()
        if setting.value is not None:
            self.watched[setting.name] = _Set(setting, asked, setting.value, step)
        self._looked_at = step

    def next_step(self, step: int) -> float:
        """The step before which to look: the next one if something was set before this one."""
        was_set = any(watched.step == step for watched in self.watched.values())
        return step + 1 if was_set else math.inf

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

    def go_back(self) -> dict[str, Value]:
        """Forget what was noticed, since the run has returned to a state.

        Returns:
            The values that were asked for, of those settings that are as somebody has set them.
        """
        self.notes.clear()
        self._drop_undone()
        return {name: watched.asked for name, watched in self.watched.items()}

    def _drop_undone(self) -> None:
        self.watched = {name: watched for name, watched in self.watched.items() if not watched.is_undone()}


class _Set:
    """A setting that was set: what was asked for, what it became, and before which step."""

    def __init__(self, setting: Setting, asked: Value, value: Value, step: int) -> None:
        self.setting, self.asked, self.value, self.step = setting, asked, value, step

    def is_undone(self) -> bool:
        now = self.setting.read()
        if isinstance(now, float) and isinstance(self.value, (int, float)):
            return not math.isclose(now, self.value, rel_tol=SAME)
        return now is not None and now != self.value

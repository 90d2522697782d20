"""The saved states of a run: the newest ones and ever fewer of the older ones, within a bound of bytes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from itertools import islice

from bpsteer.journal import Journal
from bpsteer.settings import RequestError, exception_text

MAX_SHARE = 0.05
"""How much of the time may be spent on saving states that nobody asked for."""
METRICS_OF_STATE = 3
"""How many metrics of a saved state those who are attached are told."""
NEWEST = 10
"""How many of the newest states are always kept. Of the ten before them, every second one is kept; of the
twenty before those, every fourth; of the forty before those, every eighth; and so on."""


class SavedState:
    """What the user's program has saved, and where in the run that was.

    Args:
        step, branch: where it was saved.
        data: what was saved.
        journal: what has happened until then.

    Attributes:
        metrics: the newest values there.
        entry: the number of the newest entry of the journal there.
        turns: how many changes and returns to states were before it.
    """

    __slots__ = ("branch", "data", "entry", "metrics", "number", "step", "turns")

    def __init__(self, step: int, branch: int, data: bytes, journal: Journal) -> None:
        self.step, self.branch, self.data = step, branch, data
        self.number = 0
        self.metrics, self.entry, self.turns = dict(journal.latest), journal.number, journal.turns


class SavedStates:
    """The states of a run.

    Args:
        max_bytes: the most bytes of all of them together.
    """

    def __init__(self, max_bytes: int) -> None:
        self.kept: list[SavedState] = []
        self._max_bytes = max_bytes
        self._count = 0

    def add(self, added: SavedState, spared: SavedState | None = None) -> None:
        """Add a state and drop others for it, those in the middle before the first one.

        Args:
            added: the state, which gets its number.
            spared: a state that is not dropped.

        Raises:
            RequestError: it is too large.
        """
        added.number = self._count
        kept = [state for state in self.kept if state is spared or self._is_kept(state)] + [added]
        while sum(len(state.data) for state in kept) > self._max_bytes:
            # The one whose neighbors are closest to each other, and the first one if there is no other.
            gaps = {
                kept[place + 1].number - kept[place - 1].number: place
                for place in range(len(kept) - 2, 0, -1)
                if kept[place] is not spared
            }
            place = gaps[min(gaps)] if gaps else 0
            if kept[place] in (spared, added):
                sizes = f"it has {len(added.data)} bytes, and there is room for {self._max_bytes}"
                raise RequestError(f"the state is too large: {sizes} (max_state_bytes)")
            del kept[place]
        self.kept, self._count = kept, self._count + 1

    def described(self) -> list[dict[str, object]]:
        """The states as a message has them."""
        return [
            {
                "step": state.step,
                "branch": state.branch,
                "metrics": dict(islice(state.metrics.items(), METRICS_OF_STATE)),
            }
            for state in self.kept
        ]

    def _is_kept(self, state: SavedState) -> bool:
        age = self._count - state.number
        return age < NEWEST or state.number % (1 << (age // NEWEST).bit_length()) == 0


class Saver:
    """Saves and loads the states of a run, on the training's thread.

    Args:
        save: returns the state of the user's program.
        load: makes a state that `save` has returned the program's own.
        journal: what has happened in the run.
        seconds: how often a state is saved; None for not after a time.
        steps: the same in steps.
        max_bytes: the most bytes of all states.

    Attributes:
        lacking: why no states are saved; empty if they are.
        problem: why the last attempt to save a state failed; empty if it did not.
    """

    def __init__(
        self,
        save: Callable[[], bytes],
        load: Callable[[bytes], object],
        journal: Journal,
        *,
        seconds: float | None,
        steps: int | None,
        max_bytes: int,
    ) -> None:
        self.states = SavedStates(max_bytes)
        self.lacking = self.problem = ""
        self._save, self._load, self._journal = save, load, journal
        self._seconds, self._steps = float("inf") if seconds is None else seconds, steps
        self._due_at = 0.0
        self._present: SavedState | None = None  # the program's at its step, if nothing was changed since

    def is_time(self) -> bool:
        """Whether so much time has passed that a state is due."""
        return not self.lacking and time.monotonic() >= self._due_at

    def is_due(self, step: int) -> bool:
        """Whether a state is due before this step."""
        return self.is_time() or self.next_step(step - 1) == step

    def next_step(self, step: int) -> float:
        """The next step after this one before which a state is due."""
        return (
            float("inf") if self._steps is None or self.lacking else step - step % self._steps + self._steps
        )

    def take(self, step: int, branch: int, spared: SavedState | None = None) -> SavedState:
        """Save the state before this step, unless there is one already, and do not drop another one for it.

        Raises:
            RequestError: that is not possible.
        """
        self._check()
        if self._present is not None and self._present.step == step:
            return self._present
        begin = time.monotonic()
        self._due_at = begin + self._seconds  # even if an error is raised
        try:
            data = bytes(memoryview(self._save()))
            self._present = SavedState(step, branch, data, self._journal)
            self.states.add(self._present, spared)
        except Exception as error:
            self._present = None
            reason = (
                error
                if isinstance(error, RequestError)
                else f"the state can't be saved: {exception_text(error)}"
            )
            self.problem = str(reason)
            raise RequestError(self.problem) from None
        now = time.monotonic()
        self._due_at = now + max(self._seconds, (now - begin) / MAX_SHARE)
        self.problem = ""
        return self._present

    def go_back(self, wanted: int, step: int, branch: int) -> SavedState:
        """Load the state that is nearest to a step, and return it. The present state is saved if possible.

        Raises:
            RequestError: that is not possible. The program has its present state, or the message says not.
        """
        self._check()
        # The newest one of those that are equally near.
        state = min(reversed(self.states.kept), key=lambda state: abs(state.step - wanted), default=None)
        if state is None:
            raise RequestError("no state was saved yet")
        present: SavedState | None = None
        with contextlib.suppress(RequestError):  # `problem` has the reason
            present = self.take(step, branch, spared=state)
        try:
            self._load(state.data)
        except Exception as error:
            reason = f"the state before step {state.step} can't be loaded: {exception_text(error)}"
            try:
                if present is None:
                    raise RequestError(self.problem)
                self._load(present.data)
            except Exception:
                reason += "; the current one can't be loaded again either, so the training may be damaged"
            raise RequestError(reason) from None
        self._journal.latest = state.metrics.copy()
        self._present = state
        return state

    def _check(self) -> None:
        if self.lacking:
            raise RequestError(f"the run has no states: {self.lacking}")

    def forget_present(self) -> None:
        """Save a state even if one was saved before the same step, since something was changed."""
        self._present = None

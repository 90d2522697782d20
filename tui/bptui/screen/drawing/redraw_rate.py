"""How often a map changes: large pictures that change slowly are drawn less often than the rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from bptui.session.snapshot import Snapshot, Stage

MAP_SECONDS = 0.5
"""The least time between two drawings of a map of a run that is running."""


class MapPace:
    """Says when the map of a run is to be drawn again.

    Args:
        wait: the seconds before the second drawing. With different waits, not all maps change in one frame.
        clock: the time in seconds.
    """

    def __init__(self, wait: float = MAP_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._wait, self._clock = wait, clock
        self._drawn: tuple[Snapshot, object] | None = None
        self._due = 0.0

    def is_due(self, snapshot: Snapshot | None, choice: object = None) -> bool:
        """Whether to draw this snapshot: always, unless it only continues the run that was just drawn.

        Args:
            snapshot: the run.
            choice: what the user has chosen to see of it.
        """
        now, continues = self._clock(), self._continues(snapshot, choice)
        if continues and now < self._due:
            return False
        self._drawn = None if snapshot is None else (snapshot, choice)
        self._due = now + (MAP_SECONDS if continues else self._wait)
        return True

    def _continues(self, snapshot: Snapshot | None, choice: object) -> bool:
        """Whether the run has only been trained since the drawn snapshot, and is still running."""
        if self._drawn is None or snapshot is None:
            return False
        drawn, chosen = self._drawn
        return (
            snapshot.status.stage is Stage.RUNNING
            and drawn.status.stage is Stage.RUNNING
            and choice == chosen
            and snapshot.run.config == drawn.run.config
            and snapshot.run.epoch >= drawn.run.epoch
        )

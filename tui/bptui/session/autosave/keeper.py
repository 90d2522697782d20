"""Keeping the runs of a session when it ends, from any thread, and continuing those of an earlier one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bptui.session.autosave.runs_folder import KeptFile, KeptFolder, problem_with
from bptui.session.autosave.state_file import ScreenState
from bptui.settings.start_settings import StartSettings


class Keeper:
    """Writes the state once, when the session ends. After a failure, it can be tried again.

    Args:
        start: the settings at the start, with the folder of kept runs.
        state: returns the current state, or None if nothing is worth keeping.

    Attributes:
        problem: why the state could not be written; empty if it was.
        offered: the kept runs that the user may continue instead of new ones; None for none.
    """

    def __init__(self, start: StartSettings, state: Callable[[], ScreenState | None]) -> None:
        self._folder = None if start.runs_path is None else KeptFolder(start.runs_path)
        self._state = state
        self._lock = threading.Lock()
        self._done = False
        self._continued: Path | None = None  # the file of this session replaces it
        self.problem = ""
        self.offered = self._newest() if start.offers else None

    def _newest(self) -> KeptFile | None:
        return None if self._folder is None else self._folder.newest()

    @property
    def has_runs(self) -> bool:
        """Whether runs of an earlier session are kept."""
        return self._newest() is not None

    def continue_from(self, path: Path) -> ScreenState:
        """The state in a file, which this session continues.

        Raises:
            CheckpointError: the file can't be read, or is damaged.
        """
        from bptui.session.autosave.state_file import read_state

        state = read_state(path)
        self._continued, self.offered = path, None
        return state

    def try_folder(self) -> str:
        """Find out by trying whether a file can be written. Return why not, or an empty text."""
        import bptui.session.autosave.state_file  # noqa: F401  # now: at the end there may be no memory left for it

        return "" if self._folder is None else self._folder.problem()

    def keep(self) -> None:
        """Write the state unless that is done already. Any thread may call this, and more than once."""
        if self._folder is None:
            return
        with self._lock:
            if self._done:
                return
            self.problem = problem_with(partial(self._write, self._folder))
            self._done = not self.problem

    def _write(self, folder: KeptFolder) -> None:
        state = self._state()
        if state is None:
            return
        from bptui.session.autosave.state_file import encode_state

        path = folder.write(state.summaries(), encode_state(state))
        if self._continued not in (None, path):
            folder.remove(self._continued)

"""Keeping the state of the screen when it ends, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from bpengine import CheckpointError
from bpengine.checkpoint.container import DamagedError
from bpengine.files import reason_of
from bptui.kept.folder import KeptFolder
from bptui.kept.screen_state import ScreenState, encode_state


class Keeper:
    """Writes the state once, when the screen ends. After a failure, it can be tried again.

    Args:
        folder: where to write the file; None to write none.
        state: returns the current state, or None if nothing is worth keeping.

    Attributes:
        problem: why the state could not be written; empty if it was.
        continued: the file that this session continues; the session's own file replaces it.
    """

    def __init__(self, folder: KeptFolder | None, state: Callable[[], ScreenState | None]) -> None:
        self._folder = folder
        self._state = state
        self._lock = threading.Lock()
        self._done = False
        self.problem = ""
        self.continued: Path | None = None

    def try_folder(self) -> str:
        """Find out by trying whether a file can be written. Return why not, or an empty text."""
        return "" if self._folder is None else self._folder.problem()

    def keep(self) -> None:
        """Write the state unless that is done already. Any thread may call this, and more than once."""
        if self._folder is None:
            return
        with self._lock:
            if self._done:
                return
            self.problem = ""
            try:
                self._write(self._folder)
                self._done = True
            except OSError as error:
                self.problem = reason_of(error)
            except (CheckpointError, DamagedError) as error:
                self.problem = str(error)

    def _write(self, folder: KeptFolder) -> None:
        state = self._state()
        if state is None:
            return
        path = folder.write(state.summaries(), encode_state(state))
        if self.continued not in (None, path):
            folder.remove(self.continued)

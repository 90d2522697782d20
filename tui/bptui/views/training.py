"""Training in a thread beside the event loop; whoever needs the session first waits for the thread."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, State

SWITCH_SECONDS = 0.0005
"""Python's switch interval while the thread trains."""


def train(session: Session, until: float, stop: threading.Event | None = None) -> Snapshot | None:
    """Train for one slice of time or, at full speed in a thread, for several slices until a frame is due.

    Args:
        session: the run.
        until: when the next frame is due, on the clock of `time.monotonic`.
        stop: set to end the training after the slice in progress; None trains for one slice.

    Returns:
        A snapshot if a frame is due and something has changed, or if nothing goes on; otherwise None.
    """
    while True:
        session.tick()
        runs = session.state is State.RUNNING
        rests = not runs and not session.cloud.is_working
        if rests or (session.has_news and time.monotonic() >= until):
            return session.snapshot()
        if not runs or stop is None or stop.is_set() or not session.is_flat_out:
            return None


class TrainingThread:
    """A thread that trains. Only it touches the session from `start` until `finish`."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="train")
        self._stop = threading.Event()
        # Between two calls of the compiled kernel, which take milliseconds, the thread needs the interpreter
        # # briefly. With Python's default of 5 ms it would wait longer than it trains while a frame is drawn.
        sys.setswitchinterval(SWITCH_SECONDS)
        self._training: Future[Snapshot | None] | None = None

    @property
    def is_training(self) -> bool:
        """Whether the session belongs to the thread."""
        return self._training is not None

    @property
    def is_done(self) -> bool:
        """Whether the thread is waiting for `finish`."""
        return self._training is not None and self._training.done()

    def start(self, session: Session, until: float, when_done: Callable[[], object]) -> None:
        """Begin to train (see `train`), and call `when_done` at the end, from the thread."""
        self._stop.clear()
        self._training = self._executor.submit(train, session, until, self._stop)
        self._training.add_done_callback(lambda _: when_done())

    def finish(self) -> Snapshot | None:
        """End the training after the slice in progress, and return a snapshot if a frame is due."""
        training, self._training = self._training, None
        self._stop.set()
        return None if training is None else training.result()

"""The frames of a tab: when its run is trained, and when the tab shows what has been trained."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from textual.timer import Timer
from textual.widget import Widget

from bptui.experiments.runner import Runner
from bptui.screen.terminal.driver import writer_is_busy
from bptui.session.document import SessionState
from bptui.session.session import Session
from bptui.session.snapshot import Snapshot, Stage
from bptui.session.speed import TICK_SECONDS

SWITCH_SECONDS = 0.0005
"""Python's switch interval while the thread trains."""


def train(session: Session, until: float, stop: threading.Event | None = None) -> Snapshot | None:
    """Train for one slice of time or, at full speed in a thread, for several slices until a frame is due.

    Args:
        session: the run.
        until: when the next frame is due, on the clock of `time.monotonic`.
        stop: set to end the training after the slice in progress; None trains for one slice.

    Returns:
        A snapshot if a frame is due and something has changed, or if nothing is in progress; otherwise None.
    """
    while True:
        session.tick()
        runs = session.stage is Stage.RUNNING
        rests = not runs and not session.is_computing
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
        # briefly. With Python's default of 5 ms it would wait longer than it trains while a frame is drawn.
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


class Frames:
    """Trains the run of a tab while the tab is open, and has the tab show a frame when one is due.

    Args:
        tab: the tab, after whose mounting `begin` is called.
        session: the run.
        runner: computes what is made beside the run, such as the cloud, if there is a thread.
        fps: the most frames a second.
        thread: trains beside the event loop; None trains between two of its events.
        show: shows a snapshot in the panels of the tab.
    """

    def __init__(
        self,
        tab: Widget,
        session: Session,
        runner: Runner,
        *,
        fps: int,
        thread: TrainingThread | None,
        show: Callable[[Snapshot], object],
    ) -> None:
        self.training_delay: Callable[[], float] = lambda: 0.0  # asked before each tick
        self.is_open = False
        """Whether the tab is open."""
        self._tab, self._session, self._thread = tab, session, thread
        self._show_snapshot, self._seconds = show, 1 / fps
        self._shown_at = 0.0  # when the last frame was shown; 0 before the first one
        self._rest_timer: Timer | None = None
        if thread is not None:
            session.cloud.use(runner, lambda: tab.call_later(self.take_news))

    @property
    def kept(self) -> SessionState:
        """What to keep of the session if the program ends now. Any thread may ask."""
        return self._session.kept

    @property
    def session(self) -> Session:
        """The session, after the slice of training in progress has ended. Do not store it."""
        if self._thread is not None:
            self._thread.finish()
        return self._session

    def begin(self) -> None:
        """Make the timer, which runs only while the run is running and the tab is open."""
        self._timer = self._tab.set_interval(TICK_SECONDS, self.tick, pause=True)

    def open(self) -> None:
        """Show the run, and train it from now on while it is running."""
        self.is_open = True
        self.show_now()

    def close(self) -> None:
        """Pause the run until the tab is open again."""
        self.is_open = False
        self._rest()

    def show_now(self) -> None:
        """Show the run as it is now, and start the timer if the run is running on the open tab."""
        snapshot = self.session.snapshot()
        self._show(snapshot)
        if self.is_open and self._continues(snapshot):
            self._timer.resume()
        else:
            self._rest()

    def tick(self) -> None:
        """Train for a slice of time, and show the frame that is due then."""
        delay = self.training_delay()
        if delay:
            self._rest(delay)
            return
        if self._thread is None:
            self._show_trained(train(self._session, self._due()))
        elif not self._thread.is_training:
            self._thread.start(self._session, self._due(), lambda: self._tab.call_later(self._end_slice))

    def take_news(self) -> None:
        """Show what was computed beside the run, without waiting for the next tick."""
        session = self._session
        idle = self._thread is not None and not self._thread.is_training
        if idle and self.is_open and session.has_results and session.stage is not Stage.RUNNING:
            self.tick()

    def _due(self) -> float:
        """When the next frame is due: not before the terminal has taken the last one.

        While the run is not running, results from beside it are shown at once: a key press may wait for them.
        """
        now, session = time.monotonic(), self._session
        waits = session.has_results and session.stage is not Stage.RUNNING
        due = now if waits else self._shown_at + self._seconds
        return max(due, now + TICK_SECONDS if writer_is_busy(self._tab.app) else now)

    def _end_slice(self) -> None:
        """Show what the thread has trained, while it trains on."""
        if self._thread is None or not self._thread.is_done:
            return  # a key press has already waited for the thread
        snapshot = self._thread.finish()
        if self._session.stage is Stage.RUNNING and self.is_open and self._session.is_flat_out:
            self._shown_at = time.monotonic() if snapshot is not None else self._shown_at
            self.tick()
        self._show_trained(snapshot)
        if snapshot is None:
            self.take_news()  # which has arrived in the meantime

    def _show_trained(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        self._show(snapshot)
        if not self._continues(snapshot):
            self._rest()

    def _rest(self, seconds: float = math.inf) -> None:
        """Stop the timer for some seconds, in which no processor time is used."""
        self._timer.pause()
        if self._rest_timer is not None:
            self._rest_timer.stop()
        self._rest_timer = self._tab.set_timer(seconds, self._timer.resume) if seconds < math.inf else None

    def _show(self, snapshot: Snapshot) -> None:
        self._shown_at = time.monotonic()
        self._show_snapshot(snapshot)

    def _continues(self, snapshot: Snapshot) -> bool:
        """Whether the timer must go on: the run is running, or something is computed beside it."""
        cloud = snapshot.comparison.cloud
        runs = snapshot.status.stage is Stage.RUNNING
        session = self._session
        is_computing = session.stability.is_working or session.references.is_working
        return runs or (cloud is not None and cloud.is_working) or is_computing

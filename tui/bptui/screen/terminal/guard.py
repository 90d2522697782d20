"""Signals and hang-ups: they always end the app, and leave the terminal as it was."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import select
import signal
import socket
import sys
import termios
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn, Self

from textual.app import App

from bptui.process.signals import END_SIGNALS, JOB_CONTROL, handled_signals
from bptui.screen.terminal.driver import TerminalDriver
from bptui.screen.terminal.textual_internals import driver_of

EXIT_TIMEOUT = 2.0
"""The most seconds for an orderly exit after a signal. A terminal that takes no output can block the exit."""

KEEP_TIMEOUT = 0.3
"""The most seconds for the app to keep its state. After that, the guard's thread keeps it."""

TOGETHER_SECONDS = 0.1
"""Signals that are sent together, such as SIGTERM and SIGCONT by session managers, come within this time,
in any order: different threads take them."""
_EXIT_SIGNALS = (*END_SIGNALS, signal.SIGALRM)
_APP_IS_UP = 0
"""What `watch` sends to the thread. It is no signal's number."""

_RESTORE_SCREEN = (
    b"\x1b[?2026l"  # end of synchronized output, in case a frame is incomplete
    b"\x1b[<u"  # keyboard protocol; before the switch of screens, since each screen has its own stack
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1016l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # reports off
    b"\x1b[?7h\x1b[?1049l\x1b[?25h"  # line wrap on, normal screen, cursor on
)


class TerminalGuard:
    """Ends the app on signals and hang-ups, and restores the terminal even if the app can't.

    Enter the guard before the app runs, while the terminal still has its original modes. The handlers of
    signals do nothing: Python writes the number of each signal to a socket, and a thread reads the numbers.
    It is a thread because the app's own thread may be blocked by a terminal that takes no more output. It is
    started first of all, and no other is needed to end: later, there may be no memory for one.
    """

    def __init__(self) -> None:
        self._input = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._output = sys.__stderr__.fileno() if sys.__stderr__ else 2  # where Textual writes
        self._signal_reader, self._signal_writer = socket.socketpair()
        self._signal_writer.setblocking(False)
        self._handlers = contextlib.ExitStack()
        self._app: App[int] | None = None
        self._keep: Callable[[], None] = lambda: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early: list[int] = []  # signals that came before the app was up
        self._status = 0  # once the app has to end, its exit status
        self._keep_at = self._force_at = math.inf  # on the clock of `time.monotonic`
        self._suspended = self._has_to_stop = False
        self._exited = threading.Event()
        self._exit_lock = threading.Lock()  # a forced exit must not interrupt a late orderly exit

    def __enter__(self) -> Self:
        """Save the terminal's modes. From now on, signals do not end the process directly."""
        if not self._is_in_foreground():
            # Stop until the process is in the foreground: the current modes belong to the shell.
            os.kill(os.getpid(), signal.SIGTTOU)
        self._modes = termios.tcgetattr(self._input)
        threading.Thread(target=self._watch, name="signals", daemon=True).start()
        signal.set_wakeup_fd(self._signal_writer.fileno(), warn_on_full_buffer=False)
        self._handlers.enter_context(handled_signals(_do_nothing, (*_EXIT_SIGNALS, *JOB_CONTROL)))
        return self

    def __exit__(self, *_error: object) -> None:
        """Restore the modes and the handlers."""
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._input, termios.TCSANOW, self._modes)  # TCSADRAIN might wait forever
        with self._exit_lock:
            self._exited.set()
        self._handlers.close()
        signal.set_wakeup_fd(-1)
        self._signal_writer.close()

    @property
    def status(self) -> int:
        """The exit status, once a signal has asked the app to end; 0 before."""
        return self._status

    def watch(self, app: App[int], keep: Callable[[], None]) -> None:
        """Let the app end in order on signals, including those that have already come.

        Args:
            app: the app, which is running.
            keep: keeps the app's state when it is called for the first time. Any thread may call it.
        """
        self._app, self._keep, self._loop = app, keep, asyncio.get_running_loop()
        self._signal_writer.send(bytes([_APP_IS_UP]))

    def _watch(self) -> None:
        try:
            poll = select.poll()
            poll.register(self._input, 0)  # a hang-up is always reported
            poll.register(self._signal_reader, select.POLLIN)
            while not self._exited.is_set():
                self._wait(poll)
        except Exception:  # above all, a MemoryError
            self._keep_state()
            self._force_exit()

    def _wait(self, poll: select.poll) -> None:
        """Wait for a signal, the hang-up of the terminal, or the next step of an exit, and respond to it."""
        now = time.monotonic()
        if now >= self._force_at:
            self._force_exit()
            return
        if now >= self._keep_at:
            self._keep_at = math.inf
            self._keep_state()
            return
        due = min(self._keep_at, self._force_at)
        ready = dict(poll.poll(None if due == math.inf else math.ceil(1000 * (due - now))))
        if self._input in ready:
            # Nothing is left to restore, and Textual's input thread would use a whole core.
            self._keep_and_end(128 + signal.SIGHUP)
        if self._signal_reader.fileno() in ready:
            for number in self._signal_reader.recv(256):
                self._respond(number)

    def _respond(self, number: int) -> None:
        if number in _EXIT_SIGNALS:
            self._exit(128 + number)
        elif self._app is None:
            self._early.append(number)
        elif number == _APP_IS_UP:
            if self._status:
                self._ask_to_exit(self._app)
            for early in self._early:
                self._respond(early)
        elif number == signal.SIGTSTP:
            self._has_to_stop = True
            self._app.call_later(self._stop, self._app)
        elif number == signal.SIGCONT:
            self._has_to_stop = False
            self._app.call_later(self._resume, self._app)

    def _exit(self, status: int) -> None:
        was_exiting, self._status = self._status, self._status or status
        if not self._is_in_foreground():
            self._keep_and_end(status)  # without touching the terminal, which now belongs to the shell
        if not was_exiting:
            now = time.monotonic()
            self._keep_at, self._force_at = now + KEEP_TIMEOUT, now + EXIT_TIMEOUT
            if self._app is not None:
                self._ask_to_exit(self._app)

    def _ask_to_exit(self, app: App[int]) -> None:
        app.call_later(app.exit, self._status, return_code=self._status)

    def _force_exit(self) -> None:
        """End the process although the app can't; do nothing if the app has just ended."""
        with self._exit_lock:
            if self._exited.is_set():
                return
            try:
                self._restore_terminal()
            finally:
                os._exit(self._status or 128 + signal.SIGTERM)

    def _keep_and_end(self, status: int) -> NoReturn:
        """Keep the state, and end the process at once."""
        try:
            kept = threading.Event()

            def keep() -> None:
                self._keep_state()
                kept.set()

            if self._loop is not None:
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    self._loop.call_soon_threadsafe(keep)
                    kept.wait(KEEP_TIMEOUT)
            self._keep_state()  # a terminal that takes no output may block the loop
        finally:
            os._exit(status)

    def _keep_state(self) -> None:
        """Keep the state. An error must not prevent the process from ending."""
        with contextlib.suppress(Exception):
            self._keep()

    def _restore_terminal(self) -> None:
        """Do what an orderly exit would have done, although Textual's writer is blocked."""
        terminal = os.dup(self._output)
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._output)  # takes what the writer writes from now on
        os.set_blocking(terminal, False)  # interrupts the blocked write, and prevents ours from blocking
        deadline = time.monotonic() + EXIT_TIMEOUT
        try:
            while time.monotonic() < deadline:
                termios.tcflush(terminal, termios.TCOFLUSH)
                termios.tcsetattr(self._input, termios.TCSANOW, self._modes)  # also wakes the blocked writer
                with contextlib.suppress(BlockingIOError):  # the blocked write is still in progress
                    os.write(terminal, _RESTORE_SCREEN)
                    return
                time.sleep(0.01)
        finally:
            os.set_blocking(terminal, True)  # the shell shares this open file

    def suspend(self, app: App[int]) -> bool:
        """Stop the job, as the key does outside of raw mode.

        Returns:
            False, without stopping, if no shell with job control started the app and could continue it: then
            the job is that of the session's first process.
        """
        if os.getpgrp() == os.getsid(0):
            return False
        self._leave_terminal(app)
        os.killpg(os.getpgrp(), signal.SIGSTOP)  # the shell waits for the whole job, wrappers included
        return True

    def _stop(self, app: App[int]) -> None:
        self._leave_terminal(app)
        if self._has_to_stop:
            time.sleep(TOGETHER_SECONDS)
        with contextlib.suppress(BlockingIOError):  # nothing has come meanwhile
            latest = self._signal_reader.recv(256, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            self._has_to_stop = self._has_to_stop and signal.SIGCONT not in latest
        if self._has_to_stop:  # otherwise nobody would continue it
            os.kill(os.getpid(), signal.SIGSTOP)

    def _leave_terminal(self, app: App[int]) -> None:
        """Hand the terminal back to the shell as it was."""
        driver = driver_of(app)
        if driver is not None and not self._suspended:
            self._suspended = True
            driver.suspend_application_mode()

    def _resume(self, app: App[int]) -> None:
        """Take over the terminal again; meanwhile a shell may have drawn on it and changed its modes."""
        driver = driver_of(app)
        if self._status or driver is None:
            return
        if not self._is_in_foreground():
            time.sleep(TOGETHER_SECONDS)
            if not self._status:
                os.kill(os.getpid(), signal.SIGSTOP)  # until the next SIGCONT
            return
        if not self._suspended:
            if isinstance(driver, TerminalDriver):  # the page that owes answers may be closed
                driver.flow_control.reset()
            driver.suspend_application_mode()
        self._suspended = False
        driver.resume_application_mode()
        app.refresh(layout=True)

    def _is_in_foreground(self) -> bool:
        """Whether the process may change the terminal."""
        try:
            return os.tcgetpgrp(self._input) == os.getpgrp()
        except OSError:  # not the controlling terminal, so there is no shell with job control
            return True


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Python writes the number of a signal to the socket only if the signal has a handler."""

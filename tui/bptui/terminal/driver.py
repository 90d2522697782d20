"""The terminal's other end: signals, stops, hang-ups and slow links."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import socket
import sys
import termios
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from bptui.terminal.cell_diff import CellDiff
from bptui.terminal.flow_control import FlowControl, frames_in_flight

if TYPE_CHECKING:
    from textual.app import App

GRACE_SECONDS = 2.0
"""How long an orderly exit may take after a signal; a stalled terminal may never let it end."""

LAST_ANSWERS = 1.5
"""Seconds that the end waits for answers on their way, which the shell would take for something typed."""

_FRAME_BEGIN, _FRAME_END = "\x1b[?2026h", "\x1b[?2026l"

_LEAVE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_STOP_AND_GO_ON = (signal.SIGTSTP, signal.SIGCONT)

_LEAVE_SCREEN = (
    b"\x1b[?2026l"  # no frame is still to be completed
    b"\x1b[<u"  # before leaving: each of the two screens has its own stack of keyboard protocols
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1016l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # reports
    b"\x1b[?7h\x1b[?1049l\x1b[?25h"  # lines wrap; the normal screen; the cursor
)


def writer_is_busy(app: App[int]) -> bool:
    """Whether earlier frames are still on their way out, so that another would only queue up behind them."""
    # Private to Textual, so reached with care: without it, frames are simply never skipped.
    thread = getattr(app._driver, "_writer_thread", None)
    queue = getattr(thread, "_queue", None)
    return (queue is not None and queue.qsize() > 0) or frames_in_flight(app) > 0


class TerminalDriver(LinuxDriver):
    """Textual's driver, with stops left to the keeper, that sends no more than what changes and waits for it.

    Textual's own answer to SIGCONT takes the screen a second time if nothing has given it back: a second
    thread reads the keys, and the raw modes pass for those from before.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        self.link = FlowControl()
        self._cell_diff = CellDiff()
        self._begun = ""  # a frame's beginning, held back until it is known that something follows
        super().__init__(app, **options)

    def start_application_mode(self) -> None:
        """Take the screen."""
        self.link.begin()
        self._cell_diff.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # published without
        self._take_sizes_one_by_one()

    def _take_sizes_one_by_one(self) -> None:
        """Look at the window's size from the event loop.

        Textual looks at it in the signal's handler. While a window is pulled, the next signal may interrupt
        that between the look and the message: then the older of two sizes comes last, and stays.
        """
        look, loop = signal.getsignal(signal.SIGWINCH), asyncio.get_running_loop()

        def look_soon(number: int, frame: FrameType | None) -> None:
            if callable(look):
                loop.call_soon_threadsafe(look, number, frame)

        signal.signal(signal.SIGWINCH, look_soon)

    def write(self, data: str) -> None:
        """Send what changes, and nothing for a frame in which nothing does."""
        if data == _FRAME_BEGIN:
            self._begun = data
            return
        if data == _FRAME_END and self._begun:
            self._begun = ""
            return
        changes = self._cell_diff.changes(data)
        if not changes:
            return
        self.link.write(changes)
        super().write(self._begun + changes)
        self._begun = ""

    def flush(self) -> None:
        """End a frame."""
        question = self.link.question()
        if question:
            super().write(question)
        super().flush()

    def process_message(self, message: Message) -> None:
        """Take the answers out of what comes in."""
        if isinstance(message, events.CursorPosition):
            self.link.answer()
            return
        if isinstance(message, events.Resize):
            self._cell_diff.resize(*message.size)
        super().process_message(message)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Textual's own, called when it begins and when the window has another size."""
        size = super()._get_terminal_size()
        self._cell_diff.resize(*size)
        return size

    def disable_input(self) -> None:
        """Read no more, but for the last answers."""
        until = time.monotonic() + LAST_ANSWERS
        while self.link.owed and time.monotonic() < until:
            time.sleep(0.005)
        self.link.begin()
        super().disable_input()

    def stop_application_mode(self) -> None:
        """Leave the screen."""
        if self._mouse_pixels:
            self.write("\x1b[?1016l")  # Textual forgets it
        super().stop_application_mode()

    def _sigtstp_application(self, *_: object) -> None:
        pass

    def _sigcont_application(self, *_: object) -> None:
        pass


class TerminalGuard:
    """Sees to it that the app ends, and leaves the terminal as it was, whatever happens to either.

    To be entered before the app runs, while the terminal still has its modes. Signals only write their number
    to a socket. A thread reads them from there once the app is up, because the app's own thread may be
    waiting for a terminal that takes no more.
    """

    def __init__(self) -> None:
        self._input = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._output = sys.__stderr__.fileno() if sys.__stderr__ else 2  # where Textual writes
        self._signals, self._noted = socket.socketpair()
        self._noted.setblocking(False)
        self._handlers_before: dict[signal.Signals, Any] = {}
        self._leaving = False
        self._suspended = False
        self._ended = threading.Event()
        self._one_end = threading.Lock()  # an orderly exit that is late must not cut the other one short

    def __enter__(self) -> Self:
        """Remember the terminal's modes; from now on no signal ends the process by itself."""
        if not self._is_in_foreground():
            os.kill(os.getpid(), signal.SIGTTOU)  # stops, as the modes at present are the shell's own
        self._modes = termios.tcgetattr(self._input)
        signal.set_wakeup_fd(self._noted.fileno(), warn_on_full_buffer=False)
        for number in (*_LEAVE, *_STOP_AND_GO_ON):
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # nohup's, or a background job's
                self._handlers_before[number] = before
                signal.signal(number, _only_noted)
        return self

    def __exit__(self, *_error: object) -> None:
        """Give back modes and signals."""
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._input, termios.TCSANOW, self._modes)  # not TCSADRAIN: it may wait forever
        with self._one_end:
            self._ended.set()
        for number, before in self._handlers_before.items():
            signal.signal(number, before)
        signal.set_wakeup_fd(-1)
        self._noted.close()

    def watch(self, app: App[int]) -> None:
        """Act on signals, also on those that have come already, and on the terminal's end."""
        threading.Thread(target=self._watch, args=(app,), daemon=True).start()

    def _watch(self, app: App[int]) -> None:
        poll = select.poll()
        poll.register(self._input, 0)  # a hang-up is reported without asking for it
        poll.register(self._signals, select.POLLIN)
        while not self._ended.is_set():
            if self._input in dict(poll.poll()):
                os._exit(128 + signal.SIGHUP)  # nothing is left to restore, and Textual's input thread spins
            for number in self._signals.recv(256):
                if number in _LEAVE:
                    self._leave(app, 128 + number)
                elif number == signal.SIGTSTP:
                    app.call_later(self._stop, app)
                elif number == signal.SIGCONT:
                    app.call_later(self._go_on, app)

    def _leave(self, app: App[int], status: int) -> None:
        if not self._is_in_foreground():
            os._exit(status)  # the terminal is the shell's
        if not self._leaving:
            self._leaving = True
            threading.Thread(target=self._see_it_end, args=(status,), daemon=True).start()
            app.call_later(app.exit, status, return_code=status)

    def _see_it_end(self, status: int) -> None:
        self._ended.wait(GRACE_SECONDS)
        with self._one_end:
            if self._ended.is_set():
                return
            try:
                self._leave_screen()
            finally:
                os._exit(status)

    def _leave_screen(self) -> None:
        """What an orderly exit would have done, past a writer that waits for a reader."""
        terminal = os.dup(self._output)
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._output)  # where the writer's next words go
        os.set_blocking(terminal, False)  # the writer's last words are cut short, and ours don't wait
        until = time.monotonic() + GRACE_SECONDS
        try:
            while time.monotonic() < until:
                termios.tcflush(terminal, termios.TCOFLUSH)
                termios.tcsetattr(self._input, termios.TCSANOW, self._modes)  # wakes the writer, too
                with contextlib.suppress(BlockingIOError):  # the writer's last words are not over yet
                    os.write(terminal, _LEAVE_SCREEN)
                    return
                time.sleep(0.01)
        finally:
            os.set_blocking(terminal, True)  # the shell has the same open file

    def _stop(self, app: App[int]) -> None:
        if app._driver is not None and not self._suspended:
            self._suspended = True
            app._driver.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self, app: App[int]) -> None:
        """Take the screen again, which a shell may have used and given other modes."""
        if self._leaving or app._driver is None:
            return
        if not self._is_in_foreground():
            os.kill(os.getpid(), signal.SIGSTOP)  # until the next SIGCONT
            return
        if not self._suspended:
            app._driver.suspend_application_mode()
        self._suspended = False
        app._driver.resume_application_mode()
        app.refresh(layout=True)

    def _is_in_foreground(self) -> bool:
        """Whether the terminal is ours to change."""
        try:
            return os.tcgetpgrp(self._input) == os.getpgrp()
        except OSError:  # it is not our session's, so no shell hands it around
            return True


def _only_noted(_number: int, _frame: FrameType | None) -> None:
    """A signal must have a handler for its number to be written."""

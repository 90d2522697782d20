"""A subclass of Textual's driver that sends only what changes and waits for slow terminals."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import time
from types import FrameType
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.messages import InBandWindowResize

from bptui.process.signals import JOB_CONTROL
from bptui.screen.terminal.cell_diff import CellDiff
from bptui.screen.terminal.flow_control import FlowControl
from bptui.screen.terminal.input import MIN_BURST, InputDecoder
from bptui.screen.terminal.textual_internals import BoundedDriver, driver_of, queued_writes

LAST_ANSWERS_TIMEOUT = 1.5
"""Seconds to wait at the end for answers that are due; the shell would read a later one as typed text."""

MAX_WAITING_INPUT = MIN_BURST
"""The most keys and mouse events that wait for the app. Further input is dropped, except ctrl+c. Characters
that arrive together all fit, since more of them count as a paste."""

_FRAME_BEGIN, _FRAME_END = "\x1b[?2026h", "\x1b[?2026l"


class LineIsFast(Message):
    """Maps can be sent unasked."""


class TerminalDriver(BoundedDriver):
    """Sends only what changes, keeps count of the frames in flight, and leaves signals to `TerminalGuard`.

    Attributes:
        flow_control: counts the frames in flight.
    """

    def __init__(self, app: App[Any], **options: Any) -> None:
        self.flow_control = FlowControl()
        self._cell_diff = CellDiff()
        self._call_later, self._post = app.call_later, app.post_message
        self._input_passed = self._input_handled = 0  # each is changed by one thread only
        self._pending_begin = ""  # the beginning of a frame, which is sent only if something follows
        self._end_reader, self._end_writer = os.pipe()  # wakes the thread that reads input when it has to end
        # Textual installs its own handlers here. If SIGCONT comes without a SIGTSTP before it, they start a
        # second thread that reads keys, and take the raw modes for the modes to restore at the end.
        handlers = {number: signal.getsignal(number) for number in JOB_CONTROL}
        signal.pthread_sigmask(signal.SIG_BLOCK, JOB_CONTROL)
        try:
            super().__init__(app, **options)
            for number, handler in handlers.items():
                signal.signal(number, handler)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, JOB_CONTROL)

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self.flow_control.reset()
        self._cell_diff.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual has no annotation here
        super().write(self.flow_control.begin())
        self._handle_resizes_in_order()

    def _handle_resizes_in_order(self) -> None:
        """Read the window's size from the event loop instead of from the signal handler.

        Textual reads the size in the handler of SIGWINCH and then posts it. While a window is being resized,
        the next signal may interrupt the handler between the two: the older size is then posted last, and
        stays.
        """
        handler, loop = signal.getsignal(signal.SIGWINCH), asyncio.get_running_loop()

        def call_handler_soon(number: int, frame: FrameType | None) -> None:
            if callable(handler):
                loop.call_soon_threadsafe(handler, number, frame)

        signal.signal(signal.SIGWINCH, call_handler_soon)

    def resize(self, width: int, height: int) -> None:
        """Prepare for the first frame of a new size, which is sent whole."""
        self._cell_diff.resize(width, height)

    def write(self, data: str) -> None:
        """Send the cells that change; send nothing for a frame without a change."""
        if data == _FRAME_BEGIN:
            self._pending_begin = data
            return
        if data == _FRAME_END and self._pending_begin:
            self._pending_begin = ""
            return
        changes = self._cell_diff.changes(data)
        if not changes:
            return
        self.flow_control.add_output(changes)
        super().write(self._pending_begin + changes)
        self._pending_begin = ""

    def flush(self) -> None:
        """End a frame."""
        request = self.flow_control.end_frame()
        if request:
            super().write(request)
        super().flush()

    def run_input_thread(self) -> None:
        """Read input and pass it on until the driver stops."""
        decoder, poll = InputDecoder(), select.poll()
        poll.register(self.fileno, select.POLLIN)
        poll.register(self._end_reader, select.POLLIN)
        while not self.exit_event.is_set():
            messages: list[Message] = []
            if self.fileno in dict(poll.poll(100 if decoder.is_waiting else None)):
                data = os.read(self.fileno, 1 << 16)
                if not data:
                    return
                messages += decoder.feed(data, time.monotonic())
            messages += decoder.tick(time.monotonic())
            for message in messages:
                self.process_message(message)

    def process_message(self, message: Message) -> None:
        """Count the terminal's answers, and pass on everything else.

        The size of the window comes from the system and never from the input: a paste may contain a report of
        any size.
        """
        if isinstance(message, events.CursorPosition):
            was_fast = self.flow_control.is_fast
            self.flow_control.add_answer(message.y + 1)
            if self.flow_control.is_fast and not was_fast:
                self._post(LineIsFast())
        elif isinstance(message, (events.Resize, InBandWindowResize)):
            pass
        elif isinstance(message, (events.InputEvent, events.Paste)):
            waiting = self._input_passed - self._input_handled
            if waiting < MAX_WAITING_INPUT or (isinstance(message, events.Key) and message.key == "ctrl+c"):
                self._input_passed += 1
                super().process_message(message)
                self._call_later(self._count_handled)
        else:
            super().process_message(message)

    def _count_handled(self) -> None:
        self._input_handled += 1

    def disable_input(self) -> None:
        """Stop reading input after the last answers have come."""
        deadline = time.monotonic() + LAST_ANSWERS_TIMEOUT
        while self.flow_control.answers_due and time.monotonic() < deadline:
            time.sleep(0.005)
        self.flow_control.reset()
        os.write(self._end_writer, b"\0")
        super().disable_input()
        os.read(self._end_reader, 1)


def is_fast(app: App[Any]) -> bool:
    """Whether the terminal was measured to be fast, or there is none."""
    driver = driver_of(app)
    return not isinstance(driver, TerminalDriver) or bool(driver.flow_control.is_fast)


def frames_in_flight(app: App[Any]) -> int:
    """The number of frames that were sent to the terminal and are not drawn yet."""
    driver = driver_of(app)
    return driver.flow_control.frames_in_flight if isinstance(driver, TerminalDriver) else 0


def writer_is_busy(app: App[Any]) -> bool:
    """Whether earlier frames still wait to be written, so that one more would only queue up behind them."""
    return queued_writes(app) > 0 or frames_in_flight(app) > 0

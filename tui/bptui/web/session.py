"""A visitor's session: the screen on a pseudo-terminal, in a process that outlives the page."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import termios
from collections.abc import Sequence
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

MOST_COLUMNS, MOST_ROWS = 500, 200
PIECE = 1 << 16
"""The most bytes that are read at once; a whole screen has fewer."""
_VARIABLES = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Session:
    """A process, and the page that is connected with it.

    While no page shows the session, the full pseudo-terminal holds drawing back, and the training continues.

    Args:
        command: the program and its arguments.
        files: the current folder of the process, through which files come and go.

    Attributes:
        files: the argument.
        process: the process.
        page: the page, or None.
    """

    def __init__(self, command: Sequence[str], files: Path) -> None:
        self.files = files
        self.page: ServerConnection | None = None
        self._is_shown = self._was_hidden = False
        self._sending: asyncio.Task[None] | None = None
        for folder in (files.parent, files):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._terminal, process_side = os.openpty()
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        try:
            self.process = subprocess.Popen(
                command,
                stdin=process_side,
                stdout=process_side,
                stderr=process_side,
                start_new_session=True,
                cwd=files,
                env=inherited | _VARIABLES,
            )
        except OSError:
            os.close(self._terminal)
            raise
        finally:
            os.close(process_side)
        os.set_blocking(self._terminal, False)

    def show(self) -> None:
        """Send the output to the page from now on, beginning with the whole screen."""
        self._is_shown = True
        self._read_on(self.page)
        if self._was_hidden:
            self.process.send_signal(signal.SIGCONT)  # as after `fg`, the screen is drawn again

    def hide(self) -> None:
        """Send nothing any more."""
        self._is_shown, self._was_hidden = False, True
        self._stop_reading()

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal the size of the page."""
        size = max(1, min(rows, MOST_ROWS)), max(1, min(columns, MOST_COLUMNS))
        with contextlib.suppress(OSError):  # it is closed
            fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.process.send_signal(signal.SIGWINCH)  # it controls no process, and the kernel sends no signal

    async def type(self, data: bytes) -> None:
        """Pass on what was typed, as fast as the process takes it."""
        with contextlib.suppress(OSError):  # it is closed
            while data:
                try:
                    data = data[os.write(self._terminal, data) :]
                except BlockingIOError:
                    await asyncio.sleep(0.01)

    def _read_on(self, page: ServerConnection | None) -> None:
        if page is not None and page is self.page and self._is_shown and self._terminal >= 0:
            asyncio.get_running_loop().add_reader(self._terminal, self._read, page)

    def _stop_reading(self) -> None:
        if self._terminal >= 0:
            asyncio.get_running_loop().remove_reader(self._terminal)

    def _read(self, page: ServerConnection) -> None:
        """Send what the process has written, and read on when it is sent."""
        self._stop_reading()
        with contextlib.suppress(OSError):  # the process has ended
            self._sending = asyncio.create_task(self._send(page, os.read(self._terminal, PIECE)))

    async def _send(self, page: ServerConnection, data: bytes) -> None:
        with contextlib.suppress(ConnectionClosed):
            await page.send(data)
            self._read_on(page)

    def hang_up(self) -> None:
        """Close the terminal: the process keeps its run and ends, unless it has ended."""
        self._stop_reading()
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1
        self.process.send_signal(signal.SIGHUP)

    async def end(self) -> None:
        """After the process has ended: send its last words, and close the page."""
        page, self._is_shown = self.page, False
        self._stop_reading()
        if page is not None:
            with contextlib.suppress(OSError, ConnectionClosed):
                if self._sending is not None:
                    await self._sending
                await page.send(os.read(self._terminal, PIECE))
            await page.close(1000)
        self.hang_up()

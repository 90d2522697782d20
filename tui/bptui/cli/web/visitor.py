"""A visitor's session: the screen on a pseudo-terminal, in a process that outlives the page."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import termios
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from bpengine.files import write_whole
from bptui.cli.web.fork_server import ForkServer
from bptui.session.autosave.paths import FILES, UPLOADED

ENDED, ELSEWHERE = 1000, 4001
"""The codes with which a page is closed when the process has ended, and when another page shows it."""
MOST_COLUMNS, MOST_ROWS = 500, 200
MOST_UPLOADED = 5_000_000
"""Bytes of an uploaded file."""
PIECE = 1 << 16
"""The most bytes that are read at once; a whole screen has fewer."""
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_CLOSED = (OSError, ValueError)
"""What the terminal raises when the process has ended, or when it is closed."""


class WebSession:
    """A process, and the page that is connected with it.

    While no page shows the session, the full pseudo-terminal holds drawing back, and the training continues.

    Args:
        fork_server: begins the process.
        state: the folder of the process. In one in it, files come and go. A page only names files: no path is
            followed.

    Attributes:
        page: the page, or None.
    """

    def __init__(self, fork_server: ForkServer, state: Path) -> None:
        self.page: ServerConnection | None = None
        self._files, self._upload = state / FILES, bytearray()
        self._sending: asyncio.Task[None] | None = None
        for folder in (state, self._files):
            folder.mkdir(mode=0o700, exist_ok=True)
        terminal, end = os.openpty()
        os.set_blocking(terminal, False)
        self._terminal = os.fdopen(terminal, "r+b", buffering=0)
        with os.fdopen(end, "r+b", buffering=0):
            self._process, self._connection = fork_server.begin(state, end)

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended. It is no child of the server, which is connected with it."""
        try:
            return not self._connection.recv(1)
        except BlockingIOError:
            return False

    def send_signal(self, number: int) -> None:
        """Send the process a signal unless it has ended."""
        if not self.has_ended:
            with suppress(ProcessLookupError):  # it may end at this moment
                os.kill(self._process, number)

    def connect(self, page: ServerConnection) -> None:
        """Let this page show the session, and no other."""
        if self.page is not None:
            self._leaving = asyncio.create_task(self.page.close(ELSEWHERE))  # takes seconds if it is lost
        self.page = page

    def show(self) -> None:
        """Send the output to the page from now on, beginning with the whole screen."""
        self.hide()
        if self.page is not None:
            self._sending = asyncio.create_task(self._send(self.page))
            self.send_signal(signal.SIGCONT)  # as after `fg`, the screen is drawn again

    def hide(self) -> None:
        """Send nothing any more."""
        if self._sending is not None and not self._terminal.closed:
            self._sending.cancel()
            asyncio.get_running_loop().remove_reader(self._terminal)

    async def _send(self, page: ServerConnection) -> None:
        """Send what the process writes; when it has ended, close the page."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        with suppress(ConnectionClosed):
            try:
                while True:
                    loop.add_reader(self._terminal, readable.set)
                    await readable.wait()
                    loop.remove_reader(self._terminal)  # until it is sent
                    readable.clear()
                    await page.send(self._terminal.read(PIECE) or b"")
            except _CLOSED:
                await page.close(ENDED)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal the size of the page."""
        size = max(1, min(rows, MOST_ROWS)), max(1, min(columns, MOST_COLUMNS))
        with suppress(*_CLOSED):
            termios.tcsetwinsize(self._terminal, size)
        self.send_signal(signal.SIGWINCH)  # it controls no process, and the kernel sends no signal

    async def type(self, data: bytes) -> None:
        """Pass on what was typed, as fast as the process takes it."""
        with suppress(*_CLOSED):
            while data:
                data = data[self._terminal.write(data) or 0 :]
                await asyncio.sleep(0.01 if data else 0)

    def taken(self, name: str) -> str:
        """The message with a file for the page, which is removed; empty if there is no such file."""
        for path in self._files.iterdir():
            if path.name == name and path.is_file() and not path.is_symlink():
                message = json.dumps({"name": name, "data": base64.b64encode(path.read_bytes()).decode()})
                path.unlink()
                return message
        return ""

    def add(self, name: str, piece: str, *, is_last: bool) -> None:
        """Add a piece in base64 to an uploaded file. After the last one, write it in place of earlier files.

        Raises:
            ValueError: the piece is damaged, or the file is too large; the page would not have sent it.
            OSError: the file can't be written.
        """
        self._upload += base64.b64decode(piece, validate=True)
        if len(self._upload) > MOST_UPLOADED:
            raise ValueError
        if is_last:
            data, self._upload = bytes(self._upload), bytearray()
            for path in self._files.glob(f"*{UPLOADED}"):
                path.unlink()
            stem = _NOT_IN_NAMES.sub("_", name.removesuffix(UPLOADED)).strip("._-")[:60]
            write_whole(self._files / f"{stem or 'data'}{UPLOADED}", data)

    def hang_up(self) -> None:
        """Close the terminal: the process keeps its run and ends."""
        self.hide()
        self._terminal.close()
        self.send_signal(signal.SIGHUP)

"""A visitor's session: the screen on a pseudo-terminal, in a process that outlives the page."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import socket
import termios
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from bpengine.files import write_whole
from bptui.cli.web.fork_server import ForkServer
from bptui.process.restrictions import DRAW_SECONDS, MAX_SIZE, PAGE
from bptui.process.streams import print_error
from bptui.session.autosave.paths import FILES

ENDED, ELSEWHERE, FAILED, INTERRUPTED = 1000, 4001, 4003, 4004
"""The codes with which a page is closed when the process has ended, when another page shows it, when it could
not begin, and when it was killed or has failed."""
SCREEN = b"\x1b"
"""With it the screen begins. What is written before is for the log: it may name paths of the server."""
FAILURE = 1
"""The exit status of a session whose run could not be kept."""
PIECE = 1 << 16
"""The most bytes that are read at once; a whole screen has fewer."""
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_CLOSED = (OSError, ValueError)
"""What the terminal raises when the process has ended, or when it is closed."""


class WebSession:
    """A process, and the page that is connected with it.

    While no page shows the session, the full pseudo-terminal holds drawing back, and the training continues.

    Args:
        state: the folder of the process. In one in it, files come and go. A page only names files: no path is
            followed.

    Attributes:
        page: the page, or None.
        beginning: the task that begins the process.
    """

    def __init__(self, state: Path) -> None:
        self.page: ServerConnection | None = None
        self.beginning: asyncio.Task[None]
        self._state, self._files, self._upload = state, state / FILES, bytearray()
        self._sending: asyncio.Task[None] | None = None
        self._connection: socket.socket | None = None
        self._shows_screen, self._error, self._status = False, b"", FAILURE
        self._size, self._draws_all = (24, 80), False
        self._drawing: asyncio.TimerHandle | None = None
        self._drawn_at = 0.0  # on the clock of the event loop

    async def begin(self, fork_server: ForkServer) -> None:
        """Begin the process.

        Raises:
            OSError: it does not begin; the message says why.
        """
        for folder in (self._state, self._files):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.utime(self._state)  # the time of the last visit
        terminal, end = os.openpty()
        os.set_blocking(terminal, False)
        self._terminal = os.fdopen(terminal, "r+b", buffering=0)
        try:
            self._process, self._connection = await fork_server.begin(self._state, end)
        except OSError:
            self._terminal.close()
            raise
        finally:
            os.close(end)

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended. It is no child of the server, which is connected with it."""
        try:
            while self._connection is not None and (status := self._connection.recv(1)):
                self._status = status[0]
        except BlockingIOError:
            return False
        except OSError:  # it is closed
            return True
        return self._connection is not None

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
            self._draws_all = True
            self._draw_soon()

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
                    data = self._terminal.read(PIECE) or b""
                    if not self._shows_screen:
                        error, begin, _ = data.partition(SCREEN)
                        self._error, self._shows_screen = self._error + error, bool(begin)
                        data = data[len(error) :]
                    await page.send(data)
            except _CLOSED:
                await page.close(self._end())

    def _end(self) -> int:
        """The code that says why the session has ended. If it could not begin, say why in the log."""
        if not self._shows_screen:
            for line in self._error.decode(errors="replace").splitlines() or ["ended at once"]:
                print_error(f"bptui serve: a session could not begin: {line}")
            return FAILED
        self.has_ended  # noqa: B018  # reads the status
        return INTERRUPTED if self._status == FAILURE else ENDED

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal the size of the page."""
        self._size = max(1, min(rows, MAX_SIZE[1])), max(1, min(columns, MAX_SIZE[0]))
        self._draw_soon()

    def _draw_soon(self) -> None:
        """Let the process draw in the new size, or all of the screen, unless it is about to."""
        if self._drawing is None:
            at = self._drawn_at + DRAW_SECONDS
            self._drawing = asyncio.get_running_loop().call_at(at, self._draw)

    def _draw(self) -> None:
        self._drawing, self._drawn_at = None, asyncio.get_running_loop().time()
        with suppress(*_CLOSED):
            termios.tcsetwinsize(self._terminal, self._size)
        self.send_signal(signal.SIGWINCH)  # it controls no process, and the kernel sends no signal
        if self._draws_all:
            self._draws_all = False
            self.send_signal(signal.SIGCONT)  # as after `fg`, the screen is drawn again

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

    def add(self, name: str, piece: str, start: int, *, is_last: bool) -> None:
        """Add a piece in base64 to an uploaded file. After the last one, write it in place of earlier files.

        Args:
            name: the name of the file.
            piece: the piece.
            start: how many bytes come before it; what an interrupted upload has left there is dropped.
            is_last: whether no further piece comes.

        Raises:
            ValueError: the piece is damaged, or the file is too large; the page would not have sent it.
            OSError: the file can't be written.
        """
        del self._upload[max(start, 0) :]
        if len(self._upload) != start:
            raise ValueError
        self._upload += base64.b64decode(piece, validate=True)
        if len(self._upload) > PAGE.max_upload:
            raise ValueError
        if is_last:
            data, self._upload = bytes(self._upload), bytearray()
            for path in self._files.glob(f"*{PAGE.upload_ending}"):
                path.unlink()
            stem = _NOT_IN_NAMES.sub("_", name.removesuffix(PAGE.upload_ending)).strip("._-")[:60]
            write_whole(self._files / f"{stem or 'data'}{PAGE.upload_ending}", data)

    def hang_up(self) -> None:
        """Close the terminal: the process keeps its run and ends."""
        if self._connection is not None:
            self.hide()
            self._terminal.close()
            self.send_signal(signal.SIGHUP)

    def forget(self) -> None:
        """Close everything when the process has ended."""
        self.hang_up()
        if self._connection is not None:
            self._connection.close()

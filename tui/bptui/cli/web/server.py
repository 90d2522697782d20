"""The server: it hands out the page, and connects each page with the session of its visitor."""

from __future__ import annotations

import asyncio
import gzip
import hmac
import html
import json
import logging
import re
import shutil
import signal
import socket
import time
from collections.abc import Container, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from bptui.cli.web.fork_server import ForkServer
from bptui.cli.web.visitor import FAILED, WebSession
from bptui.process.restrictions import MAX_FOLDERS, MAX_MESSAGE, MIN_FOLDER, MIN_SIZE, PAGE
from bptui.process.signals import STOP_SIGNALS
from bptui.process.streams import print_error

REFUSED, MISUNDERSTOOD, FULL, AGAIN = 1008, 1003, 4002, 1013
"""With these codes, and with those of sessions, a page is told not to connect again: its link or what it asks
for is not valid, or there is no room. With the last one, it is told to connect again."""
TIDY_SECONDS = 60.0
"""How long it takes at least until their sizes are added up again."""
OPENING_SECONDS = ENDING_SECONDS = 5.0
"""How long a connection may take to say for which session it is, and how long sessions may keep runs."""
_LIMITS = {"size": MIN_SIZE, "upload": PAGE.max_upload, "ending": PAGE.upload_ending, "message": MAX_MESSAGE}
"""What the page has to know of the limits."""
TAKE_UPLOAD = b"\x1b[24;2~"
"""The keys shift+F12, with which the screen opens the uploaded file."""

NO_FILE = "The server could not read or write the file."
"""What a page is told then; the log has the cause."""

_TOKEN = re.compile("[0-9a-f]{32}")
_TYPES = {".html": "text/html", ".css": "text/css", ".mjs": "text/javascript", ".woff2": "font/woff2"}


class FullError(Exception):
    """There is no room for one more session."""


class WebServer:
    """The sessions by the names of their folders, which are made from tokens and give none of them away.

    Args:
        command: the command of the process from which sessions are forked.
        states: the folder with a folder for each visitor.
        origins: the origins from which pages may connect.
        key: what a page has to know besides the token of its session; empty for nothing.
        most_sessions: how many sessions there may be at a time.
    """

    def __init__(
        self, command: Sequence[str], states: Path, origins: Sequence[str], key: str, most_sessions: int
    ) -> None:
        self._fork_server, self._states = ForkServer(command), states
        self._key, self._most_sessions = key, most_sessions
        self._origins = [*map(Origin, origins)]
        self._sessions: dict[str, WebSession] = {}
        limits = html.escape(json.dumps(_LIMITS)).encode()
        self._pages = {
            path.name: (_TYPES[path.suffix], gzip.compress(path.read_bytes().replace(b"{limits}", limits)))
            for path in (Path(__file__).parent / "static").iterdir()
            if path.suffix in _TYPES
        }
        self._tidy_at = 0.0  # on the clock of `time.monotonic`

    async def run(self, listener: socket.socket) -> None:
        """Serve until a signal comes; then end all sessions, which keep their runs."""
        self._fork_server.start()
        stopped = asyncio.Event()
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        quiet = logging.Logger("bptui.cli.web", logging.CRITICAL + 1)  # nothing about visitors is logged
        async with serve(
            self._handle,
            sock=listener,
            origins=self._origins,
            process_request=self._respond,
            max_size=MAX_MESSAGE,
            logger=quiet,
        ) as server:
            await stopped.wait()
            server.close()  # pages are told to connect again
            for session in self._sessions.values():
                session.hang_up()
            deadline = time.monotonic() + ENDING_SECONDS
            while self._sessions:
                self._forget_ended()
                for session in self._sessions.values() if time.monotonic() > deadline else ():
                    session.send_signal(signal.SIGKILL)
                await asyncio.sleep(0.02)

    def _forget_ended(self) -> None:
        """Forget the sessions whose processes have ended."""
        for name, session in [*self._sessions.items()]:
            if session.has_ended:
                session.forget()
                del self._sessions[name]

    def _respond(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return a file of the page, or None to let a page connect."""
        name = request.path.partition("?")[0].removeprefix("/") or "index.html"
        if name == "socket":
            return None
        if name not in self._pages:
            return connection.respond(404, "There is no such page.\n")
        kind, body = self._pages[name]
        headers = Headers({"Content-Type": f"{kind}; charset=utf-8", "Content-Encoding": "gzip"})
        headers.update({"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"})
        headers.update({"Cache-Control": "no-cache", "Content-Length": str(len(body))})
        return Response(200, "OK", headers, body)

    async def _handle(self, page: ServerConnection) -> None:
        """Connect a page with its session until the page is closed."""
        session, code_if_wrong = None, REFUSED
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                opening = json.loads(await page.recv())
            session = await self._session_of(opening)
            code_if_wrong = MISUNDERSTOOD
            session.connect(page)
            await _obey(session, opening)
            session.show()
            async for message in page:
                if page is session.page:
                    try:
                        await _obey(session, message if isinstance(message, bytes) else json.loads(message))
                    except OSError as error:
                        print_error(f"bptui serve: {error}")
                        await page.send(json.dumps({"problem": NO_FILE}))
        except ConnectionClosed:
            pass
        except TimeoutError:
            await page.close(AGAIN)
        except FullError:
            await page.close(FULL)
        except OSError as error:
            print_error(f"bptui serve: a session could not begin: {error}")
            await page.close(FAILED)
        except (ValueError, RecursionError):
            await page.close(code_if_wrong)
        finally:
            if session is not None and page is session.page:
                session.hide()
                session.page = None

    async def _session_of(self, opening: object) -> WebSession:
        """The session that a page asks for.

        Raises:
            ValueError: its link is not valid.
            FullError: there is no room for one more.
            OSError: it does not begin.
        """
        match opening:
            case {"token": str(token), "key": str(key)} if _TOKEN.fullmatch(token):
                name = sha256(token.encode()).hexdigest()[:32]
            case _:
                raise ValueError
        if not hmac.compare_digest(ascii(key), ascii(self._key)):
            raise ValueError
        self._forget_ended()
        if name not in self._sessions:
            if len(self._sessions) >= self._most_sessions:
                raise FullError
            session = self._sessions[name] = WebSession(self._states / name)
            session.beginning = asyncio.create_task(self._begin(name, session))
        session = self._sessions[name]
        await session.beginning
        return session

    async def _begin(self, name: str, session: WebSession) -> None:
        try:
            if time.monotonic() >= self._tidy_at:
                self._tidy_at = time.monotonic() + TIDY_SECONDS
                await asyncio.to_thread(tidy, self._states, MAX_FOLDERS, self._sessions)
            await session.begin(self._fork_server)
        except OSError:
            del self._sessions[name]
            raise


def tidy(states: Path, most: int, used: Container[str]) -> None:
    """Remove the folders of those whose last visits are longest ago, until the others are small enough.

    Args:
        states: the folder of the folders.
        most: bytes of all of them.
        used: the names of those that stay, since they are in use.
    """
    kept, visited = 0, [path for path in states.iterdir() if path.is_dir()]
    for folder in sorted(visited, key=lambda path: path.stat().st_mtime, reverse=True):
        size = 0
        for path in folder.rglob("*"):
            with suppress(OSError):  # its session has just removed it
                size += path.lstat().st_size
        kept += max(size, MIN_FOLDER)
        if kept > most and folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)


async def _obey(session: WebSession, message: object) -> None:
    """Pass on what was typed, or do what a page asks for.

    Raises:
        OSError, ValueError: it asks for what is not possible.
    """
    match message:
        case bytes(typed):
            await session.type(typed)
        case {"columns": int(columns), "rows": int(rows)}:
            session.resize(columns, rows)
        case {"shown": bool(is_shown)}:
            (session.show if is_shown else session.hide)()
        case {"fetch": str(name)} if session.page is not None and (file := session.taken(name)):
            await session.page.send(file)
        case {"upload": str(name), "data": str(piece), "start": int(start), "last": bool(is_last)}:
            session.add(name, piece, start, is_last=is_last)
            if is_last:
                await session.type(TAKE_UPLOAD)

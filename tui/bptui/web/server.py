"""The server: it hands out the page, and connects each page with the session of its visitor."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hmac
import ipaddress
import json
import logging
import re
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from bptui.kept.paths import FILES
from bptui.web.exchange import Upload, fetched
from bptui.web.session import Session

REFUSED, ELSEWHERE, FULL = 1008, 4001, 4002
"""With these codes, and with 1000 after the end of its session, a page is told not to connect again: the link
is not valid, another page shows the session, there is no room."""
MOST_MESSAGE = 1 << 16
"""Bytes of a message; a page sends files and long pastes in pieces."""
SPARE_CONNECTIONS = 100
"""How many connections there may be besides those of sessions."""
MOST_STARTS, START_SECONDS = 40, 600.0
"""How many sessions may be started from one address within this time."""
OPENING_SECONDS = 5.0
"""How long a connection may take to say for which session it is."""
ENDING_SECONDS = 5.0
"""How long sessions may take to keep their runs."""
TAKE_UPLOAD = b"\x1b[24;2~"
"""The keys shift+F12, with which the screen opens the uploaded file."""

_TOKEN = re.compile("[0-9a-f]{32}")
_STATIC = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".mjs": "text/javascript", ".woff2": "font/woff2"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What a server is started with."""

    command: Sequence[str]
    """The command of a session, to which the folder of its state is appended."""
    states: Path
    """The folder with a folder for each visitor."""
    origins: Sequence[str]
    """The origins from which pages may connect."""
    key: str
    """What a page has to know besides the token of its session; empty for nothing."""
    most_sessions: int
    """How many sessions there may be at a time."""


class WebServer:
    """The sessions by the names of their folders, which are made from tokens and give none of them away.

    Args:
        settings: what the server is started with.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._sessions: dict[str, Session] = {}
        self._starts: dict[str, list[float]] = {}  # the times by addresses
        self._connections = 0
        self._ending: set[asyncio.Task[None]] = set()
        self._pages = {
            path.name: (_TYPES[path.suffix], path.read_bytes())
            for path in _STATIC.iterdir()
            if path.suffix in _TYPES
        }

    async def run(self, listener: socket.socket) -> None:
        """Serve until a signal comes; then end all sessions, which keep their runs."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stopped.set)
        loop.add_signal_handler(signal.SIGCHLD, self._forget_ended)
        async with serve(
            self._handle,
            sock=listener,
            origins=[*map(Origin, self._settings.origins)],
            process_request=self._respond,
            max_size=MOST_MESSAGE,
            server_header=None,
            logger=logging.Logger("bptui.web", logging.CRITICAL + 1),  # nothing about visitors is logged
        ) as server:
            await stopped.wait()
            server.close()  # pages are told to connect again
            await self._end_all()

    async def _end_all(self) -> None:
        sessions = [*self._sessions.values()]
        self._sessions.clear()
        for session in sessions:
            session.hang_up()
        deadline = time.monotonic() + ENDING_SECONDS
        while any(session.process.poll() is None for session in sessions):
            if time.monotonic() > deadline:
                for session in sessions:
                    session.process.kill()
            await asyncio.sleep(0.02)

    def _forget_ended(self) -> None:
        """Forget the sessions whose processes have ended."""
        for name, session in [*self._sessions.items()]:
            if session.process.poll() is not None:
                del self._sessions[name]
                task = asyncio.create_task(session.end())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

    def _respond(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return a file of the page, or None to let a page connect."""
        name = request.path.partition("?")[0].removeprefix("/") or "index.html"
        if name == "socket":
            is_full = self._connections >= self._settings.most_sessions + SPARE_CONNECTIONS
            return connection.respond(503, "There are too many connections.\n") if is_full else None
        if name not in self._pages:
            return connection.respond(404, "There is no such page.\n")
        kind, body = self._pages[name]
        headers = Headers(_HEADERS | {"Content-Type": f"{kind}; charset=utf-8"})
        if kind.startswith("text/") and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"], body = "gzip", gzip.compress(body, 6)
        headers["Content-Length"] = str(len(body))
        return Response(200, "OK", headers, body)

    async def _handle(self, page: ServerConnection) -> None:
        """Connect a page with its session until the page is closed."""
        self._connections += 1
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                opening = _fields(await page.recv())
            session = self._session_of(page, opening)
            if isinstance(session, Session):
                await self._connect(page, session, opening)
            else:
                await page.close(session)
        except (ConnectionClosed, TimeoutError):
            pass
        finally:
            self._connections -= 1

    def _session_of(self, page: ServerConnection, opening: dict[str, Any]) -> Session | int:
        """The session that a page asks for, or the code with which to close the page."""
        settings, token, key = self._settings, str(opening.get("token")), str(opening.get("key"))
        if not _TOKEN.fullmatch(token) or not hmac.compare_digest(ascii(key), ascii(settings.key)):
            return REFUSED
        name = sha256(token.encode()).hexdigest()[:32]
        if name in self._sessions:
            return self._sessions[name]
        if len(self._sessions) >= settings.most_sessions or not self._may_start(_address_of(page)):
            return FULL
        state = settings.states / name
        try:
            self._sessions[name] = Session((*settings.command, str(state)), state / FILES)
        except OSError:  # there is no room for a process, a terminal or a folder
            return FULL
        return self._sessions[name]

    def _may_start(self, address: str) -> bool:
        """Count a start from an address, unless there were too many."""
        now = time.monotonic()
        for other, times in [*self._starts.items()]:
            if now - times[-1] > START_SECONDS:
                del self._starts[other]
        times = self._starts[address] = [
            at for at in self._starts.get(address, ()) if now - at < START_SECONDS
        ]
        if len(times) < MOST_STARTS:
            times.append(now)
            return True
        return False

    async def _connect(self, page: ServerConnection, session: Session, opening: dict[str, Any]) -> None:
        """Pass on what a page sends until it is closed."""
        before, session.page = session.page, page
        if before is not None:
            session.hide()
            await before.close(ELSEWHERE)
        upload = Upload(session.files)
        await _obey(session, upload, opening)
        session.show()
        try:
            async for message in page:
                if page is not session.page:
                    break
                if isinstance(message, bytes):
                    await session.type(message)
                else:
                    await _obey(session, upload, _fields(message))
        except ValueError:
            await page.close(REFUSED)
        finally:
            if page is session.page:
                session.page = None
                session.hide()


async def _obey(session: Session, upload: Upload, fields: dict[str, Any]) -> None:
    """Do what a page asks for.

    Raises:
        ValueError: it asks for what is not possible.
    """
    match fields:
        case {"columns": int(columns), "rows": int(rows)}:
            session.resize(columns, rows)
        case {"shown": bool(is_shown)}:
            (session.show if is_shown else session.hide)()
        case {"fetch": str(name)}:
            if session.page is not None and (message := fetched(session.files, name)):
                await session.page.send(message)
        case {"upload": str(name), "data": str(data), "last": bool(is_last)}:
            with contextlib.suppress(OSError):  # the screen says that there is no file
                upload.add(name, data, is_last=is_last)
            if is_last:
                await session.type(TAKE_UPLOAD)


def _fields(message: str | bytes) -> dict[str, Any]:
    """The fields of a message; none if it has no meaning."""
    try:
        fields = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _address_of(page: ServerConnection) -> str:
    """The address of a visitor, or for IPv6 its network: as a proxy on this machine says, if there is one."""
    address = str(page.remote_address[0])
    if address in ("127.0.0.1", "::1") and page.request is not None:
        forwarded = page.request.headers.get_all("X-Forwarded-For") or [address]
        address = forwarded[-1].rpartition(",")[2].strip()
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return address

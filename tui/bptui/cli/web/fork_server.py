"""The process from which sessions are forked, as the server sees it; see `bptui.cli.fork_server`."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ANSWER_SECONDS = 10.0
"""How long a session may take to begin."""
NUMBER_BYTES = 4
"""The bytes of the number of a process, which a session sends first."""
_VARIABLES = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PATH": os.defpath}
_VARIABLES |= {"HOME": str(Path.home()), "OPENBLAS_NUM_THREADS": "1"}  # as `bptui`: a fork copies no threads
_OPTIONS: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": 2, "start_new_session": True}
_OPTIONS |= {"env": _VARIABLES}


class ForkServer:
    """The fork server, which ends with the server.

    Args:
        command: its command.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket

    def start(self) -> None:
        """Start it unless it is running."""
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                self._socket.close()
            self._socket, end = socket.socketpair()
            self._socket.setblocking(False)
            with end:
                self._process = subprocess.Popen(self._command, stdin=end.fileno(), **_OPTIONS)

    async def begin(self, state: Path, terminal: int) -> tuple[int, socket.socket]:
        """Begin a session with this folder and terminal.

        Returns:
            The number of its process, and a connection that ends with it. Before, its exit status comes as a
            byte unless the process was killed.

        Raises:
            OSError: it does not begin; the message says why.
        """
        self.start()
        connection, end = socket.socketpair()
        connection.setblocking(False)
        number = b""
        with suppress(OSError):  # it has just ended, or takes no more requests
            with end:
                socket.send_fds(self._socket, [os.fsencode(state)], [terminal, end.fileno()])
            async with asyncio.timeout(ANSWER_SECONDS):
                number = await asyncio.get_running_loop().sock_recv(connection, NUMBER_BYTES)
        if not number:
            connection.close()
            raise OSError("the fork server does not answer")
        return int.from_bytes(number), connection

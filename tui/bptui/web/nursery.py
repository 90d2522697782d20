"""The server's end of the nursery, the process from which sessions are forked; see `bptui.cli.nursery`."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

ANSWER_SECONDS = 10.0
"""How long a session may take to begin."""
_VARIABLES = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PATH": os.defpath}
_VARIABLES["OPENBLAS_NUM_THREADS"] = "1"  # as in `bptui`: a fork copies no threads


class Process:
    """A session's process. It is no child of the server, which knows it by an open connection.

    Args:
        connection: the connection, on which the process sends its number.

    Raises:
        OSError: there is no process.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        connection.settimeout(ANSWER_SECONDS)
        self._number = int(connection.recv(20) or 0)
        if not self._number:
            raise OSError
        connection.setblocking(False)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        try:
            return not self._connection.recv(1)
        except BlockingIOError:
            return False

    def send_signal(self, number: int) -> None:
        """Send a signal unless it has ended."""
        if not self.has_ended:
            os.kill(self._number, number)


class Nursery:
    """The nursery, which ends with the server.

    Args:
        command: its command.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it unless it is running."""
        if self._process is None or self._process.poll() is not None:
            self._socket, end = socket.socketpair()
            variables = _VARIABLES | {"HOME": str(Path.home())}
            with end:
                self._process = subprocess.Popen(
                    self._command, stdin=end.fileno(), start_new_session=True, env=variables
                )

    def begin(self, state: Path, terminal: int) -> Process:
        """Begin a session with this folder and terminal.

        Raises:
            OSError: it does not begin.
        """
        self.start()
        connection, end = socket.socketpair()
        with end:
            socket.send_fds(self._socket, [os.fsencode(state)], [terminal, end.fileno()])
        return Process(connection)

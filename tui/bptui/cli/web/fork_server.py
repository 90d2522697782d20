"""The process from which sessions are forked, as the server sees it; see `bptui.cli.fork_server`."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

ANSWER_SECONDS = 10.0
"""How long a session may take to begin."""
_VARIABLES = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PATH": os.defpath}
_VARIABLES |= {"HOME": str(Path.home()), "OPENBLAS_NUM_THREADS": "1"}  # as `bptui`: a fork copies no threads


class ForkServer:
    """The fork server, which ends with the server.

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
            with end:
                self._process = subprocess.Popen(
                    self._command, stdin=end.fileno(), start_new_session=True, env=_VARIABLES
                )

    def begin(self, state: Path, terminal: int) -> tuple[int, socket.socket]:
        """Begin a session with this folder and terminal.

        Returns:
            The number of its process, and a connection that ends with it.

        Raises:
            OSError: it does not begin.
        """
        self.start()
        connection, end = socket.socketpair()
        with end:
            socket.send_fds(self._socket, [os.fsencode(state)], [terminal, end.fileno()])
        connection.settimeout(ANSWER_SECONDS)
        number = connection.recv(20)
        if not number:
            raise OSError
        connection.setblocking(False)
        return int(number), connection

"""The nursery: a process that has loaded and drawn a screen, and becomes each session by a fork.

A session then takes a third of the processor time and of the memory of one that loads everything by itself.
The nursery has no thread, and knows nothing of the visitors.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bptui.kept.paths import FILES

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
    """The server's end of the nursery, which ends with the server.

    Args:
        words: the arguments of each session.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._command = (sys.executable, "-P", "-m", __name__, *words)
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


def main() -> None:
    """Become a session at each request, until the server ends."""
    from bptui.__main__ import main as run_bptui
    from bptui.app import BptuiApp
    from bptui.cli import launch, screen  # noqa: F401
    from bptui.startup.start_settings import StartSettings

    async def draw() -> None:
        async with BptuiApp(StartSettings(kernel="numpy")).run_test() as pilot:
            await pilot.pause()

    asyncio.run(draw())  # loads what the first frames need
    gc.freeze()  # so that the memory remains shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # none has to be waited for
    server = socket.socket(fileno=os.dup(0))
    while True:
        state, (*ends,), _, _ = socket.recv_fds(server, 1 << 12, 2)
        if not state:
            return
        if not os.fork():
            break
        for end in ends:
            os.close(end)
    server.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number in range(3):
        os.dup2(ends[0], number)
    os.close(ends[0])
    os.chdir(Path(os.fsdecode(state), FILES))
    os.write(ends[1], str(os.getpid()).encode())
    sys.argv[1:] += ["--state", os.fsdecode(state)]
    sys.exit(run_bptui())


if __name__ == "__main__":
    main()

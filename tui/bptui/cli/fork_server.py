"""The fork server of `bptui serve`: a process that has drawn a screen, and becomes each session by a fork.

A session then takes a third of the processor time and half of the memory of one that loads everything by
itself. The fork server has no thread, and knows nothing of the visitors.
"""

from __future__ import annotations

import asyncio
import gc
import os
import runpy
import signal
import socket
import sys
from pathlib import Path

from bptui.cli import launch, screen  # noqa: F401  # which each session needs
from bptui.cli.web.fork_server import NUMBER_BYTES
from bptui.screen.app import BptuiApp
from bptui.session.autosave.paths import FILES
from bptui.settings.start_settings import StartSettings


def main() -> None:
    """Fork at each request of the server, which is the folder of a state, until the server ends."""
    asyncio.run(_draw())  # loads what the first frames need
    gc.freeze()  # so that the memory remains shared
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # none has to be waited for
    server = socket.socket(fileno=os.dup(0))
    while True:
        state, ends, _, _ = socket.recv_fds(server, 1 << 12, 2)
        if not state:
            return
        if not os.fork():
            server.close()
            _become_session(os.fsdecode(state), *ends)
        for end in ends:
            os.close(end)


async def _draw() -> None:
    async with BptuiApp(StartSettings(kernel="numpy")).run_test() as pilot:
        await pilot.pause()


def _become_session(state: str, terminal: int, connection: int) -> None:
    """Do what `python -m bptui` does on this terminal, and exit.

    Args:
        state: the folder of the state.
        terminal: the terminal.
        connection: is told the number of the process and its exit status, and is open as long as it runs.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(terminal, number)
        stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)  # the fork server's own is that of a file, or of nothing
        setattr(sys, f"__{name}__", stream)
    os.close(terminal)
    os.write(connection, os.getpid().to_bytes(NUMBER_BYTES))
    os.chdir(Path(state, FILES))
    sys.argv[1:] += ["--state", state]
    try:
        runpy.run_module("bptui", run_name="__main__")
    except SystemExit as end:
        os.write(connection, bytes([int(end.code or 0)]))
        raise


if __name__ == "__main__":
    main()

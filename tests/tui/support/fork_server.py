"""Processes that have imported the app, or Dask, and fork a child for each start of it.

Importing the app takes four fifths of the time until it is on the screen. It is the same for every test, so
tests whose subject is not the start of the interpreter share it. A child has its own session, standard
streams, environment, folder and arguments, and all its signals are as after a start.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import functools
import gc
import importlib
import json
import os
import pty
import runpy
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any

CLOSED = -4
"""In place of a descriptor: the process starts without this stream. It is no constant of subprocess."""
OF_THE_APP = (
    "bptui.app",
    "bptui.cli.advise",
    "bptui.cli.launch",
    "bptui.cli.restricted_app",
    "bptui.cli.screen",
    "bptui.cli.snapshot",
    "bptui.cli.sweep",
    "bptui.cli.train",
    "bptui.drawing.plotext_adapter",
    "bptui.kept.keeper",
    "bptui.plain.conversation",
    "bptui.terminal.driver",
    "bptui.terminal.encoding",
    "bptui.views.run_view",
    "bptui.views.panel_layout",
    "numpy.ma",
    "rich.progress",
    "textual.layouts.factory",
    "textual.scrollbar",
)
"""Modules that together import nearly all that the commands do. None of them starts a thread."""


class ForkedProcess:
    """A child of the fork server, with the methods and attributes of `subprocess.Popen` that tests use.

    Args:
        command: the arguments of the interpreter: `-m` and a module, or `-c` and a script, and its arguments.
        streams: the file descriptors that become its standard input, output and error, or `CLOSED`.
        environment: all of its environment variables.
        folder: its working directory; by default the one of this process.
        ignore_hang_up: whether it starts with SIGHUP ignored.
        controlling: whether its standard input is the controlling terminal of its session.
        imported: modules that its server has imported. There is a server for each such tuple.

    Attributes:
        args: the command.
        pid: the number of the process.
        returncode: its exit status, negative if a signal killed it; None before `poll` or `wait` know it.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        streams: tuple[int, int, int],
        environment: Mapping[str, str],
        *,
        folder: Path | None = None,
        ignore_hang_up: bool = False,
        controlling: bool = True,
        imported: tuple[str, ...] = OF_THE_APP,
    ) -> None:
        self.args = command
        self.returncode: int | None = None
        self._reports, other = socket.socketpair()
        request = {
            "command": command,
            "environment": dict(environment),
            "folder": os.fspath(folder or Path.cwd()),
            "closed": [stream == CLOSED for stream in streams],
            "hang_up": signal.SIG_IGN if ignore_hang_up else signal.SIG_DFL,
            "controlling": controlling,
        }
        self._reports.sendall(json.dumps(request).encode() + b"\n")
        with other:
            socket.send_fds(
                _server(imported), [b"."], [other.fileno(), *(each for each in streams if each != CLOSED)]
            )
        self._lines = self._reports.makefile()
        self.pid = self._number()

    def poll(self) -> int | None:
        """The exit status, or None while the process runs."""
        if self.returncode is None and select.select([self._reports], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process has ended; return its exit status.

        Raises:
            TimeoutExpired: it did not end within this many seconds.
        """
        if self.returncode is None:
            if not select.select([self._reports], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            self.returncode = self._number()
            self._lines.close()
            self._reports.close()
        return self.returncode

    def _number(self) -> int:
        line = self._lines.readline()
        if not line:
            said = [os.read(terminal, 1 << 16) for process, _, terminal in _started if process.poll()]
            raise RuntimeError(f"the fork server has ended: {said}")
        return int(line)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


@functools.cache
def _server(imported: tuple[str, ...]) -> socket.socket:
    """The connection to the fork server with these modules, which starts with the first call."""
    own, other = socket.socketpair()
    # The standard streams of the server, and so those of its children, are those of a terminal.
    master, slave = pty.openpty()
    with other:
        process = subprocess.Popen(
            (sys.executable, "-m", __name__, str(other.fileno()), *imported),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            pass_fds=(other.fileno(),),
            env={
                name: value
                for name, value in os.environ.items()
                if name in ("PATH", "PYTHONPATH") or name.startswith("OPENBLAS_")
            }
            | {"LANG": "C.UTF-8"},
            cwd=Path(__file__).parents[3],
        )
    os.close(slave)
    _started.append((process, own, master))
    return own


_started: list[tuple[subprocess.Popen[bytes], socket.socket, int]] = []


def end_fork_servers() -> None:
    """End the fork servers of this process."""
    while _started:
        process, connection, terminal = _started.pop()
        connection.close()
        process.wait()
        os.close(terminal)
    _server.cache_clear()


def import_to_the_end(names: list[str]) -> None:
    """Import modules, and never free what is in them.

    Otherwise each child would do so at its end. It would first have to copy the memory of every object, which
    takes as long as all that a short command does. Anything else that happens at an end still happens.
    """
    atexit.register(lambda: [sys.modules.pop(name, None) for name in kept])  # the last of all to be called
    for name in names:
        importlib.import_module(name)
    kept = {name: each for name, each in sys.modules.items() if name not in ("__main__", "builtins", "sys")}
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))


def serve(control: socket.socket) -> list[str] | None:
    """Fork a child for each request, and report the exit status of each.

    Returns:
        in a child, the arguments of its interpreter; in the server None, once its client has ended.
    """
    running: dict[int, socket.socket] = {}
    woken, waker = socket.socketpair()
    for end in (woken, waker):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    while True:
        ready, _, _ = select.select([control, woken], [], [])
        if woken in ready:
            woken.recv(4096)
            for process in [*running]:
                ended, status = os.waitpid(process, os.WNOHANG)
                if ended:
                    with running.pop(process) as connection, contextlib.suppress(OSError):
                        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
        if control in ready:
            message, descriptors, _, _ = socket.recv_fds(control, 1, 4)
            if not message:
                return None
            connection, streams = socket.socket(fileno=descriptors[0]), descriptors[1:]
            with connection.makefile() as lines:
                request = json.loads(lines.readline())
            process = os.fork()
            if not process:
                signal.set_wakeup_fd(-1)
                for each in (control, woken, waker, connection, *running.values()):
                    each.close()
                command: list[str] = request.pop("command")
                become(streams=streams, **request)
                return command
            for stream in streams:
                os.close(stream)
            running[process] = connection
            connection.sendall(b"%d\n" % process)


def become(
    *,
    streams: list[int],
    closed: list[bool],
    environment: dict[str, str],
    folder: str,
    hang_up: int,
    controlling: bool,
) -> None:
    """Make this process what it would be if it had been started alone."""
    os.setsid()
    given = iter(streams)
    for number, is_closed in enumerate(closed):
        if is_closed:
            os.close(number)
        else:
            os.dup2(next(given), number)
    for each in streams:
        os.close(each)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = None if closed[number] else standard_stream(number, getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if controlling:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.Handlers(hang_up))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)


def standard_stream(number: int, like: TextIOWrapper) -> TextIOWrapper:
    """Open a standard stream as the interpreter does when it starts, with the encoding of another one."""
    mode = "w" if number else "r"
    binary: Any = os.fdopen(number, f"{mode}b", closefd=False)
    binary.raw.name = like.name
    stream: Any = TextIOWrapper(
        binary,
        like.encoding,
        like.errors,
        newline="\n",
        line_buffering=number == 2 or os.isatty(number),
    )
    stream.mode = mode
    return stream  # type: ignore[no-any-return]


def run_command(kind: str, what: str, *arguments: str) -> None:
    """Run what the interpreter runs with these arguments.

    Args:
        kind: `-m` for a module, `-c` for a script.
        what: the name of the module, or the script.
        arguments: the arguments of either.
    """
    sys.argv = [kind, *arguments]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    import_to_the_end(sys.argv[2:])
    gc.collect()
    gc.freeze()
    request = serve(socket.socket(fileno=int(sys.argv[1])))
    if request is not None:
        run_command(*request)

"""Many sessions that train at the same time, over ssh and in pages: how soon they start, and what each costs.

BPTUI_SESSIONS="5 10" measures so many, one number after the other.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import shlex
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.table import Table
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.memory import size_of
from benchmarks.tables import MEASURED, measured, p95, table
from tests.ssh.test_ssh import KEYGEN, SSH, SSHD, Server, descendants, start
from tests.tui.support.running import running
from tests.tui.support.served import free_port
from tests.tui.support.terminal import ENTER, ESCAPE, REQUEST, answer_to, cpu_seconds, processes, started

COUNTS = tuple(int(count) for count in os.environ.get("BPTUI_SESSIONS", "20 60").split())
VISITS, FEW_VISITS, MAX_GROWTH = 2000, 100, 5.0
"""Visits that come and end, and the most megabytes by which the server grows after the first few."""
ARRIVAL_SECONDS, MAX_ARRIVAL_SECONDS = 15.0, 90.0
"""The time in which all of them connect, and in which all have to start."""
KEYS = 3
"""Keys for each session: enter, which opens a dialog, since only the cells that change are sent."""
PAUSE_SECONDS, WATCHED_SECONDS = 3.0, 5.0
"""How long sessions may take to pause, and how long their processor time is measured."""
FEW = 20
"""Up to so many sessions have the first bars below, and more of them the second ones."""
MAX_START_SECONDS, MAX_KEY_SECONDS, MAX_MEGABYTES = (3.0, 20.0), (0.25, 0.5), 70.0
APP = ("--epochs", "100000000")

Row = tuple[str, str, str, str]
"""See `measured`."""


class Client(ABC):
    """A person, whose screen is read by a thread. Nothing is drawn, since all share the processors."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.started = 0.0
        self._waits: list[tuple[bytes, threading.Event]] = []
        self._lock = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    @abstractmethod
    def _output(self) -> Iterator[bytes]:
        """What the session writes, until it ends."""

    @abstractmethod
    def _write(self, data: bytes) -> None:
        """Send what was typed."""

    @abstractmethod
    def end(self) -> None:
        """Hang up."""

    def _read(self) -> None:
        tail = b""
        for data in self._output():
            text = tail + data
            if not self.started and b"running" in text:
                self.started = time.monotonic() - self.began
            for request in REQUEST.finditer(text):
                if request.end() > len(tail):
                    self._write(answer_to(request))
            with self._lock:
                for sign, event in self._waits:
                    if sign in text:
                        event.set()
            tail = text[-40:]

    def send(self, key: str, sign: str = "") -> float:
        """Send a key; return the seconds until the sign comes, or infinity after ten."""
        event = threading.Event()
        with self._lock:
            self._waits = [(sign.encode(), event)]
        begin = time.monotonic()
        self._write(key.encode())
        if sign and not event.wait(10):
            return float("inf")
        return time.monotonic() - begin


class Terminal(Client):
    """A person with a terminal, in which a command connects."""

    def __init__(self, command: Sequence[str]) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        command = started(*command, controlling=True)  # which ends with this process, however it ends
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
        )
        os.close(slave)
        super().__init__()

    def _output(self) -> Iterator[bytes]:
        with contextlib.suppress(OSError):  # the session has ended
            while True:
                yield os.read(self._master, 1 << 16)

    def _write(self, data: bytes) -> None:
        os.write(self._master, data)

    def end(self) -> None:
        """End the command."""
        self._process.kill()
        self._process.wait()


class Page(Client):
    """A person with a page.

    Args:
        port: the port of the server.
        number: another one for each person, and so another link.
    """

    def __init__(self, port: int, number: int) -> None:
        connecting = connect(
            f"ws://127.0.0.1:{port}/socket",
            origin=Origin(f"http://127.0.0.1:{port}"),
            proxy=None,
        )
        self._socket = contextlib.ExitStack().enter_context(connecting)
        self._socket.send(json.dumps({"token": f"{number:032x}", "key": "", "columns": 80, "rows": 24}))
        super().__init__()

    def _output(self) -> Iterator[bytes]:
        with contextlib.suppress(ConnectionClosed):
            for message in self._socket:
                yield message if isinstance(message, bytes) else b""

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionClosed):
            self._socket.send(data)

    def end(self) -> None:
        """Close the page."""
        self._socket.close()


def tables() -> Iterator[Table]:
    """One for each number of sessions and each way to serve them."""
    for count in COUNTS:
        for way, serve in (("over ssh", _over_ssh), ("in pages", _in_pages)):
            load = f"load average before: {os.getloadavg()[0]:.1f}"
            caption = f"each value should be at most its bar; {load}"
            yield table(f"{count} sessions {way} that train", caption, MEASURED, rows(count, serve))
    caption = "visits whose sessions are killed as soon as they have begun"
    yield table(f"{VISITS} visits that have ended", caption, MEASURED, _visits())


def _visits() -> Iterator[Row]:
    """What visits that have ended leave in the server."""
    port, found = free_port(), dict[int, tuple[float, int]]()
    with (
        tempfile.TemporaryDirectory() as folder,
        running("serve", f"--port={port}", f"--state={folder}") as server,
    ):
        assert server.stdout is not None
        server.stdout.readline()
        known = {server.pid}
        for number in range(VISITS):
            page = Page(port, number)
            while not (begun := {*descendants(server.pid)} - known) or (number == 0 and len(begun) < 2):
                time.sleep(0.002)
            known |= begun
            end([max(begun)])
            page.end()
            if number + 1 in (FEW_VISITS, VISITS):
                kept = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
                found[number + 1] = size_of(server.pid, "VmRSS") / (1 << 20), kept
    (few, files), (many, more_files) = found.values()
    for_memory = f"{many - few:.1f} MB", f"{MAX_GROWTH:.0f} MB"
    yield measured(f"growth after {FEW_VISITS} visits", *for_memory, is_met=many - few <= MAX_GROWTH)
    yield measured("open files more", str(more_files - files), "2", is_met=more_files - files <= 2)


Serve = Callable[
    [Path], contextlib.AbstractContextManager[tuple[Callable[[int], Client], Callable[[], list[int]]]]
]
"""Serves for a block, which gets what makes a client by its number, and what finds all sessions."""


def rows(count: int, serve: Serve) -> Iterator[Row]:
    """Start the server and all the clients, and measure them."""
    with tempfile.TemporaryDirectory() as name, serve(Path(name)) as (arrive, sessions):
        clients: list[Client] = []
        try:
            for number in range(count):
                clients.append(arrive(number))
                time.sleep(ARRIVAL_SECONDS / count)
            until = time.monotonic() + MAX_ARRIVAL_SECONDS
            while not all(client.started for client in clients) and time.monotonic() < until:
                time.sleep(0.1)
            yield from _measured(clients, sessions())
        finally:
            for client in clients:
                client.end()


@contextlib.contextmanager
def _over_ssh(folder: Path) -> Iterator[tuple[Callable[[int], Client], Callable[[], list[int]]]]:
    """An sshd; without one, the client is the app itself."""
    state = str(folder / "state")
    app = (sys.executable, "-m", "bptui", "--restricted", "--state", state, *APP)
    server = None
    if SSH is not None and SSHD is not None and KEYGEN is not None:
        for key in ("host_key", "user_key"):
            subprocess.run((KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)), check=True)
        server = start(folder)
    command = app if server is None else _ssh(server, shlex.join(app))
    try:
        yield lambda _: Terminal(command), lambda: processes(state)
    finally:
        if server is not None:
            end(descendants(server.process.pid))
            server.process.kill()
            server.process.wait()
        while left := processes(state):  # one whose connection has ended still writes its run there
            end(left)
            time.sleep(0.01)


def _ssh(server: Server, command: str) -> tuple[str, ...]:
    with server.run("true") as terminal:
        arguments = terminal.process.args
        terminal.wait_for_exit()
    assert isinstance(arguments, tuple)
    begin = arguments.index(SSH)
    return (*map(str, arguments[begin:-1]), command)


@contextlib.contextmanager
def _in_pages(folder: Path) -> Iterator[tuple[Callable[[int], Client], Callable[[], list[int]]]]:
    """`bptui serve`, which forks the sessions from one of its processes."""
    port = free_port()
    words = (f"--port={port}", f"--state={folder / 'states'}", "--sessions=1000", *APP)
    with running("serve", *words, shell='exec setpriv --pdeathsig TERM "$@"') as server:  # as this ends
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield lambda number: Page(port, number), lambda: descendants(server.pid)[1:]
        finally:
            end([server.pid, *descendants(server.pid)])


def end(begun: list[int]) -> None:
    """Kill processes."""
    for process in begun:
        with contextlib.suppress(ProcessLookupError):  # it has just ended
            os.kill(process, signal.SIGKILL)


def _measured(clients: list[Client], apps: list[int]) -> Iterator[Row]:
    start_bar, key_bar = (bars[len(clients) > FEW] for bars in (MAX_START_SECONDS, MAX_KEY_SECONDS))
    used = sum(map(cpu_seconds, apps)) / len(clients)
    starts = sorted(client.started or float("inf") for client in clients)
    yield _row("start, p50", statistics.median(starts), start_bar, "s")
    yield _row("start, p95", p95(starts), start_bar, "s")
    yield measured("processor time of each when all have started", f"{used:.2f} s")
    keys = []
    for _ in range(KEYS):
        for client in clients:
            keys.append(1000 * client.send(ENTER, "Allowed:"))
            client.send(ESCAPE)
    yield measured("key, p50", f"{statistics.median(keys):.0f} ms")
    yield _row("key, p95", p95(keys), 1000 * key_bar, "ms")
    yield measured("key, worst", f"{max(keys):.0f} ms")
    sizes = [_megabytes(app) for app in apps]
    yield _row(f"memory of each of {len(sizes)} (PSS), mean", statistics.mean(sizes), MAX_MEGABYTES, "MB")
    yield measured("processor, all training", f"{_processor_share(apps):.0%} of {os.cpu_count()}00%")
    for client in clients:
        client.send(" ")
    time.sleep(PAUSE_SECONDS)
    share = _processor_share(apps)
    yield measured("processor, all paused", f"{share:.1%}", "5.0%", is_met=share <= 0.05)


def _processor_share(apps: list[int]) -> float:
    """The processor time of all apps in a second."""
    before = sum(map(cpu_seconds, apps))
    time.sleep(WATCHED_SECONDS)
    return (sum(map(cpu_seconds, apps)) - before) / WATCHED_SECONDS


def _megabytes(process: int) -> float:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def _row(what: str, value: float, bar: float, unit: str) -> Row:
    digits = 1 if unit == "s" else 0
    texts = (f"{each:.{digits}f} {unit}" for each in (value, bar))
    return measured(what, *texts, is_met=value <= bar)

"""Many sessions over ssh that train at the same time: how soon they start and answer, and what each costs.

BPTUI_SESSIONS=5 measures so many.
"""

from __future__ import annotations

import contextlib
import fcntl
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.table import Table

from tests.benchmarks.tables import MEASURED, measured, p95, table
from tests.ssh.test_ssh import KEYGEN, SSH, SSHD, Server, descendants, start
from tests.tui.support.terminal import ENTER, ESCAPE, REQUEST, answer_to, cpu_seconds, processes, started

SESSIONS = int(os.environ.get("BPTUI_SESSIONS", "20"))
ARRIVAL_SECONDS = 15.0
"""The time in which all of them connect."""
KEYS = 3
"""Keys for each session: enter, which opens a dialog, since only the cells that change are sent."""
WATCHED_SECONDS = 5.0
MAX_KEY_SECONDS, MAX_START_SECONDS, MAX_MEGABYTES = 0.25, 3.0, 70.0

Row = tuple[str, str, str, str]
"""See `measured`."""


class Client:
    """A person with a terminal, read by a thread. Nothing is drawn, since all share the processors."""

    def __init__(self, command: Sequence[str]) -> None:
        self.began = time.monotonic()
        self.started = 0.0
        self._waits: list[tuple[bytes, threading.Event]] = []
        self._lock = threading.Lock()
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        command = started(*command, controlling=True)  # which ends with this process, however it ends
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=environment
        )
        os.close(slave)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        tail = b""
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # the session has ended
                return
            text = tail + data
            if not self.started and b"running" in text:
                self.started = time.monotonic() - self.began
            for request in REQUEST.finditer(text):
                if request.end() > len(tail):
                    os.write(self._master, answer_to(request))
            with self._lock:
                for sign, event in self._waits:
                    if sign in text:
                        event.set()
            tail = text[-40:]

    def send(self, key: str, sign: str = "") -> float:
        """Send a key; return the seconds until the sign comes, or infinity after half a minute."""
        event = threading.Event()
        with self._lock:
            self._waits = [(sign.encode(), event)]
        begin = time.monotonic()
        os.write(self._master, key.encode())
        if sign and not event.wait(10):
            return float("inf")
        return time.monotonic() - begin


def tables() -> Iterator[Table]:
    """The one table."""
    caption = "each value should be at most its bar"
    yield table(f"{SESSIONS} sessions over ssh that train", caption, MEASURED, rows())


def rows() -> Iterator[Row]:
    """Start an sshd and all the clients, and measure them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        connect, stop = _server(folder)
        clients: list[Client] = []
        try:
            for _ in range(SESSIONS):
                clients.append(Client(connect))
                time.sleep(ARRIVAL_SECONDS / SESSIONS)
            until = time.monotonic() + 60
            while not all(client.started for client in clients) and time.monotonic() < until:
                time.sleep(0.1)
            yield from _measured(clients, processes(str(folder / "state")))
        finally:
            for client in clients:
                client.process.kill()
                client.process.wait()
            stop()
            end_sessions(str(folder / "state"))


def end_sessions(state: str) -> None:
    """End the sessions with this state folder: one whose connection has ended still writes its run there."""
    while running := processes(state):
        for process in running:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(process, signal.SIGKILL)
        time.sleep(0.01)


def _server(folder: Path) -> tuple[tuple[str, ...], Callable[[], None]]:
    """The command of a client, and what stops the server; without an sshd, the client is the app itself."""
    app = (
        sys.executable,
        "-m",
        "bptui",
        "--restricted",
        "--state",
        str(folder / "state"),
        "--epochs",
        "100000000",
    )
    if SSH is None or SSHD is None or KEYGEN is None:
        return app, lambda: None
    for key in ("host_key", "user_key"):
        subprocess.run((KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)), check=True)
    server = start(folder)
    if server is None:
        return app, lambda: None

    def stop() -> None:
        for process in (*descendants(server.process.pid), server.process.pid):
            subprocess.run(("kill", "-9", str(process)), check=False, stderr=subprocess.DEVNULL)
        server.process.wait()

    return _ssh(server, shlex.join(app)), stop


def _ssh(server: Server, command: str) -> tuple[str, ...]:
    with server.run("true") as terminal:
        arguments = terminal.process.args
        terminal.wait_for_exit()
    assert isinstance(arguments, tuple)
    begin = arguments.index(SSH)
    return (*map(str, arguments[begin:-1]), command)


def _measured(clients: list[Client], apps: list[int]) -> Iterator[Row]:
    starts = sorted(client.started or float("inf") for client in clients)
    yield _row("start, p50", statistics.median(starts), MAX_START_SECONDS, "s")
    yield _row("start, p95", p95(starts), MAX_START_SECONDS, "s")
    keys = []
    for _ in range(KEYS):
        for client in clients:
            keys.append(1000 * client.send(ENTER, "Allowed:"))
            client.send(ESCAPE)
    yield measured("key, p50", f"{statistics.median(keys):.0f} ms")
    yield _row("key, p95", p95(keys), 1000 * MAX_KEY_SECONDS, "ms")
    yield measured("key, worst", f"{max(keys):.0f} ms")
    sizes = [_megabytes(app) for app in apps]
    yield _row(f"memory of each of {len(sizes)} (PSS), mean", statistics.mean(sizes), MAX_MEGABYTES, "MB")
    yield measured("processor, all training", f"{_processor_share(apps):.0%} of {os.cpu_count()}00%")
    for client in clients:
        client.send(" ")
    time.sleep(3)
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

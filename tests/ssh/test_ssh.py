"""The app over a real SSH connection, to an sshd of our own."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shlex
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.tui.support.terminal import (
    BPTUI,
    DEADLINE,
    LEFT,
    RIGHT,
    Terminal,
    cpu_seconds,
    parent,
    processes,
    wait_for_training,
    wait_until,
)

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin")
SSH, KEYGEN = shutil.which("ssh"), shutil.which("ssh-keygen")

IGNORING_HANG_UP = "trap '' HUP; exec "
"""A shell's words before a command that is to live on when its terminal goes away."""

pytestmark = [
    pytest.mark.skipif(SSHD is None, reason="there is no sshd"),
    pytest.mark.skipif(SSH is None or KEYGEN is None, reason="there is no ssh or no ssh-keygen"),
    pytest.mark.skipif(
        not Path("/proc/self/cmdline").exists(), reason="there is no /proc to find processes in"
    ),
]


@dataclass(frozen=True)
class Server:
    """An sshd that lets in the current user with one key."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def run(self, command: str, **options: Any) -> Terminal:
        """A shell's command on the far end of a connection, in a terminal with these options."""
        assert SSH is not None
        settings = {
            "BatchMode": "yes",
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "LogLevel": "ERROR",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": str(self.folder / "known_hosts"),
        }
        return Terminal(
            *(SSH, "-tt", "-F", "/dev/null", "-i", str(self.folder / "user_key"), "-p", str(self.port)),
            *(f"-o{name}={value}" for name, value in settings.items()),
            *(f"{pwd.getpwuid(os.getuid()).pw_name}@127.0.0.1", command),
            **options,
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An sshd for these tests; it and all that came of it are gone afterwards."""
    folder = tmp_path_factory.mktemp("ssh")
    assert KEYGEN is not None
    for name in ("host_key", "user_key"):
        command = (KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        subprocess.run(command, check=True, timeout=DEADLINE)
    separation = Path("/run/sshd")  # where sshd, if root, shuts in what it doesn't trust
    if os.geteuid() == 0 and not separation.exists():
        try:
            separation.mkdir(mode=0o755)
        except OSError as error:
            pytest.skip(f"sshd needs {separation}: {error.strerror}")
    for _ in range(3):  # another process may take the port that was free
        started = start(folder)
        if started is not None:
            break
    else:
        raise AssertionError((folder / "log").read_text())
    try:
        with started.run("true") as terminal:  # an account without a shell, no right to a terminal, ...
            if terminal.wait_for_exit():
                pytest.skip(f"sshd lets us not in: {(folder / 'log').read_text().splitlines()[-1]}")
        yield started
    finally:
        for process in reversed(descendants(started.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        started.process.kill()
        started.process.wait(DEADLINE)


def start(folder: Path) -> Server | None:
    """Start sshd; None if it did not stay."""
    assert SSHD is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(
        f"""ListenAddress 127.0.0.1
Port {port}
HostKey {folder / "host_key"}
PidFile {folder / "pid"}
AuthorizedKeysFile {folder / "user_key.pub"}
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
"""
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (SSHD, "-D", "-e", "-f", str(config)), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    wait_until(lambda: answers(port) or process.poll() is not None, "an answer of sshd")
    return None if process.poll() is not None else Server(folder, port, process)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def descendants(process: int) -> list[int]:
    """Its children, their children and so on."""
    found = [process]
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            parents[int(folder.name)] = parent(int(folder.name))
    for ancestor in found:
        found += [child for child, its_parent in parents.items() if its_parent == ancestor]
    return found[1:]


def session_of(process: int) -> int:
    """The sshd process that holds the terminal of this one."""
    while not Path(f"/proc/{process}/comm").read_text().startswith("sshd"):
        process = parent(process)
    return process


@pytest.fixture
def marker() -> Iterator[str]:
    """A seed by which the app can be found among all processes; none with it stays."""
    seed = str(random.SystemRandom().randrange(10**9, 2**32))
    yield seed
    for process in processes(seed):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def bptui(seed: str) -> str:
    """The shell's command that trains for as long as a test may take."""
    kept = [f"{name}={os.environ[name]}" for name in ("XDG_STATE_HOME", "PYTHONPATH") if name in os.environ]
    return shlex.join(("env", *kept, *BPTUI, "--epochs", "100000000", "--seed", seed))


def test_trains_and_takes_keys(server: Server, marker: str) -> None:
    with server.run(bptui(marker)) as terminal:
        terminal.wait_for_text("1 Regression", "2 Classification", "q quit", marker)
        wait_for_training(terminal)
        terminal.send(RIGHT)
        terminal.wait_for_text("learning rate 0.1 → 0.2:", "‹0.2›")
        terminal.resize(60, 18)
        terminal.wait_for(lambda: "q quit" in terminal.lines[-1], "the footer at 60x18")
        wait_for_training(terminal)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
        terminal.wait_for(lambda: not terminal.left_on(), "the terminal as it was")
        assert terminal.modes() == terminal.modes_before
    wait_until(lambda: not processes(marker), "the end of the app")


def test_keys_act_on_a_slow_link(server: Server, marker: str) -> None:
    """Between the app and a reader of 10 kB/s lie the buffers of sshd, ssh and sockets: some megabytes."""
    command = f"{bptui(marker)} --dataset sine-border"
    with server.run(command, columns=200, rows=50, bytes_per_second=10_000) as terminal:
        wait_for_training(terminal)
        for key, value in ((RIGHT, "‹0.2›"), (LEFT, "‹0.1›")):
            sent = len(terminal.output)
            terminal.send(key)
            terminal.wait_for_text(value)
            assert len(terminal.output) - sent < 40_000  # what was on its way, and what the key has drawn


@pytest.mark.parametrize(
    ("end", "running", "before"),
    [
        pytest.param("client", True, "", id="client ends while it runs"),
        pytest.param("session", False, "", id="server ends while it pauses"),
        pytest.param("client", False, IGNORING_HANG_UP, id="client ends while it pauses, signal ignored"),
        pytest.param("session", True, IGNORING_HANG_UP, id="server ends while it runs, signal ignored"),
    ],
)
def test_leaves_nothing_when_the_connection_drops(
    server: Server, marker: str, end: str, running: bool, before: str
) -> None:
    with server.run(before + bptui(marker)) as terminal:
        wait_for_training(terminal)
        if not running:
            terminal.send(" ")
            terminal.wait_for_text("paused")
        (app,) = processes(marker)
        taken = taken_before = cpu_seconds(app)
        os.kill(terminal.process.pid if end == "client" else session_of(app), signal.SIGKILL)

        def is_gone() -> bool:
            nonlocal taken
            with contextlib.suppress(OSError):  # it has just ended
                taken = cpu_seconds(app)
            return not processes(marker)

        wait_until(is_gone, "the end of the app")
        assert taken - taken_before < 1.5  # it ends; it doesn't spin until something ends it

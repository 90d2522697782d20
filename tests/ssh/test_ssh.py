"""The app over a real SSH connection, to an sshd that the tests start."""

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

from tests.tui.support.kept import assert_is_uninterrupted, kept_files, kept_run
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import (
    BPTUI,
    DEADLINE,
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
"""Shell code before a command that ignores SIGHUP when its terminal closes."""

pytestmark = [
    pytest.mark.skipif(SSHD is None, reason="there is no sshd"),
    pytest.mark.skipif(SSH is None or KEYGEN is None, reason="there is no ssh or no ssh-keygen"),
    pytest.mark.skipif(
        not Path("/proc/self/cmdline").exists(), reason="there is no /proc to find processes in"
    ),
]


@dataclass(frozen=True)
class Server:
    """An sshd that accepts one key of the current user."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def run(self, command: str, **options: Any) -> Terminal:
        """Run a shell command over a connection, in a terminal with these options."""
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
    """Start an sshd; end it and all its child processes afterwards."""
    folder = tmp_path_factory.mktemp("ssh")
    assert KEYGEN is not None
    for name in ("host_key", "user_key"):
        command = (KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
        subprocess.run(command, check=True, timeout=DEADLINE)
    separation = Path("/run/sshd")  # sshd needs this folder for privilege separation if it runs as root
    if os.geteuid() == 0 and not separation.exists():
        try:
            separation.mkdir(mode=0o755)
        except OSError as error:
            pytest.skip(f"sshd needs {separation}: {error.strerror}")
    for _ in range(3):  # another process may have taken the free port
        started = start(folder)
        if started is not None:
            break
    else:
        raise AssertionError((folder / "log").read_text())
    try:
        with started.run("true") as terminal:  # fails for an account without a shell, for one
            if terminal.wait_for_exit():
                pytest.skip(f"sshd refuses the connection: {(folder / 'log').read_text().splitlines()[-1]}")
        yield started
    finally:
        for process in reversed(descendants(started.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        started.process.kill()
        started.process.wait(DEADLINE)


def start(folder: Path) -> Server | None:
    """Start sshd; return None if it ended at once."""
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
MaxStartups 200
PrintMotd no
PrintLastLog no
SetEnv SHLVL=1
"""  # so that bash, which then does not seem to begin a session, reads no ~/.bashrc, which may take long
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            (SSHD, "-D", "-e", "-f", str(config)), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    wait_until(lambda: is_listening(port) or process.poll() is not None, "sshd to listen")
    return None if process.poll() is not None else Server(folder, port, process)


def is_listening(port: int) -> bool:
    """Whether a server listens on a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def descendants(process: int) -> list[int]:
    """The child processes of a process, their child processes, and so on."""
    found = [process]
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process has just ended
            parents[int(folder.name)] = parent(int(folder.name))
    for ancestor in found:
        found += [child for child, its_parent in parents.items() if its_parent == ancestor]
    return found[1:]


def session_of(process: int) -> int:
    """The sshd process that owns the terminal of a process."""
    while not Path(f"/proc/{process}/comm").read_text().startswith("sshd"):
        process = parent(process)
    return process


@pytest.fixture
def marker() -> Iterator[str]:
    """A seed that marks the processes of the app; they are ended afterwards."""
    seed = str(random.SystemRandom().randrange(10**9, 2**32))
    yield seed
    for process in processes(seed):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def bptui(seed: str) -> str:
    """The shell command that starts an endless run."""
    return command(*ENDLESS, "--seed", seed)


def command(*arguments: str) -> str:
    """The shell command that starts the app."""
    kept = [
        f"{name}={value}"
        for name, value in os.environ.items()
        if name in ("XDG_STATE_HOME", "PYTHONPATH") or name.startswith("OPENBLAS_")
    ]
    return shlex.join(("env", *kept, *BPTUI, *arguments))


def test_the_app_trains_and_takes_keys_over_ssh(server: Server, marker: str) -> None:
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


@pytest.mark.parametrize(
    ("end", "running", "before"),
    [
        pytest.param("client", True, "", id="client ends while it runs"),
        pytest.param("session", False, "", id="server ends while it pauses"),
        pytest.param("session", True, IGNORING_HANG_UP, id="server ends while it runs, signal ignored"),
    ],
)
def test_when_the_connection_drops_the_app_ends_and_its_run_is_continued_by_the_next(
    server: Server, marker: str, end: str, running: bool, before: str
) -> None:
    with server.run(before + bptui(marker)) as terminal:
        wait_for_training(terminal)
        if not running:
            terminal.send(" ")
            terminal.wait_for_text("paused")
        (app,) = processes(marker)
        used = used_before = cpu_seconds(app)
        os.kill(terminal.process.pid if end == "client" else session_of(app), signal.SIGKILL)

        def is_gone() -> bool:
            nonlocal used
            with contextlib.suppress(OSError):  # the process has just ended
                used = cpu_seconds(app)
            return not processes(marker)

        wait_until(is_gone, "the end of the app")
        assert used - used_before < 1.5  # it did not spin until something ended it
    (kept,) = kept_files(os.environ)
    assert_is_uninterrupted(kept_run(kept))
    if not before:
        with server.run(command("--continue")) as terminal:
            terminal.wait_for_text("running" if running else "paused", marker)

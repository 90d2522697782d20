"""A restricted screen behind ForceCommand, on a real sshd, with a client that means harm."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ssh.test_ssh import KEYGEN, SSH, SSHD, Server, server  # noqa: F401  a fixture
from tests.tui.support.terminal import DEADLINE, RIGHT, Terminal, processes, wait_for_training, wait_until

pytestmark = [
    pytest.mark.skipif(SSHD is None, reason="there is no sshd"),
    pytest.mark.skipif(SSH is None or KEYGEN is None, reason="there is no ssh or no ssh-keygen"),
    pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc"),
]


@pytest.fixture
def forced(
    server: Server,  # noqa: F811
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Server]:
    """The server, with the key bound to a restricted screen that keeps its state in `tmp_path`.

    The parameter is further flags of the screen.
    """
    keys = server.folder / "user_key.pub"
    key = keys.read_text()
    command = shlex.join(
        (
            *(sys.executable, "-I", "-m", "bptui", "--restricted", "--state", str(tmp_path / "alice")),
            *getattr(request, "param", ()),
        )
    )
    keys.write_text(f'command="{command}",restrict,pty {key}')
    try:
        yield server
    finally:
        keys.write_text(key)
        for process in processes(str(tmp_path / "alice")):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def leave(terminal: Terminal) -> None:
    terminal.send("\x1b")
    terminal.read_for(0.3)
    terminal.send("q")
    assert terminal.wait_for_exit() == 0
    terminal.wait_for(lambda: not terminal.left_on(), "the terminal as it was")


@pytest.mark.parametrize(
    "command",
    [
        "",
        "bptui --data /etc/passwd; $(touch owned); `touch owned`; touch owned\ntouch owned",
    ],
)
def test_a_restricted_account_gets_only_the_screen(forced: Server, tmp_path: Path, command: str) -> None:
    with forced.run(command) as terminal:
        wait_for_training(terminal)
        leave(terminal)
    assert not list(Path.home().glob("owned"))
    assert (tmp_path / "alice" / "screen.json").exists()


def test_sshd_takes_the_documented_configuration(server: Server, tmp_path: Path) -> None:  # noqa: F811
    documented = Path(__file__).parents[2] / "docs" / "sshd_config"
    text = documented.read_text()
    assert text[text.index("Match") :] in (documented.parent / "serving.md").read_text()
    config = tmp_path / "config"
    config.write_text(f"HostKey {server.folder / 'host_key'}\n{text}")
    assert SSHD is not None
    subprocess.run((SSHD, "-t", "-f", str(config)), check=True, timeout=DEADLINE)


def test_a_restricted_session_gives_no_shell_no_job_control_and_no_file(
    forced: Server, tmp_path: Path
) -> None:
    variables = {
        "PYTHONPATH": "/tmp",
        "TEXTUAL_LOG": str(tmp_path / "log"),
        "LC_ALL": "\x1b]0;x\x07",
        "COLUMNS": "9",
    }
    with forced.run("bash", variables=variables) as terminal:
        wait_for_training(terminal)
        (app,) = processes(str(tmp_path / "alice"))
        given = Path(f"/proc/{app}/environ").read_bytes()
        assert b"TEXTUAL_LOG" not in given
        terminal.send("\x1a")  # ctrl+z
        os.kill(app, signal.SIGTSTP)
        wait_for_training(terminal)
        terminal.send("\x1b[200~!sh\r\x1b]52;c;b3duZWQ=\x07\x1b[201~")
        terminal.send("\x1b[1114112;1u\x1b[48;9999;9999;1;1t")
        terminal.send(RIGHT)
        terminal.wait_for_text("‹0.2›")
        terminal.send("\x10screenshot")  # the palette
        terminal.wait_for_text("Nothing here has these words")
        leave(terminal)
    wait_until(lambda: not processes(str(tmp_path / "alice")), "the end of the app")
    assert [path.name for path in tmp_path.iterdir()] == ["alice"]

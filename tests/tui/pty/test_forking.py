"""A forked process is like one that was started: most tests on a terminal rely on it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tui.support.fork_server import CLOSED
from tests.tui.support.piped_process import PipedProcess
from tests.tui.support.terminal import DEADLINE, Terminal, wait_until

FACTS = """
import json, os, signal, sys, threading
streams = [stream for stream in (sys.stdin, sys.stdout, sys.stderr) if stream]
assert streams == [stream for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__) if stream]
facts = json.dumps({
    "arguments": sys.argv,
    "main": __name__,
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "leads its session": os.getsid(0) == os.getpid() == os.getpgid(0),
    "terminal": [stream.isatty() and os.ttyname(stream.fileno()) == os.ttyname(2) for stream in streams],
    "streams": [
        [each.fileno(), each.encoding, each.errors, each.newlines, each.line_buffering, each.write_through]
        + [each.mode, each.name, repr(each), repr(each.buffer), repr(each.buffer.raw)]
        for each in streams
    ],
    "size": sys.stdin and sys.stdin.isatty() and [*os.get_terminal_size(0)],
    "foreground": os.path.exists("/dev/tty") and TTY and os.tcgetpgrp(0) == os.getpid(),
    "handlers": {each.name: str(signal.getsignal(each)) for each in signal.Signals},
    "blocked": [each.name for each in signal.pthread_sigmask(signal.SIG_BLOCK, ())],
    "files": sorted(each for each in os.listdir("/proc/self/fd") if int(each) > 2),
    "threads": threading.active_count(),
})
"""
SAY = """
print(facts, "end")
sys.stdin.readline()
sys.exit(7)
"""
WRITE = """
open("facts", "w").write(facts)
print("é")
sys.exit(7)
"""


def facts(*, forked: bool, controlling: bool, ignore_hang_up: bool) -> Any:
    command = (sys.executable, "-c", (FACTS + SAY).replace("TTY", str(controlling)), "--one", "two words")
    variables = {"XDG_STATE_HOME": "/some/where"}
    with Terminal(
        *command,
        variables=variables,
        forked=forked,
        controlling=controlling,
        ignore_hang_up=ignore_hang_up,
        columns=91,
    ) as terminal:
        terminal.wait_for(lambda: b" end" in terminal.output, "the facts")
        terminal.send("\n")
        assert terminal.wait_for_exit() == 7
        return json.loads(terminal.output.partition(b" end")[0])


@pytest.mark.parametrize(("controlling", "ignore_hang_up"), [(True, False), (False, False), (True, True)])
def test_it_has_what_a_started_process_has(
    controlling: bool, ignore_hang_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Terminal(sys.executable, "-c", "input()", forked=True):  # whose files the next one must not have
        started, forked = (
            facts(forked=forked, controlling=controlling, ignore_hang_up=ignore_hang_up)
            for forked in (False, True)
        )
    assert started["environment"]["XDG_STATE_HOME"] == "/some/where"
    assert started["folder"] == str(tmp_path)
    assert started["foreground"] is controlling
    assert forked == started


@pytest.mark.parametrize(
    ("plumbing", "streams"),
    [
        ("", {}),
        (">out", {}),
        ("<&- 2>&-", {"stdin": CLOSED, "stderr": CLOSED}),
        ("<&- >&- 2>&-", {"stdin": CLOSED, "stdout": CLOSED, "stderr": CLOSED}),
    ],
)
def test_it_has_the_pipes_files_and_closed_streams_of_a_started_process(
    plumbing: str, streams: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = FACTS.replace("TTY", "False").replace("dict(os.environ)", "None") + WRITE  # the shell adds some
    environment = {"LANG": "C.UTF-8", "PATH": os.environ["PATH"]}
    started = subprocess.run(
        ("/bin/sh", "-c", f'exec "$@" {plumbing}', "sh", sys.executable, "-c", script),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        env=environment,
        timeout=DEADLINE,
        check=False,
    )
    assert (started.returncode, started.stderr) == (7, b"")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert "facts" in files
    for name in files:
        Path(name).unlink()
    with contextlib.ExitStack() as stack:
        if "out" in files:
            streams = {"stdout": stack.enter_context(Path("out").open("wb"))}
        process = stack.enter_context(PipedProcess(("-c", script), environment, **streams))
        assert process.communicate(DEADLINE) == (started.stdout, b"")
        assert process.returncode == 7
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files


@pytest.mark.parametrize("forked", [False, True])
def test_a_signal_kills_it_and_it_is_gone(forked: bool) -> None:
    script = "import signal; print('ready', flush=True); signal.pause()"
    with Terminal(sys.executable, "-c", script, forked=forked) as terminal:
        terminal.wait_for_text("ready")
        assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.wait_for_exit() == -signal.SIGTERM
        assert terminal.process.poll() == -signal.SIGTERM
        terminal.process.send_signal(signal.SIGTERM)  # which has no effect
        place = Path(f"/proc/{terminal.process.pid}")
        wait_until(lambda: not place.exists(), "the end of the process")

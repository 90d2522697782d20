"""A training continues whatever happens around it: each fault is tried with a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import bpsteer
from bpsteer.folders import records_folder
from bptui.steering.client import Client
from bptui.steering.runs import all_runs, find
from tests.tui.support.running import call
from tests.tui.support.steered import program, socket_of, started, steps_of
from tests.tui.support.terminal import DEADLINE, wait_until


def step() -> int:
    return find("digits").status.step


def gets_on() -> None:
    """Wait until the training has made some more steps."""
    before = step()
    wait_until(lambda: step() > before + 5, "some more steps")


def test_the_record_of_a_killed_run_is_whole_until_shortly_before(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        _, record = started(process)
        before = step()
        assert find("digits").status.state == "running"
        wait_until(
            lambda: steps_of(record)[-1:] >= [before],
            "the reports up to there, which are written each second",
        )
        recorded, path = steps_of(record), socket_of("digits")
        process.kill()
        process.wait()
        assert steps_of(record) >= recorded  # and each line is whole
        status = find("digits").status
        assert (status.state, status.step) == ("died", steps_of(record)[-1])
        assert call("attach").out.startswith("digits\tdied\t")
        refused = call("attach", "digits", "pause")
        assert (refused.status, refused.complaint[:29]) == (1, "bptui attach: digits has died")
        assert path.exists()
        bpsteer.start("another").close()
        assert not path.exists()  # it is not left behind forever


def test_a_run_survives_the_removal_of_its_folders(runtime_home: Path, tmp_path: Path) -> None:
    with program(tmp_path) as process:
        _, record = started(process)
        wait_until(lambda: steps_of(record), "a report")
        shutil.rmtree(runtime_home / "bptui")
        shutil.rmtree(records_folder())
        wait_until(lambda: record.exists() and find("digits").socket is not None, "another socket and record")
        assert steps_of(record)[0] == 0
        shutil.rmtree(runtime_home)  # as at the last logout, and there is no other until the next login
        wait_until(lambda: find("digits").socket is not None, "a socket elsewhere")
        gets_on()
        runtime_home.mkdir(mode=0o700)


def test_a_run_survives_a_full_disk(tmp_path: Path) -> None:
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    with program(tmp_path, before=full) as process:
        _, record = started(process)
        wait_until(lambda: find("digits").status.problem, "the problem")
        gets_on()
        assert (
            "Problem: the record can't be written: file too large." in call("attach", "digits", "status").out
        )
        assert json.loads(record.read_text().splitlines()[0])["event"] == "start"
        steps_of(record)  # of which every line is whole


def test_a_run_trains_without_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, os.devnull)
    before = "import bpsteer.folders as places; places.socket_folders = lambda: []"
    with program(tmp_path, before=before, steps=20) as process:
        out, err = process.communicate(timeout=DEADLINE)
        assert out.endswith("trained 20\n")
        assert err == "bpsteer: nobody can attach to digits: there is no folder for its socket\n"


def test_garbage_in_the_socket_disturbs_no_run(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        started(process)
        path = socket_of("digits")
        garbage = (
            b"x\n" * 10_000,
            b"x" * 100_000,
            b'{"v": 2, "id": 1, "do": "status"}\n' * 10_000,
            b'{"v": 1, "id": 1, "do": "stop"}\n',
            b'{"v": 2, "id": 1, "do": "stop", "more": 1}\n',
            b'{"v": 2, "id": 1, "do": "step", "count": -1}\n',
            b'{"v": 2, "id": 1, "do": "set", "name": 1, "value": NaN}\n',
            b"[" * 4000 + b"\n",
            b"\xff\n",
        )
        for lines in garbage:
            with socket.socket(socket.AF_UNIX) as attached:
                attached.settimeout(DEADLINE)
                attached.connect(str(path))
                received = b""
                try:
                    attached.sendall(lines)
                    while more := attached.recv(1 << 16):
                        received += more
                except ConnectionError:
                    pass  # it has closed the connection without reading the rest
                assert not received or json.loads(received.splitlines()[-1])["ok"] is False
        gets_on()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_at_the_socket_is_refused(tmp_path: Path) -> None:
    trial = """
import os, socket, sys
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
with socket.socket(socket.AF_UNIX) as attached:
    attached.connect(sys.argv[1])
    attached.sendall(b'{"v": 2, "id": 1, "do": "stop"}\\n')
    print(attached.recv(100))
"""

    def as_another() -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-c", trial, str(path))
        return subprocess.run(command, capture_output=True, text=True, check=False)

    with program(tmp_path) as process:
        started(process)
        path = socket_of("digits")
        assert "Permission denied" in as_another().stderr
        for each in (path.parents[1], path.parent, path):
            each.chmod(0o777)  # a mistake that only the check of the user can make good
        done = as_another()
        assert done.stdout == "b''\n" or "ConnectionResetError" in done.stderr or "BrokenPipe" in done.stderr
        path.parent.chmod(0o700)
        gets_on()


def test_a_setter_that_hangs_is_told_in_the_status(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        started(process)
        with Client(socket_of("digits")) as client:
            answer = client.ask("set", 0.0, name="learning rate", value=2)
            assert answer.text.startswith("the training has not taken the request yet")
            wait_until(lambda: find("digits").status.waiting == ("set",), "the time to say so")
            assert "not taken these requests yet: set." in call("attach", "digits").out
        (tmp_path / "go").touch()
        wait_until(lambda: find("digits").status.settings[0].value == 2, "the change")


def test_a_step_that_holds_the_interpreter_loses_no_request(tmp_path: Path) -> None:
    hold = "ctypes.PyDLL(None).usleep(2_500_000)"  # which does not release it, unlike a CDLL
    with program(tmp_path, before="import ctypes", within=hold) as process:
        started(process)
        done = call("attach", "digits", "set", "learning", "rate", "0.5")
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("learning rate from 0.1 to 0.5, from step ")


def test_a_request_that_is_sent_again_is_done_once(tmp_path: Path) -> None:
    request = b'{"v": 2, "id": 77, "do": "step", "count": 3}\n'
    with program(tmp_path, options="{'paused': True}") as process:
        started(process)
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as attached:
                attached.connect(str(socket_of("digits")))
                attached.sendall(request)  # and the connection is lost
        with socket.socket(socket.AF_UNIX) as attached:
            attached.connect(str(socket_of("digits")))
            attached.sendall(request)
            assert json.loads(attached.recv(4096))["text"] == "digits is paused at step 3"
            attached.sendall(request.replace(b"3}", b"4}"))
            assert json.loads(attached.recv(4096))["text"] == "another request has the id 77"
        assert step() == 3


def test_a_suspended_run_is_listed_as_silent_and_does_what_was_asked_when_it_continues(
    tmp_path: Path,
) -> None:
    with program(tmp_path) as process:
        started(process)
        process.send_signal(signal.SIGSTOP)
        runs, _ = all_runs()
        assert [(run.status.name, run.status.state) for run in runs] == [("digits", "does not answer")]
        path = find("digits").socket
        assert path is not None
        with Client(path) as client:
            answer = client.ask("set", 0.1, name="learning rate", value=0.5)
        assert answer.text.startswith("the training has not taken the request yet")
        process.send_signal(signal.SIGCONT)
        wait_until(lambda: find("digits").status.settings[0].value == 0.5, "the change")


def test_many_connections_lock_nobody_out(tmp_path: Path) -> None:
    with program(tmp_path, within="time.sleep(0.3)") as process, contextlib.ExitStack() as stack:
        started(process)
        path = str(socket_of("digits"))
        for number in range(60):
            attached = stack.enter_context(socket.socket(socket.AF_UNIX))
            attached.settimeout(DEADLINE)
            attached.connect(path)
            if number % 2:
                attached.sendall(b'{"v": 2, "id": 1, "do": "status"}\n')
        assert call("attach", "digits", "set", "learning", "rate", "0.5").status == 0


def test_the_training_never_gives_the_interpreter_away(tmp_path: Path) -> None:
    with program(tmp_path, before="sys.setswitchinterval(1e6)", within="continue", steps=10**9) as process:
        started(process)
        with Client(socket_of("digits")) as client:
            assert client.ask("set", DEADLINE, name="learning rate", value=0.5).succeeded
            assert client.ask("pause", DEADLINE).succeeded


def test_a_paused_run_survives_that_attached_processes_are_killed(tmp_path: Path) -> None:
    with program(tmp_path) as process:
        started(process)
        assert call("attach", "digits", "pause").status == 0
        for request in (
            b"",
            b'{"v": 2, "id": 1, "do"',
            b'{"v": 2, "id": 1, "do": "entries", "since": 0}\n' * 150,
        ):
            with socket.socket(socket.AF_UNIX) as attached:
                attached.connect(str(socket_of("digits")))
                attached.sendall(request)
        assert call("attach").out.startswith("digits\tpaused\t")


def test_two_runs_of_one_name_stay_apart_though_the_clock_goes_back(tmp_path: Path) -> None:
    back = "now = [time.time()]; time.time = lambda: now.__setitem__(0, now[0] - 3600) or now[0]"
    states = "{'state_seconds': 0.01}"
    with program(tmp_path) as first:
        _, record = started(first)
        with program(tmp_path, before=back, options=states) as second:
            name, _ = started(second)
            assert name == "digits-2"
            assert sorted(run.status.name for run in all_runs()[0]) == ["digits", "digits-2"]
            wait_until(lambda: len(find("digits-2").status.states) > 1, "states")
            first.kill()
            first.wait()
            with program(tmp_path, before=back, steps=5) as third:
                name, later = started(third)
                assert name == "digits"
                assert third.wait(DEADLINE) == 0
                assert later.name > record.name
                assert find("digits").status.state == "ended"
            assert second.poll() is None


def test_children_that_are_forked_do_not_serve(tmp_path: Path) -> None:
    fork = """
        if step == 5:
            first = os.fork()
            second = os.fork() if first else 1
        if step == 10 and not first:
            run.report(loss=float("nan"))  # which would pause the parent
        if step == 20 and not first:
            break
        if step == 20 and not second:
            os.symlink(str(os.getpid()), "sleeping")
            time.sleep(1000)
"""
    with program(tmp_path, within=fork.strip(), options="{'pause_on': 'nan'}") as process:
        started(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "trained 21\n"  # by the first child, which has left the block
        sleeping = tmp_path / "sleeping"
        wait_until(sleeping.is_symlink, "the second child")
        try:
            gets_on()
            process.kill()
            process.wait()
            assert find("digits").status.state == "died"
            assert find("digits").socket is None
        finally:
            os.kill(int(sleeping.readlink().name), signal.SIGKILL)

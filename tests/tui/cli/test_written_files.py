"""`--output`: every kind of file is written completely or not at all, whatever happens."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from bpengine import TrainingConfig
from tests.tui.support.running import (
    COLUMNS,
    ENDLESS,
    call,
    finish,
    names,
    reports,
    run,
    running,
    wait_for_work,
    wait_until_signals_are_handled,
)
from tests.tui.support.terminal import cpu_seconds, state, wait_until

TRAIN = ("train", "regression", "--epochs", "3", "--interval", "1", "--kernel", "numpy")
LINES = 3
OLD = "old\n"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A file that exists, with permissions that no umask gives."""
    path = tmp_path / "target.txt"
    path.write_text(OLD)
    path.chmod(0o604)
    return path


def test_a_file_is_replaced_and_keeps_its_mode(target: Path) -> None:
    before = target.stat()
    with target.open() as opened:
        assert call(*TRAIN, "--output", str(target)).status == 0
        assert opened.read() == OLD
    after = target.stat()
    assert len(target.read_text().splitlines()) == LINES
    assert after.st_mode == before.st_mode
    assert after.st_ino != before.st_ino
    assert names(target.parent) == [target.name]


def test_a_link_stays_a_link(target: Path) -> None:
    link = target.parent / "link.txt"
    link.symlink_to(target.name)
    for arguments in (TRAIN, ("snapshot", "regression", "--at", "0")):
        target.write_text(OLD)
        assert call(*arguments, "--output", str(link)).status == 0
        assert link.readlink() == Path(target.name)
        assert target.read_text() != OLD


def test_a_named_pipe_gets_the_results(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()), daemon=True)
    reader.start()
    done = run(*TRAIN, "--output", str(pipe))
    assert (done.status, done.out, done.err) == (0, "", "")
    reader.join()
    assert len(received[0].splitlines()) == LINES
    assert pipe.is_fifo()


@pytest.mark.parametrize(("flag", "number"), [("--output", signal.SIGINT), ("--save", signal.SIGTERM)])
def test_a_signal_ends_the_wait_for_a_reader_of_a_pipe(
    flag: str, number: signal.Signals, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    looks: list[float] = []

    def waits() -> bool:
        looks.append(cpu_seconds(process.pid))
        return len(looks) > 20 and looks[-20] == looks[-1] and state(process.pid) == "S"

    with running(*TRAIN, flag, str(pipe)) as process:
        wait_until_signals_are_handled(process)
        wait_until(waits, "a process that has done its work, and waits")
        process.send_signal(number)
        assert finish(process).status == 128 + number


@pytest.mark.parametrize("there", [False, True])
def test_a_file_that_does_not_fit_is_not_written(target: Path, there: bool) -> None:
    path = target if there else target.parent / "new.txt"
    done = run(*TRAIN, "--output", str(path), shell='ulimit -f 0; exec "$@"')
    assert (done.status, done.out) == (2, "")
    assert path.name in done.complaint
    assert "Traceback" not in done.complaint
    assert target.read_text() == OLD
    assert names(target.parent) == [target.name]


@pytest.mark.parametrize("place", ["folder", "missing/x", "target.txt/x"])
def test_a_path_that_cannot_be_written_is_an_error_before_any_work(
    target: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(target.parent)
    Path("folder").mkdir()
    done = call("train", "regression", *ENDLESS, "--output", place)
    assert (done.status, done.out) == (2, "")
    assert f"argument --output: {place}: " in done.complaint


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ("text", signal.SIGINT),
        ("csv", signal.SIGTERM),
    ],
)
def test_an_interrupted_run_writes_what_was_trained(target: Path, form: str, number: signal.Signals) -> None:
    arguments = ("train", "regression", *ENDLESS, "--interval=1000000", "--kernel=numpy", "--format", form)
    with running(*arguments, "--output", str(target)) as process:
        wait_until_signals_are_handled(process)
        wait_for_work(process, 0.2)
        process.send_signal(number)
        done = finish(process)
    assert (done.status, done.out) == (128 + number, "")
    assert "interrupted after" in done.complaint
    *header, first, _ = target.read_text().splitlines()
    assert header == ([COLUMNS] if form == "csv" else [])
    assert repr(reports(TrainingConfig(epochs=1))[0].error) in first
    assert names(target.parent) == [target.name]

"""A signal ends a run in an orderly way: the epochs trained so far are printed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest

from bpengine import TrainingConfig
from tests.tui.support.running import COLUMNS, ENDLESS, Done, finish, reports, running, wait_for_work
from tests.tui.support.terminal import wait_until

EVERY = ("--interval=1", "--kernel=numpy")
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


def interrupted(number: signal.Signals, *flags: str) -> tuple[Done, int]:
    """A run that got a signal after its first line, and the number of epochs that it says it has done."""
    with running("train", "regression", *ENDLESS, *flags) as process:
        assert process.stdout
        first = process.stdout.readline().decode()
        process.send_signal(number)
        rest = finish(process)
    done = Done(rest.status, first + rest.out, rest.err)
    match = re.fullmatch(r"bptui train: interrupted after (\d+) of 100000000 epochs", done.complaint)
    assert match
    return done, int(match[1])


@SIGNALS
def test_an_interrupted_run_prints_every_epoch_once(number: signal.Signals) -> None:
    done, epochs = interrupted(number, *EVERY)
    assert done.status == 128 + number
    assert [line.split("/")[0] for line in done.lines] == [f"Epoch:{epoch}" for epoch in range(epochs)]
    assert done.out.endswith("\n")


@SIGNALS
def test_an_interrupted_run_ends_with_the_last_complete_epoch(number: signal.Signals) -> None:
    done, epochs = interrupted(number, "--interval", "1000000", "--format", "csv")
    assert done.status == 128 + number
    config = TrainingConfig(epochs=max(epochs, 1), report_interval=max(epochs - 1, 1))
    # The first line was the header, so the signal may have come before the first epoch.
    records = [f"{record.epoch},100000000,{record.error!r}" for record in reports(config)] if epochs else []
    assert done.lines[0] == COLUMNS
    assert [",".join(line.split(",")[:3]) for line in done.lines[1:]] == records


@SIGNALS
def test_signals_end_a_process_whose_output_is_blocked(number: signal.Signals) -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)  # so that it is full soon
    try:
        with (
            os.fdopen(os.dup(writer), "wb") as stdout,
            running("train", "regression", *ENDLESS, *EVERY, stdout=stdout) as process,
        ):
            wait_until(lambda: is_stuck(process, writer), "a pipe so full that the process sleeps")
            wait_until(lambda: ends_after(process, number), "the end by a second signal")
            assert process.returncode == 128 + number
    finally:
        os.close(reader)
        os.close(writer)


def is_stuck(process: subprocess.Popen[bytes], pipe: int) -> bool:
    full = not select.select([], [pipe], [], 0)[1]  # true a little before writes block
    return full and Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def ends_after(process: subprocess.Popen[bytes], number: signal.Signals) -> bool:
    process.send_signal(number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
    return process.returncode is not None


def test_a_snapshot_that_is_interrupted_writes_no_file(tmp_path: Path) -> None:
    arguments = (
        "snapshot",
        "regression",
        *ENDLESS,
        "--output",
        str(tmp_path / "never.svg"),
    )
    with running(*arguments) as process:
        wait_for_work(process, 0.4)  # long enough for the training to have started
        process.send_signal(signal.SIGINT)
        assert finish(process) == Done(130, "", "")
    assert not list(tmp_path.iterdir())

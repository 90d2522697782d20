"""A training that is steered, for tests: on a thread of this process, or as a program of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import bpsteer
from bpsteer.settings import Setting
from bptui.steering.client import Client, SilentError
from bptui.steering.runs import find
from tests.tui.support.terminal import DEADLINE, wait_until


class Training:
    """The smallest training: each step adds the rate to a weight.

    Args:
        name: the name of the run.
        measure: the metrics of a weight.
        further: settings beside the rate.
        options: of `bpsteer.start`.

    Attributes:
        seen: the rate of each step that was trained, with the step's number.
        unloadable: the weight of the state that can't be loaded.
    """

    def __init__(
        self,
        name: str = "digits",
        measure: Callable[[float], dict[str, float]] = lambda weight: {"loss": weight},
        further: Sequence[Setting] = (),
        **options: Any,
    ) -> None:
        self.rate, self.weight, self.measure = 0.5, 0.0, measure
        self.unloadable: float | None = None
        self.seen: list[tuple[int, float]] = []
        settings = [
            bpsteer.number("learning rate", lambda: self.rate, self.set_rate, low=1e-6, high=10.0, log=True),
            *further,
        ]
        states = {"save": self.save, "load": self.load}
        self.run = bpsteer.start(name, settings, **{"paused": True, **states, **options})
        self.thread = threading.Thread(target=self.train, daemon=True)

    def set_rate(self, rate: float) -> None:
        if rate == 7:
            raise RuntimeError("seven is\nunlucky")
        self.rate = rate

    def save(self) -> bytes:
        return json.dumps(self.weight).encode()

    def load(self, data: bytes) -> None:
        if json.loads(data) == self.unloadable:
            self.weight = -1.0
            raise ValueError("it is damaged")
        self.weight = json.loads(data)

    def train(self) -> None:
        with self.run as run:
            for step in run.steps(1000):
                self.seen.append((step, self.rate))
                self.weight += self.rate
                run.report(**({"loss": float("nan")} if step == 900 else self.measure(self.weight)))

    def ask(self, verb: str, **fields: object) -> str:
        """Ask for something that is done."""
        return ask(self.run.name, verb, **fields)

    def refusal(self, verb: str, **fields: object) -> str:
        """Ask for something that is refused."""
        return refusal(self.run.name, verb, **fields)


def ask(run: str, verb: str, **fields: object) -> str:
    """What a run says to a request that it does. It has longer for that than `bptui attach` waits."""
    with Client(socket_of(run)) as client:
        answer = client.ask(verb, DEADLINE, **fields)
    assert answer.succeeded, answer
    return answer.text


def refusal(run: str, verb: str, **fields: object) -> str:
    """What a run says to a request that it refuses."""
    with Client(socket_of(run)) as client:
        answer = client.ask(verb, DEADLINE, **fields)
    assert not answer.succeeded, answer
    return answer.text


@contextlib.contextmanager
def training(name: str = "digits", **options: Any) -> Iterator[Training]:
    """A training that waits before its first step, and is stopped at the end of the block."""
    made = Training(name, **options)
    made.thread.start()
    try:
        yield made
    finally:
        if made.thread.is_alive():
            with contextlib.suppress(AssertionError, SilentError):  # it may end by itself at this moment
                made.ask("stop")
        made.thread.join(DEADLINE)
        assert not made.thread.is_alive()


def socket_of(name: str) -> Path:
    """The socket of a run that lives."""
    found = find(name).socket
    assert found is not None
    return found


PROGRAM = """
import json, os, resource, sys, time
import bpsteer

rate = [0.1]

def set_rate(value):
    while value == 2 and not os.path.exists("go"):  # it hangs
        time.sleep(0.01)
    rate[0] = value

def save():
    return b"state"

settings = [bpsteer.number("learning rate", lambda: rate[0], set_rate, low=0, high=10)]
{before}
with bpsteer.start("digits", settings, save, lambda data: None, **{options}) as run:
    print(run.name, run.record, flush=True)
    for step in run.steps({steps}):
        run.report(loss=1 / (1 + step))
        {within}
        time.sleep(0.002)
print("trained", run.step, flush=True)
"""


@contextlib.contextmanager
def program(
    folder: Path, *, before: str = "", within: str = "", steps: int = 10**6, options: str = "{}"
) -> Iterator[subprocess.Popen[str]]:
    """A process that trains, with lines of its own before the run and within a step.

    Its name and its record are the first line that it prints.
    """
    script = folder / "program.py"
    script.write_text(
        PROGRAM.replace("{before}", before)
        .replace("{within}", within)
        .replace("{steps}", str(steps))
        .replace("{options}", options)
    )
    with subprocess.Popen(
        (sys.executable, str(script)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)


def started(process: subprocess.Popen[str]) -> tuple[str, Path]:
    """The name and the record of a run, as soon as it has begun."""
    assert process.stdout is not None
    name, record = process.stdout.readline().split()
    wait_until(lambda: Path(record).exists(), "the record")
    return name, Path(record)


def steps_of(record: Path) -> list[int]:
    """The steps of the reports in a record, of which every line must be whole."""
    entries = map(json.loads, record.read_text().splitlines())
    return [entry["step"] for entry in entries if entry["event"] == "report"]

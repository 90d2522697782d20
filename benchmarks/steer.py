"""What steering costs a training, beside the bare loop, and the time from a key to the setter's call."""

from __future__ import annotations

import contextlib
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from unittest import mock

from rich.table import Table

import bpsteer
from benchmarks.attached import rows as screen_rows
from benchmarks.race import Effort, timed
from benchmarks.tables import MEASURED, met, table

EFFORT = Effort(rounds=7, seconds=1.0)  # the record is written each second
STEPS = {"1 µs": 1e-6, "100 µs": 1e-4, "10 ms": 1e-2}
"""How long the step itself takes."""
ATTACHED = (0, 1, 5)
HEADINGS = ("step", "bare loop", *(f"{count} attached" for count in ATTACHED), "bars", "met")
WARM_UP = 20_000
"""The steps before those that are measured: a run records its first reports all, and later ones thinned."""
RECORDED = 1.2
"""The seconds until these are in the record."""
BARS = {0: 2.0, 1: 10.0, 5: math.inf}
"""The most µs that steering adds to a step by how many are attached; `SHARE` of the step if that is more."""
SHARE = 0.01
KEY_BAR = 0.05
"""The most seconds from a key to the setter's call, besides the rest of the step."""
KEYS = 20

_VIEWER = """
import sys, time
from bptui.steering.client import Client
from bptui.steering.runs import find
path = find("bench").socket
clients = [Client(path) for _ in range(int(sys.argv[1]))]
while True:  # as a screen that draws ten times a second, and reads the settings twice a second
    for client in clients:
        client.status()
    print(flush=True)
    for _ in range(5):
        for client in clients:
            client.send("entries", {"since": 10**9}).result()
        time.sleep(0.1)
"""
_KEYS = """
import sys, time
from bptui.steering.client import Client
from bptui.steering.runs import find
with Client(find("bench").socket) as client:
    for number in range(int(sys.argv[1])):
        time.sleep(0.0137)
        now = time.monotonic()
        client.ask("set", 30, name="pressed", value=now)
"""


def tables(effort: Effort = EFFORT, keys: int = KEYS) -> Iterator[Table]:
    """One of the steps, one of the keys, and one of the screen."""
    with (
        tempfile.TemporaryDirectory(prefix="bptui-") as folder,
        mock.patch.dict(os.environ, {"XDG_STATE_HOME": folder, "XDG_RUNTIME_DIR": folder}),
    ):
        yield table(
            "The loop of a training, with a report of two numbers",
            f"µs of processor time besides the step's own; medians of {effort.rounds} rounds, in turn",
            HEADINGS,
            step_rows(effort),
        )
        yield table(
            "From a key to the setter's call",
            f"ms, {keys} keys; the bar is {KEY_BAR * 1e3:.0f} ms and the rest of the step",
            ("step", "median", "longest", "bar", "met"),
            key_rows(keys),
        )
        yield table(
            "The screen of bptui attach, for a training with steps of 1 ms and three metrics",
            "medians, unless p95 is said; see the table of the trainer's screen",
            MEASURED,
            screen_rows(),
        )


def step_rows(effort: Effort) -> Iterator[Sequence[str]]:
    """One for each duration of a step."""
    for name, seconds in STEPS.items():
        work = _work_of(seconds)
        count = max(5, round(max(effort.seconds, 100 * seconds * (effort.seconds > 0)) / seconds))
        times: dict[int, list[float]] = {attached: [] for attached in (-1, *ATTACHED)}
        for _ in range(effort.rounds):
            times[-1].append(_cost(range(count), None, work, count))
            for attached in ATTACHED:
                with bpsteer.start("bench") as run, _viewers(attached):
                    _cost(run.steps(WARM_UP), run, _nothing, WARM_UP)
                    time.sleep(RECORDED)
                    times[attached].append(_cost(run.steps(count), run, work, count))
        bare, *others = (statistics.median(each) for each in times.values())
        bars = [max(bar, SHARE * seconds * 1e6) for bar in BARS.values()]
        added = [other - bare for other in others]
        yield (
            name,
            f"{bare:.2f}",
            *(f"{cost:+.2f}" for cost in added),
            ", ".join(f"≤ {bar:.3g}" for bar in bars if bar < math.inf),
            met(all(cost <= bar for cost, bar in zip(added, bars, strict=True))),
        )


def key_rows(keys: int) -> Iterator[Sequence[str]]:
    """One for each duration of a step."""
    for name, seconds in STEPS.items():
        work = _work_of(seconds)
        delays = _delays(work, keys)
        longest, bar = max(delays), KEY_BAR + seconds
        yield (
            name,
            f"{statistics.median(delays) * 1e3:.2f}",
            f"{longest * 1e3:.2f}",
            f"≤ {bar * 1e3:.3g}",
            met(longest <= bar),
        )


def _delays(work: Callable[[], None], keys: int) -> list[float]:
    """The seconds from each key to the setter's call."""
    delays: list[float] = []

    def take(pressed_at: float) -> None:
        delays.append(time.monotonic() - pressed_at)

    pressed = bpsteer.number("pressed", lambda: 0.0, take, low=0, high=1e12)
    with bpsteer.start("bench", [pressed]) as run, _process(_KEYS, keys) as process:
        for _ in run.steps():
            work()
            if process.poll() is not None:
                break
    return delays


def _cost(steps: Iterable[object], run: bpsteer.Run | None, work: Callable[[], None], count: int) -> float:
    """The µs of processor time that the whole process takes for a step besides the work, which varies."""
    begin, worked = time.process_time(), 0.0
    for _ in steps:
        at = time.thread_time()
        work()
        worked += time.thread_time() - at
        if run is not None:
            run.report(loss=0.5, accuracy=0.25)
    return (time.process_time() - begin - worked) / count * 1e6


def _work_of(seconds: float) -> Callable[[], None]:
    """A function that computes for about so long."""
    turns = 10_000
    per_turn = min(timed(partial(_turn, turns)) for _ in range(9)) / turns
    return partial(_turn, max(1, round(seconds / per_turn)))


def _nothing() -> None:
    pass


def _turn(times: int) -> None:
    for _ in range(times):
        pass


@contextlib.contextmanager
def _viewers(count: int) -> Iterator[None]:
    """So many who are attached."""
    if not count:
        yield
        return
    with _process(_VIEWER, count) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield


@contextlib.contextmanager
def _process(script: str, argument: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen((sys.executable, "-c", script, str(argument)), stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()

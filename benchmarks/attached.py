"""The screen of a training that runs elsewhere: bytes and work of a frame, and how soon it answers a key."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks import screen
from benchmarks.tables import measured, ms, p95
from bptui.steering.app import SteerApp
from bptui.steering.runs import find
from tests.tui.support.terminal import BPTUI, Terminal

_TRAINING = """
import math, random, time
import bpsteer
rate = [0.1]

def set_rate(value):
    rate[0] = value

settings = [bpsteer.number("learning rate", lambda: rate[0], set_rate, low=1e-6, high=10, log=True)]
with bpsteer.start("bench", settings) as run:
    print(flush=True)
    for step in run.steps():
        time.sleep(0.001)
        loss = math.exp(-step / 5000) * random.uniform(0.9, 1.1) + 0.01
        run.report(loss=loss, accuracy=1 - loss / 2, gradient=loss**2)
"""
WARM_UP = 5.0
"""The seconds until the curves have some shape."""


def rows() -> Iterator[Sequence[str]]:
    """See `measured`."""
    with _training():
        for (columns, height), bar in screen.SIZES.items():
            with _screen(columns=columns, rows=height) as terminal:
                size = screen.median_kilobytes(terminal)
            what = f"bytes of a frame at {columns}x{height}"
            yield measured(what, f"{size:.1f} kB", f"≤ {bar} kB", is_met=size <= bar)
        with _screen() as terminal:
            seconds, bar = p95(screen.key_seconds(terminal)), screen.LINKS[0]
        what = "from a key to its value on the screen, p95"
        yield measured(what, ms(seconds), f"≤ {ms(bar)}", is_met=seconds <= bar)
        seconds, bar = p95(asyncio.run(_frame_seconds())), screen.MAX_FRAME_SECONDS
        yield measured("work of a frame at 120x36, p95", ms(seconds), f"≤ {ms(bar)}", is_met=seconds <= bar)


async def _frame_seconds() -> list[float]:
    """The processor time of a frame: the picture, what is drawn of it, and the painting."""
    app, times = SteerApp(find("bench")), list[float]()
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause(1)
        app.workers.cancel_all()  # otherwise its own frames would be among those that are measured
        await pilot.pause()
        gc.collect()
        gc.freeze()
        steering = app.steering
        for number in range(screen.FRAMES):
            step = steering._past.last_step + 1
            for more in range(10):
                loss = 1 / (2 + number + more / 10)
                values = {"loss": loss, "accuracy": 1 - loss / 2, "gradient": loss**2}
                steering._history.add(
                    [{"event": "report", "step": step + more, "branch": 0, "values": values}]
                )
            begin = time.thread_time()
            steering._past = steering._history.past()
            app.view.snapshot = steering.snapshot()
            await screen.painted(app)
            times.append(time.thread_time() - begin)
    return times[1:]


@contextlib.contextmanager
def _training() -> Iterator[None]:
    with subprocess.Popen((sys.executable, "-c", _TRAINING), stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(WARM_UP)
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def _screen(**options: Any) -> Iterator[Terminal]:
    variables = {name: os.environ[name] for name in ("XDG_STATE_HOME", "XDG_RUNTIME_DIR")}
    with Terminal(*BPTUI, "attach", "bench", variables=variables, **options) as terminal:
        terminal.wait_for_text("running", "learning rate")
        terminal.read_for(1)
        yield terminal

"""The screen of a training that runs elsewhere: bytes and work of a frame, and how soon it answers a key."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bptui.attach.app import SteerApp
from bptui.attach.runs import find
from tests.benchmarks import screen
from tests.tui.support.terminal import BPTUI, FRAME_END, LEFT, RIGHT, Terminal

_TRAINING = """
import math, random, time
from bptui import steer
rate = [0.1]

def set_rate(value):
    rate[0] = value

settings = [steer.number("learning rate", lambda: rate[0], set_rate, low=1e-6, high=10, log=True)]
with steer.start("bench", settings) as run:
    print(flush=True)
    for step in run.steps():
        time.sleep(0.001)
        loss = math.exp(-step / 5000) * random.uniform(0.9, 1.1) + 0.01
        run.report(loss=loss, accuracy=1 - loss / 2, gradient=loss**2)
"""
KEYS = screen.KEYS
WARM_UP = 5.0
"""The seconds until the curves have some shape."""


def rows() -> Iterator[Sequence[str]]:
    """What was measured, the measured value, the bar, and whether the value meets it."""
    with _training():
        for (columns, height), bar in screen.SIZES.items():
            with _screen(columns=columns, rows=height) as terminal:
                start, sizes = terminal.output.rfind(FRAME_END), list[int]()
                while len(sizes) < screen.FRAMES:
                    terminal.read_for(0.2)
                    sizes = screen.frame_sizes(terminal.output[start:])
            size = statistics.median(sizes) / 1000
            yield f"bytes of a frame at {columns}x{height}", f"{size:.1f} kB", f"≤ {bar} kB", _met(size, bar)
        with _screen() as terminal:
            times = sorted(_key_seconds(terminal))
        p95 = times[round(0.95 * (len(times) - 1))]
        yield (
            "from a key to its value on the screen, p95",
            _ms(p95),
            f"≤ {_ms(screen.LINKS[0])}",
            _met(p95, screen.LINKS[0]),
        )
        times = sorted(asyncio.run(_frame_seconds()))
        p95 = times[round(0.95 * (len(times) - 1))]
        bar = screen.MAX_FRAME_SECONDS
        yield "work of a frame at 120x36, p95", _ms(p95), f"≤ {_ms(bar)}", _met(p95, bar)


def _key_seconds(terminal: Terminal) -> Iterator[float]:
    for number in range(KEYS):
        key, value = ((RIGHT, "‹0.2›"), (LEFT, "‹0.1›"))[number % 2]
        terminal.read_for(0.1 + 0.037 * (number % 7))
        begin = time.perf_counter()
        terminal.send(key)
        terminal.wait_for_text(value)
        yield time.perf_counter() - begin


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
            app.view.picture = steering.picture()
            app.view._draw_next()  # one of the panels, which the view draws one after the other
            while asyncio.get_running_loop()._ready:  # type: ignore[attr-defined]  # widgets' own messages
                await asyncio.sleep(0)
            app.screen._on_timer_update()
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


def _met(value: float, bar: float) -> str:
    return "yes" if value <= bar else "NO"


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.0f} ms"

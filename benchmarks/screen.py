"""The screen: how soon it starts and answers, how many bytes it sends, and how much time a frame takes."""

from __future__ import annotations

import asyncio
import gc
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from rich.table import Table
from textual.app import App

from benchmarks.plots import PLOTS
from benchmarks.tables import MEASURED, measured, ms, p95, table
from bpengine import TASKS, Task, Trainer, TrainingConfig
from bptui.screen.app import BptuiApp
from bptui.settings.start_settings import StartSettings
from tests.tui.support.terminal import (
    BPTUI,
    FRAME_BEGIN,
    FRAME_END,
    LEFT,
    RIGHT,
    Terminal,
    cpu_seconds,
    wait_for_training,
)

FLAT_OUT = ("--epochs", "100000000")
"""Flags with which a run trains for as long as a measurement takes."""
SMALLEST_APP = """
from textual.app import App
from textual.widgets import Static

class Smallest(App):
    def compose(self):
        yield Static("here it is")

Smallest().run()
"""

STARTS, KEYS, FRAMES, RACES = 7, 40, 40, 3
"""How often each is measured."""
IDLE_SECONDS = 5.0
SIZES = {(80, 24): 1.5, (200, 50): 5.0}
"""Columns and rows, and how many kB a frame may have."""
MAP_SIZES = {(80, 24): 6.0, (200, 50): 15.0}
"""The same for frames in which a map of numbers changes."""
MAP_SECONDS = 10.0
"""How long frames with a map are collected, of which there are two a second: the run takes ten seconds."""
MAX_FRAME_SECONDS = 0.03
"""The work that 95 % of the frames stay below at 120x36."""
LINKS = {0: 0.05, 30_000: 0.5, 10_000: 1.5}
"""The bytes a second of a connection, 0 for no limit, and how many seconds a key may take on it."""

_FRAME = re.compile(re.escape(FRAME_BEGIN) + b".*?" + re.escape(FRAME_END), re.DOTALL)

Row = tuple[str, str, str, str]
"""See `measured`."""


def app(*arguments: str, **options: Any) -> Terminal:
    """The app under test."""
    return Terminal(*BPTUI, *FLAT_OUT, *arguments, **options)


def until_all_is_loaded(terminal: Terminal) -> None:
    """Wait until the run trains and the machine code is loaded."""
    wait_for_training(terminal)
    terminal.read_for(4)


def start_seconds(command: tuple[str, ...], sign: str) -> float:
    """Return the time from the start of a process to its first frame."""
    begin = time.perf_counter()
    with Terminal(*command) as terminal:
        terminal.wait_for(lambda: sign.encode() in terminal.output)
        return time.perf_counter() - begin


def starts() -> Iterator[Row]:
    """The start of the app beside that of the smallest app, alone and with numpy."""
    smallest = (sys.executable, "-c", SMALLEST_APP)
    with_numpy = (sys.executable, "-c", f"import numpy\n{SMALLEST_APP}")
    ours = (*BPTUI, "--paused")
    races = {
        "smallest app": (smallest, "here it is"),
        "smallest app with numpy": (with_numpy, "here it is"),
        "first frame": (ours, "2 Classification"),
        "first plot": (ours, "sine"),
        "first plot, settings given": ((*ours, "--seed", "0"), "sine"),
    }
    times: dict[str, list[float]] = {name: [] for name in races}
    for _ in range(STARTS):
        for name, (command, sign) in races.items():
            times[name].append(start_seconds(command, sign))
    base = statistics.median(times["smallest app"])
    for name in races:
        seconds = statistics.median(times[name])
        bar = "1.40" if name == "first frame" else ""
        text = f"{seconds:.2f} s = {seconds / base:.2f}"
        yield measured(f"start: {name}", text, bar, is_met=seconds / base <= 1.4)


def key_seconds(terminal: Terminal) -> list[float]:
    """Return the times from sending a key that changes a value to receiving the new value."""
    times = []
    for number in range(KEYS):
        key, value = ((RIGHT, "‹0.2›"), (LEFT, "‹0.1›"))[number % 2]
        terminal.read_for(0.1 + 0.037 * (number % 7))  # at any moment between two frames
        begin = time.perf_counter()
        terminal.send(key)
        terminal.wait_for_text(value)
        times.append(time.perf_counter() - begin)
    return times


def keys() -> Iterator[Row]:
    """Keys while the run trains as fast as it can, on connections of several speeds."""
    for pace, bar in LINKS.items():
        with app(bytes_per_second=pace) as terminal:
            until_all_is_loaded(terminal)
            times = key_seconds(terminal)
            begin, first = time.perf_counter(), _epoch(terminal)
            terminal.read_for(2)
            rate = (_epoch(terminal) - first) / (time.perf_counter() - begin)
        link = f"{pace // 1000} kB/s" if pace else "no link"
        yield measured(f"key to paint, p50 and p95, {link}", both(times), ms(bar), is_met=p95(times) <= bar)
        yield measured(f"training, {link}", f"{rate:,.0f} epochs/s")


def speed() -> Iterator[Row]:
    """Training flat out in machine code, on the screen and without one."""
    for task in TASKS:
        trainer = Trainer(TrainingConfig.defaults(task, epochs=100_000_000), kernel="numba")
        trainer.run_for(200)
        shares = []
        for _ in range(RACES):
            with app(task) as terminal:
                until_all_is_loaded(terminal)
                begin, epoch = time.perf_counter(), _epoch(terminal)
                terminal.read_for(3)
                rate = (_epoch(terminal) - epoch) / (time.perf_counter() - begin)
            begin = time.perf_counter()
            samples = trainer.run_for(3000)
            shares.append(rate * len(trainer.dataset) / samples * (time.perf_counter() - begin))
        share = statistics.median(shares)
        yield measured(
            f"share of the headless rate, {task}", f"{share:.0%}", "at least 80%", is_met=share >= 0.8
        )


def _epoch(terminal: Terminal) -> int:
    found = re.search(r"epoch +(\d+)/", terminal.text)
    assert found is not None, terminal.text
    return int(found[1])


def rest() -> Iterator[Row]:
    """The bytes and the processor time of a screen on which nothing happens."""
    for name, flags, key in (("ready", ("--paused",), ""), ("paused", (), " ")):
        with app(*flags) as terminal:
            terminal.wait_for_text("2 Classification")
            if key:
                until_all_is_loaded(terminal)
                terminal.send(key)
            terminal.read_for(4)
            start, before = len(terminal.output), cpu_seconds(terminal.process.pid)
            terminal.read_for(IDLE_SECONDS)
            share = (cpu_seconds(terminal.process.pid) - before) / IDLE_SECONDS
            sent = len(terminal.output) - start
        yield measured(f"bytes in {IDLE_SECONDS:.0f} s, {name}", str(sent), "0", is_met=sent == 0)
        yield measured(f"processor, {name}", f"{share:.1%}", "1.0%", is_met=share <= 0.01)


def frames() -> Iterator[Row]:
    """The bytes of a frame while the run trains, and those of a whole screen."""
    for (columns, rows), bar in SIZES.items():
        for task in ("regression", "classification"):
            with app(task, "--seed", "1", columns=columns, rows=rows) as terminal:
                wait_for_training(terminal)
                size = median_kilobytes(terminal)
                terminal.send("?")
                terminal.wait_for_text("Run or pause")
                start = terminal.output.rfind(FRAME_END)
                terminal.send("?")
                wait_for_training(terminal)
                whole = max(frame_sizes(terminal.output[start:]), default=0)
            where = f"{task} at {columns}x{rows}"
            yield measured(f"a frame, {where}", f"{size:.1f} kB", f"{bar:.1f} kB", is_met=size <= bar)
            yield measured(f"the help closed, {where}", f"{whole / 1000:.1f} kB")


def median_kilobytes(terminal: Terminal) -> float:
    """The size of the next frames."""
    start, sizes = terminal.output.rfind(FRAME_END), list[int]()
    while len(sizes) < FRAMES:
        terminal.read_for(0.2)
        sizes = frame_sizes(terminal.output[start:])
    return statistics.median(sizes) / 1000


def maps() -> Iterator[Row]:
    """The bytes of a frame in which a map of numbers changes, and how many of them there are."""
    flags = (
        *("regression", "--dataset=hills", "--hidden=8", "--activation=tanh", "--init-scale=0.5"),
        *("--initializer=normal", "--optimizer=sgd", "--learning-rate=0.1", "--batch-size=1"),
        *("--epochs=2001", "--interval=200"),
    )
    for (columns, rows), bar in MAP_SIZES.items():
        with Terminal(*BPTUI, *flags, "--seed", "1", columns=columns, rows=rows) as terminal:
            wait_for_training(terminal)
            start = terminal.output.rfind(FRAME_END)
            terminal.read_for(MAP_SECONDS)
            sizes = sorted(frame_sizes(terminal.output[start:]))
        largest = sizes[-round(2 * MAP_SECONDS) :]  # those of the maps
        middle, most = statistics.median(largest) / 1000, p95(largest) / 1000
        what = f"a map's frame, p50 and p95, hills at {columns}x{rows}"
        yield measured(what, f"{middle:.1f} kB, {most:.1f} kB", f"{bar:.1f} kB", is_met=most <= bar)


def work() -> Iterator[Row]:
    """The time of the event loop for a frame: the snapshot, what is drawn of it, and the painting."""
    for task in TASKS:
        times = asyncio.run(_frame_seconds(task))
        what, bar = f"a frame's work, p50 and p95, {task} at 120x36", MAX_FRAME_SECONDS
        yield measured(what, both(times), ms(bar), is_met=p95(times) <= bar)


async def _frame_seconds(task: Task) -> list[float]:
    config = TrainingConfig.defaults(task, epochs=100 * FRAMES)
    app = BptuiApp(StartSettings(configs={task: config}, start=task, paused=True, kernel="numpy"))
    times = []
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        gc.collect()
        gc.freeze()  # as `bptui.process.preparation.end_gc_pause` does once the program has started
        for number in range(FRAMES):
            app.view.session.advance_to(3 * number)
            begin = time.perf_counter()
            app.view.frames.show_now()
            await painted(app)
            times.append(time.perf_counter() - begin)
    return times[1:]


async def painted(app: App[Any]) -> None:
    """Wait until what has changed is on the screen."""
    while asyncio.get_running_loop()._ready:  # type: ignore[attr-defined]  # widgets' own messages
        await asyncio.sleep(0)
    app.screen._on_timer_update()


def beside() -> Iterator[Row]:
    """The plot beside that of textual-plotext, which draws the same two curves."""
    if not find_spec("textual_plotext"):
        yield measured("textual-plotext", "not installed")
        return
    for columns, rows in SIZES:
        for name in PLOTS:
            command = (sys.executable, "-m", "benchmarks.plots", name)
            with Terminal(*command, columns=columns, rows=rows) as terminal:
                terminal.wait_for_exit()
                terminal.read_for(0.2)
            size = statistics.median(frame_sizes(terminal.output)) / 1000
            work = re.search(rb"([\d.]+ ms) a frame", terminal.output)
            text = f"{size:.1f} kB, {work[1].decode() if work else '?'}"
            yield measured(f"a frame of two curves by {name} at {columns}x{rows}", text)


def frame_sizes(output: bytes | bytearray) -> list[int]:
    """Return the bytes of each whole frame, frames in which nothing changed included."""
    return [len(frame) for frame in _FRAME.findall(output)]


def both(seconds: Sequence[float]) -> str:
    """The median and p95."""
    return f"{ms(statistics.median(seconds))}, {ms(p95(seconds))}"


PARTS: tuple[Callable[[], Iterator[Row]], ...] = (starts, keys, speed, rest, frames, maps, work, beside)
"""Everything that is measured."""


def tables() -> Iterator[Table]:
    """Yield one table of everything."""
    caption = "medians; each value should be at most its bar"
    yield table("The screen", caption, MEASURED, (row for part in PARTS for row in part()))

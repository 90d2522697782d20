"""A real terminal for tests: runs a command on a pseudo-terminal and keeps the screen that it draws."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import pyte

DEADLINE = 30.0
"""Seconds to wait for what takes one or two on an idle machine. Only a test that fails waits this long."""

BPTUI = (sys.executable, "-m", "bptui")

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
SHIFT_RIGHT, SHIFT_LEFT = "\x1b[1;2C", "\x1b[1;2D"
ENTER, ESCAPE, CTRL_C = "\r", "\x1b", "\x03"

_START = """
import fcntl, os, signal, sys, termios
hang_up, controlling, *command = sys.argv[1:]
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_IGN if hang_up == "ignored" else signal.SIG_DFL)
if controlling == "yes":
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(command[0], command)
"""
"""Runs first in the new session. It resets the signals, since the tests may run with some of them ignored,
under nohup or as a background job of a script, and every child process would inherit that."""

_KEPT = {"HOME", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "USER", "XDG_STATE_HOME"}
"""The environment variables that the command gets; others might change what it draws."""

_MODES_OUTSIDE = {7, 25}
"""The modes that are on outside the app: lines wrap, and the cursor is shown."""

WITHOUT_NUMBA = Path(__file__).parent / "without_numba"

REQUEST = re.compile(rb"\x1b\[\?2026\$p|\x1b\[(\d+);1H\x1b\[6n")
"""The requests: whether the terminal has synchronized output, and where the cursor is."""
FRAME_BEGIN, FRAME_END = b"\x1b[?2026h", b"\x1b[?2026l"


def started(*command: str, ignore_hang_up: bool = False, controlling: bool = False) -> tuple[str, ...]:
    """The command, to be started with all signals as a user's shell leaves them.

    Args:
        command: the program and its arguments.
        ignore_hang_up: whether the command starts with SIGHUP ignored, as with nohup.
        controlling: whether its standard input becomes the controlling terminal of its session.
    """
    hang_up = "ignored" if ignore_hang_up else "default"
    start = (sys.executable, "-I", "-S", "-c", _START, hang_up, "yes" if controlling else "no")
    return (*start, *command)


class Throttle:
    """Limits the speed of a connection.

    Args:
        bytes_per_second: the limit.
    """

    def __init__(self, bytes_per_second: int) -> None:
        self._bytes_per_second = bytes_per_second
        self._free_at = time.monotonic()

    def wait(self) -> int:
        """Wait until some more bytes may pass; return how many."""
        piece = max(1, self._bytes_per_second // 100)
        time.sleep(max(0.0, self._free_at - time.monotonic()))
        self._free_at = max(self._free_at, time.monotonic() - 0.02) + piece / self._bytes_per_second
        return piece


class Terminal:
    """Runs a command on a pseudo-terminal in a session of its own, and draws its output.

    Like most terminals, it has synchronized output: `screen` never shows a part of a frame.

    Args:
        command: the program and its arguments.
        columns: the width of the terminal.
        rows: the height of the terminal.
        ignore_hang_up: whether the command starts with SIGHUP ignored, as with nohup.
        controlling: whether it is the controlling terminal of the session; if not, the kernel sends no SIGHUP
            when it closes.
        variables: further environment variables; None removes one.
        answers: whether the terminal answers requests, as nearly all terminals do.
        bytes_per_second: the speed of the connection to the terminal; 0 for no limit.
        latency: the seconds until an answer arrives.
        stdout: the file descriptor of the standard output of the command, if it is not the terminal.
        compiles: whether the command may load numba.
    """

    def __init__(
        self,
        *command: str,
        columns: int = 80,
        rows: int = 24,
        ignore_hang_up: bool = False,
        controlling: bool = True,
        variables: Mapping[str, str | None] | None = None,
        answers: bool = True,
        bytes_per_second: int = 0,
        latency: float = 0.0,
        stdout: int | None = None,
        compiles: bool = True,
    ) -> None:
        self.output = bytearray()
        """All bytes received."""
        self.screen: Any = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._lines: list[str] = []
        self._shown = 0  # how many bytes of `output` the screen has drawn
        self._answers = answers
        self._latency = latency
        self._due: list[tuple[float, bytes]] = []  # answers and the times at which they arrive
        self._looked = 0  # how many bytes of `output` were searched for requests
        self._throttle = Throttle(bytes_per_second) if bytes_per_second else None
        self._master, self._slave = pty.openpty()
        self._set_size(columns, rows)
        self.modes_before = self.modes()
        own = os.environ.get("PYTHONPATH")
        given: dict[str, str | None] = {
            "XDG_STATE_HOME": os.devnull,  # nothing is saved, unless a test says where
            **{
                name: value
                for name, value in os.environ.items()
                if name in _KEPT or name.startswith("OPENBLAS_")
            },
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            **({} if compiles else {"PYTHONPATH": os.pathsep.join(filter(None, (str(WITHOUT_NUMBA), own)))}),
            **(variables or {}),
        }
        environment = {name: value for name, value in given.items() if value is not None}
        self.process = subprocess.Popen(
            started(*command, ignore_hang_up=ignore_hang_up, controlling=controlling),
            stdin=self._slave,
            stdout=self._slave if stdout is None else stdout,
            stderr=self._slave,
            start_new_session=True,
            env=environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """End all processes, and close all files."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE)
        self.close_window()
        os.close(self._slave)

    # What a user does.

    def send(self, keys: str) -> None:
        """Type keys."""
        os.write(self._master, keys.encode())

    def is_read(self) -> bool:
        """Whether the command has read all that was typed."""
        return not select.select([self._slave], [], [], 0)[0]

    def resize(self, columns: int, rows: int) -> None:
        """Resize the window, which clears the screen."""
        self.screen.resize(rows, columns)
        self.screen.reset()
        self._set_size(columns, rows)

    def close_window(self) -> None:
        """Close the terminal."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # What can be seen.

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        if self.screen.dirty:
            self.screen.dirty.clear()
            self._lines = [line.rstrip() for line in self.screen.display]
        return self._lines

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    def modes(self) -> list[Any]:
        """The modes of the terminal driver, such as echo and line mode."""
        return termios.tcgetattr(self._slave)

    def left_on(self) -> set[str]:
        """The modes that the command has changed and not restored; empty if a shell can go on as before."""
        set_to = {int(mode): to == b"h" for mode, to in re.findall(rb"\x1b\[\?(\d+)([hl])", self.output)}
        left = {f"mode {mode}" for mode, on in set_to.items() if on != (mode in _MODES_OUTSIDE)}
        # Each of the two screens has its own stack of keyboard protocols, which is popped before the switch.
        pushed, popped = self.output.rfind(b"\x1b[>"), self.output.rfind(b"\x1b[<u")
        if pushed >= 0 and not pushed < popped < self.output.rfind(b"\x1b[?1049l"):
            left.add("keyboard protocol")
        return left

    def pump(self, seconds: float) -> int:
        """Wait at most this long for output, read it, and return the number of bytes."""
        if self._master < 0:
            time.sleep(seconds)
            return 0
        while self._due and self._due[0][0] <= time.monotonic():
            os.write(self._master, self._due.pop(0)[1])
        if not select.select([self._master], [], [], seconds)[0]:
            return 0
        received = os.read(self._master, 1 << 16 if self._throttle is None else self._throttle.wait())
        self.output += received
        for request in REQUEST.finditer(self.output, self._looked) if self._answers else ():
            self._looked = request.end()
            self._due.append((time.monotonic() + self._latency, answer_to(request)))
        self.show()
        return len(received)

    def show(self) -> None:
        """Draw what was received, up to the beginning of a frame that is incomplete."""
        begin, end = self.output.rfind(FRAME_BEGIN), self.output.rfind(FRAME_END)
        whole = begin if begin > end else len(self.output)
        if whole > self._shown:
            self._stream.feed(bytes(self.output[self._shown : whole]))
            self._shown = whole

    def read_for(self, seconds: float) -> None:
        """Read output for this long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.pump(min(left, 0.05))

    def wait_for(self, predicate: Callable[[], object], what: str = "") -> None:
        """Read until the predicate holds.

        Raises:
            AssertionError: the predicate did not hold within the deadline.
        """
        until = time.monotonic() + DEADLINE
        while not predicate():
            if time.monotonic() > until:
                raise AssertionError(
                    f"not within {DEADLINE} s: {what or predicate}; "
                    f"exit status {self.process.poll()}; left on: {sorted(self.left_on())}; "
                    f"the screen:\n{self.text}"
                )
            self.pump(0.05)

    def wait_for_text(self, *texts: str) -> None:
        """Read until all the texts are on the screen."""
        self.wait_for(lambda: all(text in self.text for text in texts), f"{texts} on the screen")

    def wait_for_exit(self) -> int:
        """Read until the command has ended; return its exit status, negative if a signal killed it."""
        self.wait_for(lambda: self.process.poll() is not None, "the end of the command")
        return self.process.wait()

    def wait_for_quiet(self, seconds: float) -> None:
        """Read until there was no output for this long."""
        until = time.monotonic() + DEADLINE
        while self.pump(seconds):
            assert time.monotonic() < until, f"not quiet for {seconds} s within {DEADLINE} s"

    def stall(self) -> None:
        """Wait, without reading, until the output of the command has filled all buffers.

        Windows of other sizes make it draw all cells again and again.

        Raises:
            AssertionError: the buffers were not full within the deadline.
        """
        until = time.monotonic() + DEADLINE
        since = time.monotonic()
        while time.monotonic() < since + 0.3:  # a short time is only a write in progress
            assert time.monotonic() < until, "it does not write enough to stall"
            if select.select([], [self._slave], [], 0)[1]:
                since = time.monotonic()
                self.resize(self.screen.columns ^ 1, self.screen.lines)
            time.sleep(0.01)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))


def answer_to(request: re.Match[bytes]) -> bytes:
    """What a terminal answers to a request."""
    return b"\x1b[%b;1R" % request[1] if request[1] else b"\x1b[?2026;2$y"


def bptui(*arguments: str, **options: Any) -> Terminal:
    """Run the app on a terminal.

    Args:
        arguments: the arguments after `bptui`.
        options: the options of the terminal; the app loads no numba unless they say so.
    """
    return Terminal(*BPTUI, *arguments, **{"compiles": False, **options})


def epoch(terminal: Terminal) -> int:
    """The epoch in the status line; -1 if there is none."""
    match = re.search(r"\b(?:ready|running|paused|finished|diverged)\b.*?(\d+)/\d+", terminal.text)
    return int(match[1]) if match else -1


def wait_for_training(terminal: Terminal) -> None:
    """Read until the status line has advanced by two epochs."""
    first = -1

    def advanced() -> bool:
        nonlocal first
        now = epoch(terminal)
        if first < 0:
            first = now
        return first >= 0 and now >= first + 2

    terminal.wait_for(advanced, "two more epochs")


def train_slowly(terminal: Terminal) -> None:
    """Wait until the run trains, and slow it to an epoch per tick.

    At full speed, it would use most of a processor as long as the test does other things.
    """
    wait_for_training(terminal)
    terminal.send("-")
    terminal.wait_for_text("1 epoch/tick")


def processes(marker: str) -> list[int]:
    """The processes that have the marker as an argument."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process has just ended
            if marker.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def cpu_seconds(process: int) -> float:
    """The processor time that a process has used."""
    fields = _stat(process)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wakes(process: int) -> int:
    """How often the threads of a process have waited."""
    lines = "".join(path.read_text() for path in Path(f"/proc/{process}/task").glob("*/status"))
    return sum(map(int, re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", lines, re.MULTILINE)))


def state(process: int) -> str:
    """The state of a process: R running, S sleeping, T stopped, Z ended."""
    return _stat(process)[0]


def parent(process: int) -> int:
    """The parent of a process."""
    return int(_stat(process)[1])


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def wait_until(predicate: Callable[[], object], what: str) -> None:
    """Wait until the predicate holds.

    Raises:
        AssertionError: the predicate did not hold within the deadline.
    """
    until = time.monotonic() + DEADLINE
    while not predicate():
        assert time.monotonic() < until, f"not within {DEADLINE} s: {what}"
        time.sleep(0.02)

"""A forked process whose standard streams are pipes or files."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from tests.tui.support.fork_server import ForkedProcess

Stream = int | IO[bytes]
"""A file, its descriptor, `CLOSED`, or `subprocess.PIPE` or `subprocess.DEVNULL`."""


class PipedProcess(ForkedProcess):
    """A forked process without a terminal, with more of what `subprocess.Popen` has.

    Args:
        command: see `ForkedProcess`.
        environment: all of its environment variables.
        stdin: its standard input; bytes are written to a pipe that is closed after them.
        stdout: its standard output.
        stderr: its standard error.
        folder: its working directory; by default the one of this process.

    Attributes:
        stdin: the other end of the pipe of its standard input; None if that is no pipe.
        stdout: the same for its standard output.
        stderr: the same for its standard error.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        stdin: Stream | bytes = subprocess.DEVNULL,
        stdout: Stream = subprocess.PIPE,
        stderr: Stream = subprocess.PIPE,
        folder: Path | None = None,
    ) -> None:
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None
        self.stderr: IO[bytes] | None = None
        with contextlib.ExitStack() as stack:
            numbers = []
            for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
                if isinstance(stream, bytes) or stream == subprocess.PIPE:
                    reader, writer = os.pipe()
                    own, other = (writer, reader) if name == "stdin" else (reader, writer)
                    setattr(self, name, os.fdopen(own, "wb" if name == "stdin" else "rb", buffering=0))
                    stack.callback(os.close, other)
                    numbers.append(other)
                elif stream == subprocess.DEVNULL:
                    numbers.append(os.open(os.devnull, os.O_RDWR))
                    stack.callback(os.close, numbers[-1])
                else:
                    numbers.append(stream if isinstance(stream, int) else stream.fileno())
            if isinstance(stdin, bytes):
                assert self.stdin is not None
                assert len(stdin) <= select.PIPE_BUF, "it would have to be written while the process reads"
                self.stdin.write(stdin)
                self.stdin.close()
            super().__init__(
                command, (numbers[0], numbers[1], numbers[2]), environment, folder=folder, controlling=False
            )

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Read what is left of its output and its errors, and wait for its end.

        Raises:
            TimeoutExpired: it did not end within this many seconds.
        """
        until = time.monotonic() + timeout
        received = {pipe: bytearray() for pipe in (self.stdout, self.stderr) if pipe and not pipe.closed}
        unfinished = [*received]
        while unfinished:
            ready = select.select(unfinished, [], [], max(0.0, until - time.monotonic()))[0]
            if not ready:
                raise subprocess.TimeoutExpired(self.args, timeout)
            for pipe in ready:
                data = os.read(pipe.fileno(), 1 << 16)
                received[pipe] += data
                if not data:
                    unfinished.remove(pipe)
        self.wait(max(0.0, until - time.monotonic()))
        out, err = (bytes(received.get(pipe, b"")) if pipe else b"" for pipe in (self.stdout, self.stderr))
        return out, err

    def kill(self) -> None:
        """End it at once, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """End it, and close the pipes."""
        self.kill()
        self.wait()
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe:
                pipe.close()

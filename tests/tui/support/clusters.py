"""A Dask cluster of real processes on the loopback."""

from __future__ import annotations

import os
import pty
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.tui.support.fork_server import ForkedProcess
from tests.tui.support.terminal import DEADLINE


class Processes:
    """A scheduler with workers of one thread each; all are ended with the block.

    Args:
        folder: where they keep their files.
        variables: further environment variables, such as those that Dask is configured by.

    Attributes:
        url: the address of the scheduler.
        processes: all that were ever started.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self._all: dict[str, ForkedProcess] = {}
        self.processes: list[ForkedProcess] = []
        self._terminals: dict[int, int] = {}  # of each process
        self._folder, self._variables = folder, variables or {}
        self.url = self.address_of(self.start("scheduler"))

    def start(self, role: str) -> ForkedProcess:
        """Start a process without waiting until it serves."""
        arguments = (role,) if role == "scheduler" else (role, self.url)
        master, slave = pty.openpty()
        process = ForkedProcess(
            ("-m", "tests.tui.support.cluster_process", *arguments),
            (slave, slave, slave),
            os.environ
            | {
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "OPENBLAS_NUM_THREADS": "1",
                "DASK_TEMPORARY_DIRECTORY": str(self._folder),
                **self._variables,
            },
            controlling=False,
            imported=("distributed", "bpengine.many.jobs.job", "bpengine.many.sweeps", "bptui.cluster.tasks"),
        )
        os.close(slave)
        self._terminals[process.pid] = master
        self.processes.append(process)
        return process

    def address_of(self, process: ForkedProcess) -> str:
        """Wait until a process serves; return its address."""
        printed = b""
        while not printed.endswith(b"\n"):
            printed += os.read(self._terminals[process.pid], 1000)
        address = printed.decode().strip()
        self._all[address] = process
        return address

    def workers(self, *roles: str) -> list[str]:
        """Start workers, and return their addresses."""
        return [self.address_of(process) for process in [self.start(role) for role in roles]]

    def kill(self, address: str) -> None:
        """End a process at once."""
        process = self._all.pop(address)
        process.send_signal(signal.SIGKILL)
        process.wait(DEADLINE)
        os.close(self._terminals.pop(process.pid))

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for address in [*self._all]:
            self.kill(address)

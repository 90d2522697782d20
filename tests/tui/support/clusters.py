"""A Dask cluster of real processes on the loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

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
        self._all: dict[str, subprocess.Popen[bytes]] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        self._folder, self._variables = folder, variables or {}
        self.url = self.address_of(self.start("scheduler"))

    def start(self, role: str) -> subprocess.Popen[bytes]:
        """Start a process without waiting until it serves."""
        arguments = (role,) if role == "scheduler" else (role, self.url)
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.tui.support.cluster_process", *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "OPENBLAS_NUM_THREADS": "1",
                "DASK_TEMPORARY_DIRECTORY": str(self._folder),
                **self._variables,
            },
        )
        self.processes.append(process)
        return process

    def address_of(self, process: subprocess.Popen[bytes]) -> str:
        """Wait until a process serves; return its address."""
        assert process.stdout is not None
        address = process.stdout.readline().decode().strip()
        self._all[address] = process
        return address

    def workers(self, *roles: str) -> list[str]:
        """Start workers, and return their addresses."""
        return [self.address_of(process) for process in [self.start(role) for role in roles]]

    def kill(self, address: str) -> None:
        """End a process at once."""
        process = self._all.pop(address)
        process.kill()
        process.communicate(timeout=DEADLINE)

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for address in [*self._all]:
            self.kill(address)

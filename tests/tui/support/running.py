"""Running the command line, in this process or in one of its own, with a plain environment."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from unittest import mock

from bpengine import FIELD, EpochRecord, Trainer, TrainingConfig
from bptui.__main__ import main
from tests.tui.support.terminal import BPTUI, DEADLINE, cpu_seconds, started, wait_until

ENDLESS = ("--epochs", "100000000")
"""A run that lasts longer than any test."""

COLUMNS = "epoch,epochs,error,test_error,learning_rate,rmse,r2,accuracy"
"""The header of `bptui train --format csv`."""

_KEPT = {"HOME", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "TMPDIR", "USER", "XDG_STATE_HOME"}
_WIDTH = {"COLUMNS": "80"}  # of the help
_PLAIN = {name: value for name, value in os.environ.items() if name in _KEPT} | {"LANG": "C.UTF-8", **_WIDTH}


SUMMARY = re.compile(
    r"^(?:outcome|epochs|network|training|test|best constant|linear model|finding) .*\n", re.MULTILINE
)
"""The lines on stderr with which `bptui train` says what came out; among them is a time."""


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a call."""

    status: int
    out: str
    err: str
    """What it wrote to stderr, without a summary."""
    summary: str = field(default="", compare=False)

    @classmethod
    def of(cls, status: int, out: str, err: str) -> Done:
        """The result, with the summary apart from the rest of stderr."""
        return cls(status, out, SUMMARY.sub("", err), "".join(SUMMARY.findall(err)))

    @property
    def lines(self) -> list[str]:
        """The lines on stdout."""
        return self.out.splitlines()

    @property
    def complaint(self) -> str:
        """The one line on stderr.

        Raises:
            AssertionError: stderr is not exactly one line.
        """
        assert self.err.endswith("\n"), self
        assert len(self.err.splitlines()) == 1, self
        return self.err.rstrip("\n")


def call(*arguments: str) -> Done:
    """Run the command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch("sys.argv", ["bptui", *arguments]),
        mock.patch.dict(os.environ, _WIDTH),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            status = main()
        except SystemExit as end:
            assert isinstance(end.code, int), end.code
            status = end.code
    return Done.of(status, out.getvalue(), err.getvalue())


def call_on_a_terminal(*arguments: str) -> Done:
    """Run the command in this process as if on a terminal, where it must end before a screen opens."""
    with (
        mock.patch("bptui.cli.has_terminal", lambda: True),
        mock.patch("bptui.cli.screen.has_terminal", lambda: True),
        mock.patch("bptui.process.restrictions.Restrictions.limit_process"),
    ):
        return call(*arguments)


def run(*arguments: str, stdin: int | bytes = subprocess.DEVNULL, **options: Any) -> Done:
    """Run the command in a process of its own, to its end.

    Args:
        arguments: the arguments after `bptui`.
        stdin: its standard input, or what it reads there.
        options: the options of `running`.
    """
    said = stdin if isinstance(stdin, bytes) else None
    with running(
        *arguments, stdin=stdin if isinstance(stdin, int) else subprocess.PIPE, **options
    ) as process:
        return finish(process, said)


@contextlib.contextmanager
def running(
    *arguments: str,
    variables: Mapping[str, str] | None = None,
    shell: str = "",
    stdin: int = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.PIPE,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command in a process of its own, for a block that ends it afterwards.

    Args:
        arguments: the arguments after `bptui`.
        variables: further environment variables.
        shell: a line of sh in which "$@" is the command.
        stdin: its standard input.
        stdout: its standard output.
        folder: its working directory; by default the one of this process.
    """
    command = ("/bin/sh", "-c", shell, "sh", *BPTUI, *arguments) if shell else (*BPTUI, *arguments)
    with subprocess.Popen(
        started(*command),
        bufsize=0,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=_PLAIN | dict(variables or {}),
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def finish(process: subprocess.Popen[bytes], said: bytes | None = None) -> Done:
    """Write to a process, read its output to its end, and wait for that."""
    out, err = process.communicate(said, 2 * DEADLINE)
    return Done.of(process.returncode, (out or b"").decode(), (err or b"").decode())


def wait_for_work(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a process has used this much more processor time."""
    until = cpu_seconds(process.pid) + seconds
    wait_until(lambda: cpu_seconds(process.pid) >= until, f"{seconds} s of work")


def wait_until_signals_are_handled(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has a handler for SIGTERM."""

    def handled() -> bool:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)

    wait_until(handled, "a handler of SIGTERM")


def reports(config: TrainingConfig) -> list[EpochRecord]:
    """The reports that `bptui train` should print."""
    return list(Trainer(config).reports())


def flags_of(values: Mapping[str, Any]) -> list[str]:
    """The flags that set hyperparameters to these values."""
    return [text for name, value in values.items() for text in (FIELD[name].flag, FIELD[name].format(value))]


def names(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())

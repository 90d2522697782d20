"""How much memory runs of growing length take, each in a process of its own.

`python -m tests.benchmarks.memory KERNEL EPOCHS` is that process: it prints its peak in bytes.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from bpengine import Trainer, TrainingConfig
from tests.benchmarks.contenders import NUMBA
from tests.benchmarks.tables import judged, skipped, table

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
MAX_EPOCHS_WITHOUT_NUMBA = 10_000
"""Longer ones would take minutes."""
FLAT = 1.1
"""The longest run may take so many times what the shortest does."""
HEADINGS = ("epochs", "peak MB", "ratio", "bar", "met")


def tables(lengths: Sequence[int] = LENGTHS) -> Iterator[Table]:
    """The one table."""
    kernel = "numpy" if NUMBA.missing else "numba"
    yield table(
        "Memory",
        f"peak resident size of a whole process that trains the sine by the {kernel} kernel",
        HEADINGS,
        rows(kernel, lengths),
    )


def rows(kernel: str, lengths: Sequence[int]) -> Iterator[Sequence[str]]:
    """One for each length, by the shortest."""
    first = 0
    for epochs in lengths:
        name = f"{epochs:,}"
        if importlib.util.find_spec("resource") is None:
            yield skipped(name, "this system doesn't tell", len(HEADINGS))
        elif kernel == "numpy" and epochs > MAX_EPOCHS_WITHOUT_NUMBA:
            yield skipped(name, NUMBA.missing or "it would take minutes", len(HEADINGS))
        else:
            size = peak(kernel, epochs)
            first = first or size
            yield name, f"{size / 1e6:.1f}", *judged(size / first, FLAT)


def peak(kernel: str, epochs: int) -> int:
    """The most bytes that a process takes for such a run."""
    command = (sys.executable, "-m", "tests.benchmarks.memory", kernel, str(epochs))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


def main(kernel: str, epochs: str) -> None:
    """Train the sine, then print this process's peak in bytes."""
    config = TrainingConfig.defaults("regression", epochs=int(epochs))
    for _ in Trainer(config, kernel=kernel).reports():
        pass
    print(own_peak())


def own_peak() -> int:
    """The most bytes that this process has taken."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not what `resource` says: on Linux that is at least what the parent process takes.
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])

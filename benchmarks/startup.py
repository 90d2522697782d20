"""How long whole processes take, beside one that only imports what the numba kernel can't do without."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.contenders import NUMBA
from benchmarks.race import timed
from benchmarks.tables import judged, skipped, table

HEADINGS = ("process", "seconds", "ratio", "bar", "met")


@dataclass(frozen=True, slots=True)
class Process:
    """A command for this Python."""

    name: str
    arguments: tuple[str, ...]
    bar: float | None = None
    """How many times the imports' time it may take."""
    needs_numba: bool = True

    def run(self) -> None:
        """From the start to the end of it."""
        subprocess.run((sys.executable, *self.arguments), capture_output=True, check=True)


IMPORTS = Process('python -c "import numpy, numba"', ("-c", "import numpy, numba"))
NUMPY_ONLY = Process('python -c "import numpy"', ("-c", "import numpy"), needs_numba=False)
TRAINING = ("-m", "bptui", "train", "regression", "--epochs")
PROCESSES = (
    IMPORTS,
    Process("bptui train regression --epochs 2001", (*TRAINING, "2001", "--kernel", "numba"), bar=2.0),
    NUMPY_ONLY,
    Process("bptui --help", ("-m", "bptui", "--help"), needs_numba=False),
)


def tables(rounds: int = 9, processes: Sequence[Process] = PROCESSES) -> Iterator[Table]:
    """The one table."""
    yield table(
        "Start-up",
        f"whole processes, numba's cache filled; medians of {rounds} rounds, run in turn",
        HEADINGS,
        rows(rounds, processes),
    )


def rows(rounds: int, processes: Sequence[Process]) -> Iterator[Sequence[str]]:
    """One for each process, by the first that can run."""
    able = [process for process in processes if not (process.needs_numba and NUMBA.missing)]
    for process in able:
        process.run()  # fills caches
    times: dict[str, list[float]] = {process.name: [] for process in able}
    for _ in range(rounds):
        for process in able:
            times[process.name].append(timed(process.run))
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    for process in processes:
        if process in able:
            seconds = medians[process.name]
            ratio = seconds / medians[able[0].name]
            yield process.name, f"{seconds:.3f}", *judged(ratio, process.bar)
        else:
            yield skipped(process.name, NUMBA.missing, len(HEADINGS))

"""How much memory runs of growing length take, and whether opening dialogs on the screen leaves some behind.

`python -m benchmarks.memory KERNEL EPOCHS` is the process of a run: it prints its peak in bytes.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.table import Table

from benchmarks.contenders import NUMBA
from benchmarks.tables import judged, skipped, table
from bpengine import Trainer, TrainingConfig
from tests.tui.support.terminal import BPTUI, ESCAPE, Terminal

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)
MAX_EPOCHS_WITHOUT_NUMBA = 10_000
"""Longer ones would take minutes."""
FLAT = 1.1
"""The longest run may take so many times what the shortest does."""
HEADINGS = ("epochs", "peak MB", "ratio", "bar", "met")

Keys = tuple[tuple[str, str], ...]
"""Keys, each with a text that the key shows or, for escape, removes."""
MAP, WORDS, ADVICE = "median error of 16", "the map in words", "what would help?"
OPENINGS: Mapping[str, tuple[int, Keys]] = {
    "M, t, esc, esc": (210, (("M", MAP), ("t", WORDS), (ESCAPE, WORDS), (ESCAPE, MAP))),
    "a, esc": (250, (("a", ADVICE), (ESCAPE, ADVICE))),
}
"""What is opened and closed, and how often."""
PLATEAU = 1.05
"""The last third of the openings may bring the size to so many times that after the second third."""
OPENING_HEADINGS = ("keys", "times", "MB after 1/3", "after 2/3", "at the end", "ratio", "bar", "met")


def tables(
    lengths: Sequence[int] = LENGTHS, openings: Mapping[str, tuple[int, Keys]] = OPENINGS
) -> Iterator[Table]:
    """A table of the runs, and one of the dialogs."""
    kernel = "numpy" if NUMBA.missing else "numba"
    yield table(
        "Memory",
        f"peak resident size of a whole process that trains the sine by the {kernel} kernel",
        HEADINGS,
        rows(kernel, lengths),
    )
    yield table(
        "Memory of a screen on which dialogs are opened and closed",
        "resident size; the first third fills caches, such as that of the compiled code",
        OPENING_HEADINGS,
        opening_rows(openings),
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


def opening_rows(openings: Mapping[str, tuple[int, Keys]]) -> Iterator[Sequence[str]]:
    """One for each kind of dialog, each on a screen of its own."""
    for name, (times, keys) in openings.items():
        if Path("/proc/self/status").exists():
            first, second, last = sizes(times, keys)
            megabytes = (f"{size / 1e6:.1f}" for size in (first, second, last))
            yield name, str(times), *megabytes, *judged(last / second, PLATEAU)
        else:
            yield skipped(name, "this system doesn't tell", len(OPENING_HEADINGS))


def sizes(times: int, keys: Keys) -> list[int]:
    """Press the keys so many times; return the bytes of the process after each third."""
    found: list[int] = []
    with Terminal(*BPTUI, "--paused", "--epochs", "400") as terminal:
        terminal.wait_for_text("q quit")
        for done in range(1, times + 1):
            for key, text in keys:
                terminal.send(key)
                terminal.wait_for(partial(_is_answered, terminal, key, text), f"{key!r}: {text}")
            if done * 3 // times > len(found):
                found.append(size_of(terminal.process.pid, "VmRSS"))
    return found


def _is_answered(terminal: Terminal, key: str, text: str) -> bool:
    return (text in terminal.text) != (key == ESCAPE)


def size_of(process: int | str, what: str) -> int:
    """A size of a process in bytes, by its name in /proc."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0]) * 1024


def peak(kernel: str, epochs: int) -> int:
    """The most bytes that a process takes for such a run."""
    command = (sys.executable, "-m", "benchmarks.memory", kernel, str(epochs))
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
    if Path("/proc/self/status").exists():
        # Not what `resource` says: on Linux that is at least what the parent process takes.
        return size_of("self", "VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])

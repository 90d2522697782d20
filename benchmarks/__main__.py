"""`python -m benchmarks [part ...]`: the parts are the names in `PARTS`."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.table import Table

from benchmarks import (
    advice,
    cloud,
    datasets,
    effects,
    exports,
    growth,
    memory,
    screen,
    sessions,
    startup,
    steer,
    steps,
    verdicts,
    wide,
)
from bptui.process.signals import handled_signals

PARTS: dict[str, Callable[[], Iterator[Table]]] = {
    "steps": steps.tables,
    "growth": growth.tables,
    "memory": memory.tables,
    "startup": startup.tables,
    "screen": screen.tables,
    "cloud": cloud.tables,
    "verdicts": verdicts.tables,
    "advice": advice.tables,
    "sessions": sessions.tables,
    "steer": steer.tables,
    "exports": exports.tables,
    "datasets": datasets.tables,
    "effects": effects.tables,
    "wide": wide.tables,
}


def main() -> None:
    """Measure the parts that are asked for, and print each table as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What it costs.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (default: all)")
    chosen = parser.parse_args().parts or list(PARTS)
    for part in chosen:
        if part not in PARTS:
            parser.error(f"part: {part[:40]!r} is not allowed: it takes {', '.join(PARTS)}")
    console = Console()
    with handled_signals(_end):  # so that each part ends what it has started
        for part in chosen:
            with console.status(f"measuring {part}"):
                for table in PARTS[part]():
                    console.print(table, "")


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave what is measured. A second signal, as `timeout` sends it, does not interrupt the end."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()

"""The process of a training: its rank among others, and its standard error."""

from __future__ import annotations

import contextlib
import os
import sys


def say(message: str) -> None:
    """Print a line on standard error, if there is one."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print(f"bptui.steer: {message}", file=sys.stderr)


def rank_and_count() -> tuple[int, int]:
    """The rank of this process and how many train together, as launchers such as torchrun say it."""
    rank, count = (os.environ.get(name, "") for name in ("RANK", "WORLD_SIZE"))
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in (rank, count)):
        return 0, 1
    return int(rank), max(1, int(count))

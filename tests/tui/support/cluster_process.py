"""A scheduler or a worker of Dask as a process: `python -m tests.tui.support.cluster_process worker ADDRESS`.

It prints its address, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading

from distributed import Scheduler, Worker


def end_with_parent() -> None:
    """Wait until the standard input ends, as it does with the process that started this one, and end."""
    os.read(0, 1)
    os._exit(0)


async def main(role: str, *arguments: str) -> None:
    """Serve until the process ends.

    Args:
        role: scheduler or worker.
        arguments: the address of the scheduler for a worker.
    """
    options = {"host": "127.0.0.1", "dashboard": False}
    made = Scheduler(**options) if role == "scheduler" else Worker(*arguments, nthreads=1, **options)
    async with made:
        print(made.address, flush=True)
        await made.finished()


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    asyncio.run(main(*sys.argv[1:]))

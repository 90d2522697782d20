"""A quick start, and a quick end."""

from __future__ import annotations

import gc


def end_gc_pause() -> None:
    """Collect garbage from now on, but none of what there is by now.

    Modules are never garbage, yet to look through them while they load, and once more at the end, takes a
    third of a short run's time. So `bptui.__main__` begins with the collector off.
    """
    gc.freeze()
    gc.enable()

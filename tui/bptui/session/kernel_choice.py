"""The kernel of the runs on screen: NumPy at first, and the compiled one once it is loaded."""

from __future__ import annotations

from collections.abc import Callable

from bpengine.kernels.loading import load_numba_in_background


class KernelChoice:
    """The kernel that was asked for, and the one that is available by now.

    Args:
        wanted: auto, numpy or numba.

    Attributes:
        name: the kernel for a run that begins now: numpy until numba is loaded, then the wanted one.
        settled: whether the kernel no longer changes, since nothing is left to load.
        waiting: whether numba was asked for by name and is not loaded yet. Runs then begin when it is.
    """

    def __init__(self, wanted: str = "numpy") -> None:
        self._wanted = wanted
        self.name = "numpy"
        self.settled = wanted == "numpy"
        self.waiting = wanted == "numba"

    def load(self, when_done: Callable[[], object]) -> None:
        """Load numba in a thread if it is wanted, then call `when_done` from that thread."""
        if self._wanted == "numpy":
            return

        def take(loaded: bool) -> None:
            self.name = self._wanted if loaded else "numpy"
            self.waiting = False
            self.settled = True
            when_done()

        load_numba_in_background(take)

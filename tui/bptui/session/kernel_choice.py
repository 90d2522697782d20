"""Which kernel the screen's runs get: the compiled one as soon as it is there, and none waits for it."""

from __future__ import annotations

from collections.abc import Callable

from bpengine.kernels.loading import load_numba_in_background


class KernelChoice:
    """What was asked for, and what there is by now.

    Args:
        wanted: auto, numpy or numba.

    Attributes:
        name: the kernel for a run that begins now: numpy until numba is loaded, then the wanted one.
        waiting: whether numba was asked for by name and isn't there yet; runs then begin when it is.
    """

    def __init__(self, wanted: str = "numpy") -> None:
        self._wanted = wanted
        self.name = "numpy"
        self.waiting = wanted == "numba"

    def load(self, when_done: Callable[[], object]) -> None:
        """Get numba ready beside the screen, if it is wanted; then call `when_done`, from another thread."""
        if self._wanted == "numpy":
            return

        def take(is_there: bool) -> None:
            self.name = self._wanted if is_there else "numpy"
            self.waiting = False
            when_done()

        load_numba_in_background(take)

"""Trying changes of the live run's settings beside the event loop."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from bpengine import Dataset, TrainingConfig
from bpengine.advice import Advice, Experiment
from bpengine.kernels.loading import load_lanes_in_background
from bptui.startup.restrictions import ProcessorShare

COMPILING = "Loading numba; the first time it compiles for some seconds."
WITH_NUMPY = "Without numba: few starts, and slow."
NO_MEMORY = "The experiment has ended: there is not enough memory for it."
WAIT_SECONDS = 0.02
"""How long a thread that waits for something does so before it looks again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an experiment may use."""

    threads: int = os.cpu_count() or 1
    share: ProcessorShare | None = None
    """The share of a processor; None for all that there is. Only for a single thread."""
    allows: Callable[[TrainingConfig], bool] = lambda _config: True
    """Whether settings may be tried."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What an experiment has found so far."""

    advice: Advice | None = None
    note: str = ""
    """Why it takes a while or has failed; empty if neither."""
    ended: bool = False
    """Whether nothing more will be found."""


class Advising:
    """An experiment with some settings, in threads of its own.

    Args:
        config: the settings.
        source: the user's own samples; None for the named data set.
        epoch: how many epochs to train; 0 for all.
        compiled: whether to use the compiled kernel if it can be loaded.
        limits: what the experiment may use.
        edited: when the run was edited, as the experiment's starts are not; empty if it was not.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        epoch: int,
        *,
        compiled: bool,
        limits: Limits = Limits(),
        edited: str = "",
    ) -> None:
        self.edited = edited
        self._config = config
        self._source = source
        self._epoch = epoch
        self._compiled = compiled
        self._limits = limits
        self._stopped = threading.Event()
        self._lock = threading.Lock()  # held while something is reported

    def start(self, report: Callable[[Findings], object]) -> None:
        """Begin; `report` is called from threads each time that more is known, but not after `stop`."""
        self._report = report
        # A daemon, so that an app that ends in any way does not wait for it.
        threading.Thread(target=self._run, name="advise", daemon=True).start()

    def stop(self) -> None:
        """End the training within some milliseconds."""
        with self._lock:
            self._stopped.set()

    def _run(self) -> None:
        side_by_side = False
        if self._compiled:
            self._tell(Findings(note=COMPILING))
            side_by_side = self._load_lanes()
            if self._stopped.is_set():
                return
        note = "" if side_by_side else WITH_NUMPY
        self._tell(Findings(note=note))
        try:
            for advice in self._results(side_by_side=side_by_side):
                self._tell(Findings(advice, note, ended=advice.done))
        except MemoryError:
            self._tell(Findings(note=NO_MEMORY, ended=True))

    def _load_lanes(self) -> bool:
        """Wait for the machine code of the lanes; return whether there is one."""
        ready: list[bool] = []
        done = threading.Event()

        def take(loaded: bool) -> None:
            ready.append(loaded)
            done.set()

        give_up = load_lanes_in_background(take)
        while not done.wait(WAIT_SECONDS):
            if self._stopped.is_set():
                give_up()
                return False
        return ready[0]

    def _tell(self, findings: Findings) -> None:
        with self._lock:
            if not self._stopped.is_set():
                self._report(findings)

    def _results(self, *, side_by_side: bool) -> Iterator[Advice]:
        experiment = Experiment(
            self._config,
            self._source,
            epoch=self._epoch,
            side_by_side=side_by_side,
            allows=self._limits.allows,
        )
        threads = self._limits.threads if side_by_side else 1
        with (
            ThreadPoolExecutor(threads, thread_name_prefix="advise") as executor,
            closing(experiment.results(executor, self._proceed)) as results,
        ):
            yield from results

    def _proceed(self) -> bool:
        """Whether to train on; waits for the share of the processor."""
        share = self._limits.share
        if share is not None:
            share.end_slice()
            while not (share.is_left() or self._stopped.is_set()):
                time.sleep(WAIT_SECONDS)
        return not self._stopped.is_set()

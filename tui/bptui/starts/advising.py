"""Trying changes of the live run's settings beside the event loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from bpengine import Dataset, TrainingConfig
from bpengine.many.advice import Advice, Experiment
from bpengine.many.jobs import processors
from bptui.cluster.address import ClusterAddress
from bptui.startup.restrictions import ProcessorShare, Restrictions

WITH_NUMPY = "Without numba: few starts, and slow."
NO_MEMORY = "The experiment has ended: there is not enough memory for it."
WAIT_SECONDS = 0.02
"""The time between two checks whether there is a share of the processor again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an experiment may use."""

    threads: int = processors()
    share: ProcessorShare | None = None
    """The share of a processor, which only a single thread can have; None for no limit."""
    allows: Callable[[TrainingConfig], bool] = lambda _config: True
    """Whether given settings may be tried."""
    cluster: ClusterAddress | None = None
    """The cluster that trains maps; None for this machine."""

    @classmethod
    def restricted(cls, restrictions: Restrictions) -> Limits:
        """The limits of a restricted session: its settings, and the share of the processor that a run has."""
        return cls(
            threads=1,
            share=ProcessorShare(restrictions.processor_share),
            allows=lambda config: not restrictions.refusal(config),
        )

    def goes_on(self, stopped: threading.Event) -> bool:
        """Whether to train on. Waits for the share of the processor; for the one thread that trains."""
        if self.share is not None:
            self.share.end_slice()
            while not (self.share.is_left() or stopped.is_set()):
                time.sleep(WAIT_SECONDS)
        return not stopped.is_set()


@dataclass(frozen=True, slots=True)
class Findings:
    """What an experiment has found so far."""

    advice: Advice | None = None
    note: str = ""
    """Why the experiment takes a while or has failed; empty if neither."""
    ended: bool = False
    """Whether the experiment has ended."""


class Advising:
    """An experiment with changes of given settings, in its own threads.

    Args:
        config: the settings.
        source: the user's own samples; None for the named data set.
        epoch: how many epochs to train; 0 for all.
        compiled: whether to use machine code as soon as it is loaded.
        limits: what the experiment may use.
        edited: when the run was edited, in words; empty if it was not. The experiment repeats no edit.
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
        self._lock = threading.Lock()  # held during a report

    def start(self, report: Callable[[Findings], object]) -> None:
        """Begin. Threads call `report` whenever there are new findings, but not after `stop`."""
        self._report = report
        # A daemon thread, so that the app can end without waiting for it.
        threading.Thread(target=self._run, name="advise", daemon=True).start()

    def stop(self) -> None:
        """End the training within some milliseconds."""
        with self._lock:
            self._stopped.set()

    def _run(self) -> None:
        note = "" if self._compiled else WITH_NUMPY
        self._tell(Findings(note=note))
        try:
            for advice in self._results():
                self._tell(Findings(advice, note, ended=advice.done))
        except MemoryError:
            self._tell(Findings(note=NO_MEMORY, ended=True))

    def _tell(self, findings: Findings) -> None:
        with self._lock:
            if not self._stopped.is_set():
                self._report(findings)

    def _results(self) -> Iterator[Advice]:
        experiment = Experiment(
            self._config,
            self._source,
            epoch=self._epoch,
            kernel="auto" if self._compiled else "numpy",
            allows=self._limits.allows,
        )
        threads = self._limits.threads if self._compiled else 1
        with (
            ThreadPoolExecutor(threads, thread_name_prefix="advise") as executor,
            closing(experiment.results(executor, self._proceed)) as results,
        ):
            yield from results

    def _proceed(self) -> bool:
        """Whether to train on. Waits for the share of the processor."""
        return self._limits.goes_on(self._stopped)

"""Training a map beside the event loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from bpengine import ConfigError, DataError, Dataset, TrainingConfig
from bpengine.arithmetic.functions import log
from bpengine.many.jobs import divided
from bpengine.many.sweeps import Result, Sweep
from bpengine.network import is_small_enough, network_sizes
from bptui.cluster.errors import ClusterError
from bptui.session.advising import Limits
from bptui.session.map.plan import MapPlan
from bptui.session.map.proposing import proposed_plan

CONNECTING = "Connecting to the cluster."
WITH_NUMPY = "No numba: small and slow."
MAX_FIRST_WORK = 2**33
"""The most work of a cell that is trained before all others (see `Job.work`): about ten seconds."""
NO_MEMORY = "There is not enough memory for this map."


@dataclass(frozen=True, slots=True)
class MapBase:
    """What all maps of a tab have in common."""

    config: TrainingConfig
    """The settings that are not varied."""
    source: Dataset | None
    """The user's own samples; None for the named data set."""
    compiled: bool
    """Whether to use machine code as soon as it is loaded."""
    limits: Limits
    """What the training of a map may use."""
    ends: tuple[int, int]
    """The numbers of inputs and outputs of the tab's network."""

    def problem(self, plan: MapPlan) -> str:
        """Why the plan is not possible, in a sentence; empty if it is."""
        problem = plan.problem(self.config, self.source, self.limits.allows)
        if problem:
            return problem
        try:
            for made in plan.configs(self.config):
                network_sizes(self.ends[0], made.hidden_units, self.ends[1])
        except ConfigError as error:
            return f"{error}."
        return ""

    def allows(self, config: TrainingConfig) -> bool:
        """Whether settings may be proposed."""
        return self.limits.allows(config) and is_small_enough(*self.ends, config.hidden_units)


@dataclass(frozen=True, slots=True)
class Begun:
    """A map whose training has begun."""

    plan: MapPlan
    sweep: Sweep


@dataclass(frozen=True, slots=True)
class News:
    """The changes since the last call of `Mapping.news`."""

    begun: Begun | None
    """The map; None until its runs are known and, with a cluster, the connection stands."""
    results: tuple[Result, ...]
    """The new results."""
    note: str
    """Why the training takes a while or has failed; empty if neither."""
    ended: bool
    """Whether the training has ended."""


class Mapping:
    """Trains a map in its own threads.

    Args:
        base: what all maps of the tab have in common.
        plan: a plan that is possible; None for the proposed one.
    """

    def __init__(self, base: MapBase, plan: MapPlan | None = None) -> None:
        self._base, self._plan = base, plan
        self._stopped = threading.Event()
        self._lock = threading.Lock()  # held while the data for `news` changes
        self._begun: Begun | None = None
        self._results: list[Result] = []
        self._note, self._ended = "", False
        self._collector = 0

    def start(self) -> None:
        """Begin."""
        # A daemon thread, so that the app can end without waiting for it.
        threading.Thread(target=self._run, name="map", daemon=True).start()

    def stop(self) -> None:
        """End the training within some milliseconds."""
        self._stopped.set()

    def news(self) -> News:
        """The changes since the last call."""
        with self._lock:
            results, self._results = tuple(self._results), []
            return News(self._begun, results, self._note, self._ended)

    def _run(self) -> None:
        self._collector = threading.get_ident()
        try:
            self._train()
        except (ClusterError, ConfigError, DataError) as error:
            message = str(error)
            self._tell(f"{message[:1].upper()}{message[1:]}.")
        except MemoryError:
            self._tell(NO_MEMORY)
        with self._lock:
            self._ended = True

    def _tell(self, note: str) -> None:
        with self._lock:
            self._note = note

    def _train(self) -> None:
        base = self._base
        plan = self._plan or proposed_plan(base.config, base.source, base.allows, compiled=base.compiled)
        problem = base.problem(plan)
        if problem:
            self._tell(problem)
            return
        threads = base.limits.threads if base.compiled else 1
        sweep = plan.sweep(base.config, base.source, kernel="auto" if base.compiled else "numpy")
        with self._executor(threads) as (executor, note):
            sweep.executor, sweep.workers = executor, None if base.limits.cluster else threads
            with self._lock:
                self._begun = Begun(plan, sweep)
                self._note = note or ("" if base.compiled else WITH_NUMPY)
            for without in _passes(sweep, compiled=base.compiled):
                with closing(sweep.train(without=without, stopped=self._is_over)) as results:
                    for result in results:
                        with self._lock:
                            self._results.append(result)

    @contextmanager
    def _executor(self, threads: int) -> Iterator[tuple[Executor, str]]:
        """The executor for the runs (threads of this process, or the cluster), and a note about it."""
        cluster = self._base.limits.cluster
        if cluster is None:
            with ThreadPoolExecutor(threads, thread_name_prefix="map") as executor:
                yield executor, ""
            return
        from bptui.cluster.executor import ClusterExecutor

        self._tell(CONNECTING)
        with ClusterExecutor(cluster) as executor:
            yield executor, ". ".join([f"On {executor.description}", *executor.notes]) + "."

    def _is_over(self) -> bool:
        """Whether to give up. Threads that train wait here for their share of the processor."""
        if threading.get_ident() == self._collector:
            return self._stopped.is_set()
        return not self._base.limits.goes_on(self._stopped)


def _passes(sweep: Sweep, *, compiled: bool) -> Iterator[set[int]]:
    """Yield the runs that each pass leaves out: the first pass trains a part that shows something at once."""
    every = set(range(len(sweep)))
    if not compiled:  # a start of every cell, then a second one
        for start in range(sweep.starts):
            yield every - set(range(start, len(sweep), sweep.starts))
        return
    cell = min(range(len(sweep.cells)), key=lambda cell: _distance(sweep.cells[cell], sweep.base))
    first = range(cell * sweep.starts, (cell + 1) * sweep.starts)
    jobs = divided([sweep.runs[run] for run in first], sweep.source, kernel=sweep.kernel)
    if sum(job.work for job in jobs) > MAX_FIRST_WORK:  # smaller networks, if there are any, come first
        yield set()
        return
    yield every - {*first}
    yield {*first}


def _distance(values: dict[str, Any], config: TrainingConfig) -> float:
    """How far the settings of a cell are from the current ones. The nearest cell is trained first."""
    return sum(_apart(value, getattr(config, name)) for name, value in values.items())


def _apart(value: Any, present: Any) -> float:
    if value == present:
        return 0.0
    pair = [each[0] if isinstance(each, tuple) else each for each in (value, present)]
    if all(isinstance(each, (int, float)) and each > 0 for each in pair):
        return abs(float(log(pair[0] / pair[1])))
    return 1.0

"""Training a map, and remembering the maps of a tab."""

from __future__ import annotations

from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bpengine import TrainingConfig
from bpengine.arithmetic.functions import log
from bpengine.many.jobs import divided
from bpengine.many.sweeps import Sweep
from bpengine.many.sweeps.cells import Cells
from bptui.experiments.map.plan import MapBase, MapPlan, proposed_plan
from bptui.experiments.runner import CallJob, EndingPlan, RunsJob, SlicedJob, sentence_of
from bpwords import translatable

if TYPE_CHECKING:  # imported when there is a cluster
    from bptui.experiments.cluster.executor import ClusterExecutor

CONNECTING = translatable("Connecting to the cluster.")
WITH_NUMPY = translatable("No numba: small and slow.")
MAX_FIRST_WORK = 2**33
"""The most work of a cell that is trained before all others (see `Job.work`): about ten seconds."""


class ImpossibleError(ValueError):
    """A plan is not possible; the message is a sentence."""


class Mapping(EndingPlan):
    """A map while it is trained.

    Args:
        base: what all maps of the tab have in common.
        plan: a plan that is possible; None for the proposed one.
        afresh: whether to train even runs whose results are remembered.

    Attributes:
        plan: the plan; None until it is proposed.
        cells: the map; None until its runs are known and, with a cluster, the connection stands.
        note: why the training takes a while or has failed; empty if neither.
        has_failed: whether the training has failed.
    """

    def __init__(self, base: MapBase, plan: MapPlan | None = None, *, afresh: bool = False) -> None:
        self._base, self.plan, self.afresh = base, plan, afresh
        self._kernel, self.most_jobs = ("auto", None) if base.compiled else ("numpy", 1)
        self.cells: Cells | None = None
        self.note, self.has_failed = "" if base.limits.cluster is None else CONNECTING, False
        self._left: list[RunsJob] = []
        self.executor: ClusterExecutor | None = None
        self._is_over = False

    @property
    def is_complete(self) -> bool:
        """Whether every run has ended."""
        return self.cells is not None and self.cells.done == len(self.cells.sweep)

    @property
    def has_ended(self) -> bool:
        """Whether the training has ended."""
        return self.has_failed or self.is_complete

    def show(self, plan: MapPlan) -> bool:
        """Show other figures of the same runs; return whether the plan has no others."""
        if self.plan is None or self.cells is None or not self.plan.has_runs_of(plan):
            return False
        known, self.plan = self.cells.cells, plan
        self.cells = plan.cells(self.cells.sweep)
        for cell in known:
            self.cells.add(cell.results.values())
        return True

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        if self.cells is None:
            return [CallJob(self._prepared)]
        left, self._left = self._left, []
        return left

    def take(self, job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        if self.cells is None:
            self.plan, sweep, self._left = result
            self.cells = self.plan.cells(sweep)
            self.note = "" if self._base.compiled else WITH_NUMPY
            if self.executor is not None:
                self.note = ". ".join([f"On {self.executor.description}", *self.executor.notes]) + "."
        elif isinstance(job, RunsJob):
            sweep = self.cells.sweep
            self.cells.add(map(sweep.result, job.job.positions, result))
        if self.is_complete:
            self.end()

    def fail(self, error: Exception) -> None:
        """See `Plan.fail`."""
        self.has_failed = True
        self.note = str(error) if isinstance(error, ImpossibleError) else sentence_of(error)

    def _prepared(self) -> tuple[MapPlan, Sweep, list[RunsJob]]:
        """Connect to the cluster if there is one, which takes time; return the plan, its runs, and the jobs.

        Raises:
            ImpossibleError: the plan is not possible.
            ClusterError: the cluster can't be used.
        """
        base = self._base
        plan = self.plan or proposed_plan(base)
        problem = base.problem(plan)
        if problem:
            raise ImpossibleError(problem)
        sweep = plan.sweep(base, self._kernel)
        runner, cluster = base.limits.runner, base.limits.cluster
        jobs = self._divided(sweep, self.most_jobs or max(runner.threads, 1))
        is_known = not self.afresh and all(map(runner.memory.recalled, jobs))
        if cluster is not None and not is_known:
            from bptui.experiments.cluster.executor import ClusterExecutor

            self.executor = ClusterExecutor(cluster, stopped=lambda: self._is_over)
            if self._is_over:
                self.end()
            jobs = self._divided(sweep, self.executor.slots)
        return plan, sweep, jobs

    def _divided(self, sweep: Sweep, workers: int) -> list[RunsJob]:
        """The jobs, first those that show something at once."""
        jobs = []
        for runs in _passes(sweep, compiled=self._base.compiled):
            configs = [sweep.runs[run] for run in runs]
            for job in divided(configs, sweep.source, kernel=self._kernel, workers=workers):
                numbered = replace(job, positions=tuple(runs[place] for place in job.positions))
                jobs.append(RunsJob(numbered))
        return jobs

    def end(self) -> None:
        """See `Plan.end`."""
        self._is_over = True
        if self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)


def _passes(sweep: Sweep, *, compiled: bool) -> list[Sequence[int]]:
    """The runs in the order in which they are trained: first a part that shows something at once."""
    every = range(len(sweep))
    if not compiled:  # a start of every cell, then a second one
        return [every[start :: sweep.starts] for start in range(sweep.starts)]
    cell = min(range(len(sweep.cells)), key=lambda cell: _distance(sweep.cells[cell], sweep.base))
    first = every[cell * sweep.starts : (cell + 1) * sweep.starts]
    jobs = divided([sweep.runs[run] for run in first], sweep.source, kernel=sweep.kernel)
    if sum(job.work for job in jobs) > MAX_FIRST_WORK:  # smaller networks, if there are any, come first
        return [every]
    return [first, [run for run in every if run not in first]]


def _distance(values: dict[str, Any], config: TrainingConfig) -> float:
    """How far the settings of a cell are from the current ones. The nearest cell is trained first."""
    return sum(_apart(value, getattr(config, name)) for name, value in values.items())


def _apart(value: Any, present: Any) -> float:
    if value == present:
        return 0.0
    pair = [given[0] if isinstance(given, tuple) and given else given for given in (value, present)]
    if all(isinstance(number, (int, float)) and number > 0 for number in pair):
        return abs(float(log(pair[0] / pair[1])))
    return 1.0


class MapMemory:
    """The maps of a tab.

    Attributes:
        plan: the plan that the user has edited last; None before that.
    """

    def __init__(self) -> None:
        self.plan: MapPlan | None = None
        self._complete: tuple[MapBase, MapPlan] | None = None
        self._opened: TrainingConfig | None = None  # the settings of the run that was opened from it

    def keep(self, base: MapBase, plan: MapPlan) -> None:
        """Note a complete map in place of the last one, which can be the same map with other figures."""
        known = self._complete
        if known is None or known[0].config != base.config or not known[1].has_runs_of(plan):
            self._opened = None
        self._complete = base, plan

    def open(self, values: Values[str, Any]) -> None:
        """Note the settings of a run of the complete map, which is now opened on the tab."""
        if self._complete is not None:
            self._opened = self._complete[0].config.replace(**values)

    def recalled(self, base: MapBase) -> tuple[MapBase, MapPlan] | None:
        """The last complete map, if the tab's run still has its settings or is one of its runs; else None.

        None as well if the user has edited the plan since then.
        """
        if self._complete is None:
            return None
        known, plan = self._complete
        if base.source is not known.source or not (self.plan is None or self.plan.has_runs_of(plan)):
            return None
        return self._complete if base.config in (known.config, self._opened) else None

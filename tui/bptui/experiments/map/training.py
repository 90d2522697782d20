"""Training a map: a job that prepares it, and may connect to a cluster, and then its runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bpengine import TrainingConfig
from bpengine.arithmetic.functions import log
from bpengine.many.jobs import divided
from bpengine.many.sweeps import Sweep
from bpengine.many.sweeps.cells import Cells
from bptui.experiments.map.plan import MapBase, MapPlan, proposed_plan
from bptui.experiments.runner import EndingPlan, RunsJob, SlicedJob, sentence_of
from bpwords import translatable

if TYPE_CHECKING:  # imported when there is a cluster
    from bptui.experiments.cluster.executor import ClusterExecutor

CONNECTING = translatable("Connecting to the cluster.")
WITH_NUMPY = translatable("No numba: small and slow.")
MAX_FIRST_WORK = 2**33
"""The most work of a cell that is trained before all others (see `Job.work`): about ten seconds."""


class ImpossibleError(ValueError):
    """A plan is not possible; the message is a sentence."""


class _Preparation(SlicedJob):
    """Makes the jobs of a map. It may take a while to connect to the cluster.

    Args:
        base: what all maps of the tab have in common.
        plan: a plan that is possible; None for the proposed one.
        afresh: whether to train even runs whose results are remembered.

    Attributes:
        executor: the connection to the cluster; None if it is not needed.
    """

    def __init__(self, base: MapBase, plan: MapPlan | None, *, afresh: bool) -> None:
        self._base, self._plan, self._afresh = base, plan, afresh
        self.executor: ClusterExecutor | None = None
        self._is_over = False

    def advance(self) -> bool:
        """See `SlicedJob.advance`.

        Raises:
            ImpossibleError: the plan is not possible.
            ClusterError: the cluster can't be used.
        """
        base, plan = self._base, self._plan or proposed_plan(self._base)
        if problem := base.problem(plan):
            raise ImpossibleError(problem)
        sweep = plan.sweep(base, "auto" if base.compiled else "numpy")
        runner, cluster = base.limits.runner, base.limits.cluster
        jobs = _jobs(sweep, max(runner.threads, 1) if base.compiled else 1, compiled=base.compiled)
        is_known = not self._afresh and all(map(runner.memory.recalled, jobs))
        if cluster is not None and not is_known:
            from bptui.experiments.cluster.executor import ClusterExecutor

            self.executor = ClusterExecutor(cluster, stopped=lambda: self._is_over)
            if self._is_over:
                self.end()
            jobs = _jobs(sweep, self.executor.slots, compiled=base.compiled)
        self._made = plan, sweep, jobs
        return False

    def result(self) -> tuple[MapPlan, Sweep, list[RunsJob]]:
        """The plan, its runs, and the jobs."""
        return self._made

    def end(self) -> None:
        """Give up to connect, and close the connection."""
        self._is_over = True
        if self.executor is not None:
            self.executor.shutdown(wait=False, cancel_futures=True)


class MapTraining(EndingPlan):
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
        self._preparation = _Preparation(base, plan, afresh=afresh)
        self._left: Sequence[SlicedJob] = [self._preparation]
        self._slow = "" if base.compiled else WITH_NUMPY
        self.plan, self.afresh, self.most_jobs = plan, afresh, None if base.compiled else 1
        self.cells: Cells | None = None
        self.note, self.has_failed = "" if base.limits.cluster is None else CONNECTING, False

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
        left, self._left = self._left, []
        return left

    def take(self, job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        if job is self._preparation:
            self.plan, sweep, self._left = result
            self.cells, self.note = self.plan.cells(sweep), self._slow
            self.executor = executor = self._preparation.executor
            if executor is not None:
                self.note = ". ".join([f"On {executor.description}", *executor.notes]) + "."
        elif isinstance(job, RunsJob) and self.cells is not None:
            sweep = self.cells.sweep
            self.cells.add(map(sweep.result, job.job.positions, result))
        if self.is_complete:
            self.end()

    def fail(self, error: Exception) -> None:
        """See `Plan.fail`."""
        self.has_failed = True
        self.note = str(error) if isinstance(error, ImpossibleError) else sentence_of(error)

    def end(self) -> None:
        """See `Plan.end`."""
        self._preparation.end()


def _jobs(sweep: Sweep, workers: int, *, compiled: bool) -> list[RunsJob]:
    """The jobs, first those that show something at once."""
    jobs = []
    for runs in _passes(sweep, compiled=compiled):
        configs = [sweep.runs[run] for run in runs]
        for job in divided(configs, sweep.source, kernel=sweep.kernel, workers=workers):
            numbered = replace(job, positions=tuple(runs[place] for place in job.positions))
            jobs.append(RunsJob(numbered))
    return jobs


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

"""Which changes of the settings help, found out beside the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpengine import Dataset, TrainingConfig
from bpengine.many.advice import Advice, Experiment
from bpengine.training.edits import edited_at
from bptui.experiments.runner import (
    CallJob,
    EndingPlan,
    RunsJob,
    SlicedJob,
    WorkLimits,
    sentence_of,
)
from bptui.session.session import Session
from bpwords import translatable

WITH_NUMPY = translatable("Without numba: few starts, and slow.")


class Advising(EndingPlan):
    """An experiment with changes of given settings.

    Args:
        config: the settings.
        source: the user's own samples; None for the named data set.
        epoch: how many epochs to train; 0 for all.
        compiled: whether to use machine code as soon as it is loaded.
        limits: what the experiment may use.
        edited: when the run was edited, in words; empty if it was not. The experiment repeats no edit.

    Attributes:
        edited: the argument.
        runner: what carries the experiment out.
        advice: what has been found so far; None before the first result.
        note: why the experiment takes a while or has failed; empty if neither.
        has_failed: whether the experiment has failed.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: Dataset | None,
        epoch: int,
        *,
        compiled: bool,
        limits: WorkLimits,
        edited: str = "",
    ) -> None:
        self.edited, self.runner = edited, limits.runner
        self.most_jobs = None if compiled else 1
        kernel = "auto" if compiled else "numpy"
        self._make = lambda: Experiment(config, source, epoch=epoch, kernel=kernel, allows=limits.allows)
        self._experiment: Experiment | None = None
        self.advice: Advice | None = None
        self.note, self.has_failed = "" if compiled else WITH_NUMPY, False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be found."""
        return self.has_failed or (self.advice is not None and self.advice.done)

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        if self._experiment is None:
            return [CallJob(self._make)]
        return [RunsJob(job) for job in self._experiment.jobs()]

    def take(self, job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        if self._experiment is None:
            self._experiment = result
        elif isinstance(job, RunsJob):
            self._experiment.take(job.job, result)
            self.advice = self._experiment.advice

    def fail(self, error: Exception) -> None:
        """See `Plan.fail`."""
        self.note, self.has_failed = sentence_of(error), True


def advising_for(session: Session, limits: WorkLimits) -> Advising:
    """An experiment with changes of the settings, to the run's epoch or, at the start, to its end."""
    run = session.run
    return Advising(
        run.config,
        session.source,
        min(run.epochs_done, run.config.epochs),
        compiled=session.may_compile,
        limits=limits,
        edited=edited_at(run.edits) if run.edits else "",
    )

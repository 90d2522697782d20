"""The errors over a plane, measured on a grid that gets finer."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np

from bpengine import DataError, Dataset, Trainer
from bpengine.arithmetic.arrays import Array
from bpengine.explain.surface import Plane, measuring_errors, principal_plane, random_plane
from bptui.experiments.runner import (
    EndingPlan,
    PiecesJob,
    Runner,
    SlicedJob,
    problem_of,
)
from bptui.session.session import Session

SIDES = (9, 17, 33)
"""How many places are measured along either side, one picture after the other."""


class MeasuringSurface(EndingPlan):
    """The error over a plane through the weights of a run.

    Args:
        trainer: the run, of which nothing changes.
        path: its weights at the stored states and now.
        dataset: the training samples, or a selection of them.
        seed: of random directions; None for the principal ones of the path.
        runner: what measures it.

    Attributes:
        path, dataset, seed, runner: the same.
        plane: the plane; None if there is none.
        errors: the errors at the nodes of a grid, which gets finer; shape (side, side), the lowest row first.
            None at first.
        problem: why there is no plane, without a period; empty if there is one.
    """

    def __init__(
        self, trainer: Trainer, path: Sequence[Array], dataset: Dataset, seed: int | None, runner: Runner
    ) -> None:
        self.path, self.dataset, self.seed, self.runner = path, dataset, seed, runner
        self.plane: Plane | None = None
        self.errors: Array | None = None
        self._network = copy(trainer.network)
        try:
            if seed is None:
                self.plane = principal_plane(path)
            else:
                self.plane = random_plane(path[-1], trainer.sizes, trainer.frozen, seed)
        except DataError as error:
            self.problem = problem_of(error)

    @property
    def has_ended(self) -> bool:
        """Whether the surface will not become finer."""
        return bool(self.problem) or (self.errors is not None and len(self.errors) == SIDES[-1])

    def jobs(self) -> Sequence[SlicedJob]:
        """See `Plan.jobs`."""
        if self.plane is None or self.has_ended:
            return ()
        side = SIDES[0] if self.errors is None else 2 * len(self.errors) - 1
        return [PiecesJob(measuring_errors(self.plane, side, self._network, self.dataset, self.errors))]

    def take(self, _job: SlicedJob, result: Any) -> None:
        """See `Plan.take`."""
        self.errors = result


def surface_of(session: Session, seed: int | None, runner: Runner) -> MeasuringSurface:
    """The error over a plane through the weights: that of the path, or one with random directions."""
    document, dataset = session.document, session.snapshot().run.dataset
    run = document.run
    states = (*(state for state in document.past.states if state.position < run.position), run)
    return MeasuringSurface(session.trainer, [state.parameters for state in states], dataset, seed, runner)


def gradient_of(session: Session) -> Array:
    """The gradient of the error that the session shows, 0 for what is frozen; shape (parameters,)."""
    dataset, trainer = session.snapshot().run.dataset, session.trainer
    gradient = trainer.network.mean_gradient(dataset.inputs, dataset.targets)
    return np.where(trainer.frozen, 0.0, gradient)

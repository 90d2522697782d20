"""Jobs: many runs, divided into groups that are trained side by side, on threads or with any executor."""

from bpengine.many.jobs.dividing import bundled, divided
from bpengine.many.jobs.executing import (
    Outcomes,
    RemoteExecutor,
    outcomes_as_they_come,
    processors,
    train_all,
    trained,
)
from bpengine.many.jobs.job import Job, Training

__all__ = [
    "Job",
    "Outcomes",
    "RemoteExecutor",
    "Training",
    "bundled",
    "divided",
    "outcomes_as_they_come",
    "processors",
    "train_all",
    "trained",
]

"""Jobs: many runs, divided into groups that are trained side by side, on threads or with any executor."""

from bpengine.many.jobs.dividing import divided
from bpengine.many.jobs.executing import RemoteExecutor, outcomes_as_they_come, processors, trained
from bpengine.many.jobs.job import Job, Training

__all__ = ["Job", "RemoteExecutor", "Training", "divided", "outcomes_as_they_come", "processors", "trained"]

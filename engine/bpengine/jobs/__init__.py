"""Jobs: many runs, divided into groups that are trained side by side, on threads or with any executor."""

from bpengine.jobs.dividing import divided
from bpengine.jobs.executing import RemoteExecutor, outcomes_as_they_come, processors, trained
from bpengine.jobs.job import Job

__all__ = ["Job", "RemoteExecutor", "divided", "outcomes_as_they_come", "processors", "trained"]

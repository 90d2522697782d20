"""Advice by experiment: changes of the settings are tried on many starts, and those that help are named."""

from bpengine.many.advice.changes import TriedChange, changes_worth_trying
from bpengine.many.advice.experiment import Experiment
from bpengine.many.advice.trials import Advice, Trial, Verdict

__all__ = ["Advice", "Experiment", "Trial", "TriedChange", "Verdict", "changes_worth_trying"]

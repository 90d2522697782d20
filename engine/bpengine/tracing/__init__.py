"""The next step of a run taken apart: every number of it, for teaching and for checking."""

from bpengine.tracing.records import LayerTrace, Parameters, Trace
from bpengine.tracing.taking_apart import take_apart

__all__ = ["LayerTrace", "Parameters", "Trace", "take_apart"]

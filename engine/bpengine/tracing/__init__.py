"""Traces: every number of a run's next step, for teaching and for checking."""

from bpengine.tracing.records import LayerTrace, Parameters, Trace
from bpengine.tracing.tracing import trace_step

__all__ = ["LayerTrace", "Parameters", "Trace", "trace_step"]

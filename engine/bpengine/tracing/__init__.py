"""The next step of a run taken apart: every number of it, for teaching and for checking."""

from bpengine.tracing.records import LayerTrace, Parameters, Trace
from bpengine.tracing.tracing import trace_step

__all__ = ["LayerTrace", "Parameters", "Trace", "trace_step"]

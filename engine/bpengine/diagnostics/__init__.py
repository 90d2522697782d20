"""What goes on inside a network, in the figures that tell why it learns or doesn't, and a verdict on them."""

from bpengine.diagnostics.measuring import diagnose
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.diagnostics.verdict import verdict

__all__ = ["Diagnostics", "LayerDiagnostics", "diagnose", "verdict"]

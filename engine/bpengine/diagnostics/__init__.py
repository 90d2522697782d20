"""Figures on the inside of a network that show why it learns or does not, and a verdict on them."""

from bpengine.diagnostics.measuring import diagnose
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.diagnostics.verdict import verdict

__all__ = ["Diagnostics", "LayerDiagnostics", "diagnose", "verdict"]

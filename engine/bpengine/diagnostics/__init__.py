"""Figures on the inside of a network that show why it learns or does not, and sentences on what they show."""

from bpengine.diagnostics.measuring import diagnose
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.diagnostics.verdict import Finding, Kind, findings, verdict

__all__ = ["Diagnostics", "Finding", "Kind", "LayerDiagnostics", "diagnose", "findings", "verdict"]

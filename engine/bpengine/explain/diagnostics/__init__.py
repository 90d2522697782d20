"""Diagnostics: figures that show why a network learns or does not, and sentences that explain them."""

from bpengine.explain.diagnostics.measuring import Diagnosis, Diagnostics, LayerDiagnostics, diagnose
from bpengine.explain.diagnostics.verdict import Finding, FindingKind, findings, verdict

__all__ = ["Diagnosis", "Diagnostics", "Finding", "FindingKind", "LayerDiagnostics"]
__all__ += ["diagnose", "findings", "verdict"]

"""The next step of a run taken apart: every number with its formula, for teaching and for checking."""

from bpengine.tracing.derivation import Derived, derive
from bpengine.tracing.notation import TEX, TEXT, Notation, equation
from bpengine.tracing.quantities import PHASES, QUANTITIES, Phase, Quantity
from bpengine.tracing.records import LayerTrace, Parameters, Trace

__all__ = [
    "PHASES",
    "QUANTITIES",
    "TEX",
    "TEXT",
    "Derived",
    "LayerTrace",
    "Notation",
    "Parameters",
    "Phase",
    "Quantity",
    "Trace",
    "derive",
    "equation",
]

"""The next step of a run taken apart: every number with its formula, for teaching and for checking."""

from bpengine.tracing.derivation import Derived, derive
from bpengine.tracing.expressions import Symbol
from bpengine.tracing.notation import TEX, TEXT, Notation, equation
from bpengine.tracing.parsing import assignments
from bpengine.tracing.quantities import PHASES, QUANTITIES, Phase, Quantity
from bpengine.tracing.records import LayerTrace, Parameters, Trace
from bpengine.tracing.taking_apart import take_apart
from bpengine.tracing.updates import settings_of

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
    "Symbol",
    "Trace",
    "assignments",
    "derive",
    "equation",
    "settings_of",
    "take_apart",
]

"""A traced step with the formula of every number, and a check of the gradient.

Training does not need this package, which is imported only when it is used.
"""

from bpengine.explain.derivation.checking import DerivativeCheck, gradient_check
from bpengine.explain.derivation.deriving import derive, derive_batch, settings_of
from bpengine.explain.derivation.expressions import Symbol, assignments
from bpengine.explain.derivation.notation import TEX, TEXT, Notation, equation
from bpengine.explain.derivation.quantities import PHASES, QUANTITIES, Phase, Quantity
from bpengine.explain.derivation.rounding import digits_to_solve
from bpengine.explain.derivation.symbols import Derived

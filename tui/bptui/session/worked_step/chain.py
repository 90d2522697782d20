"""The chain rule for a weight's derivative, factor by factor, and its check by central differences."""

from __future__ import annotations

from bpengine.explain.derivation import TEXT, DerivativeCheck, Derived, equation
from bpengine.network.network import parameter_count
from bpengine.training.edits import BIAS, Input
from bptui.session.worked_step.position import GRADIENTS, BoxWalk
from bpwords import Sentence, joined, word
from bpwords.numbers import value_text

MAX_LINES = 8
"""The most deltas that are written out."""


def parameter_of(walk: BoxWalk) -> int | None:
    """The index in the network's parameters of the current weight or bias; for a unit, of its bias."""
    layer, unit, source = walk.number.place
    if layer is None or unit is None:
        return None
    sizes = walk.trace.sizes
    row = sizes[layer] if source is None else source
    return parameter_count(sizes[: layer + 1]) + row * sizes[layer + 1] + unit


def edited_at_number(walk: BoxWalk) -> tuple[int, int, Input] | None:
    """The layer and unit of the current number; for a weight or bias also its input, or "bias".

    None if the number does not belong to a unit.
    """
    layer, unit, source = walk.number.place
    if layer is None or unit is None:
        return None
    # A number of the whole batch that belongs to a unit belongs to one of its weights or to its bias.
    return layer, unit, BIAS if source is None and walk.number.is_of_batch else source


def chain(walk: BoxWalk) -> list[str]:
    """The equations that lead from the loss to the derivative of the current weight or bias."""
    layer, unit, source = walk.number.place
    if layer is None or unit is None:
        return []

    def leads_here(number: Derived) -> bool:
        place = number.place
        if place.layer is None or number.phase != "backward":
            return False
        if number.quantity.name in GRADIENTS:
            return place == (layer, unit, source)
        return place.layer > layer or place[:2] == (layer, unit)

    *deltas, gradient = [number for number in walk.numbers if leads_here(number)]
    left_out = ["..."] if len(deltas) > MAX_LINES + 1 else []
    end = (*deltas[MAX_LINES:][-1:], gradient)
    return [*map(_line, deltas[:MAX_LINES]), *left_out, *map(_line, end)]


def _line(derived: Derived) -> str:
    symbol, formula, numbers, result = equation(derived, TEXT)
    parts = [symbol, formula, result] if numbers == result else [symbol, formula, numbers, result]
    return " = ".join(parts)


def chain_words(walk: BoxWalk, check: DerivativeCheck) -> str:
    """The chain of the current weight or bias, and its check, in sentences."""
    down = Sentence("From the loss down: {equations}.")
    return joined(check_in_words(check), down(equations=word("; ", "list").join(chain(walk))))


def check_in_words(check: DerivativeCheck) -> str:
    """A sentence on how well the chain rule and central differences agree."""
    if check.has_kink:
        compared = Sentence("{both}: the loss has a corner here, where the two may differ.")
    elif check.is_zero:
        compared = Sentence("{both}: equal, but two zeros prove nothing.")
    elif check.relative_error <= 1e-6:
        compared = Sentence("{both}: equal within a relative error of {error}.")
    elif check.agrees:
        compared = Sentence("{both}: equal within the rounding of the loss.")
    else:
        compared = Sentence("{both}: they differ by {error}.")
    both = Sentence("By the chain rule {by_rule}, by central differences {differences}")
    said = both(by_rule=value_text(check.by_chain_rule), differences=value_text(check.by_differences))
    return compared(both=said, error=f"{check.relative_error:.0e}")

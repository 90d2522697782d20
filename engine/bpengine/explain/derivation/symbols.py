"""The numbers in a trace: their symbols, their places, and their derivations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bpengine.explain.derivation.expressions import Expression, Symbol, Variable
from bpengine.explain.derivation.quantities import QUANTITIES, Phase, Quantity
from bpengine.training.tracing import LayerTrace, Parameters, Trace


class ParameterPlace(NamedTuple):
    """The place of a number in the network, counted from 0; None for a part that does not apply."""

    layer: int | None = None
    unit: int | None = None
    input: int | None = None
    """The input of a weight; None for a bias."""

    @property
    def of_unit(self) -> tuple[int, int]:
        """The layer and the unit, of which neither is None."""
        assert self.layer is not None
        assert self.unit is not None
        return self.layer, self.unit


@dataclass(frozen=True, slots=True)
class Derived:
    """One number of a step, and its derivation."""

    quantity: Quantity
    place: ParameterPlace
    """The place in the network that it belongs to."""
    result: Variable
    """Its symbol, and its value in the trace."""
    formula: Expression
    """The formula with its numbers. Its value may differ from that in the trace by rounding."""

    @property
    def phase(self) -> Phase:
        """The part of the step."""
        return self.quantity.phase

    @property
    def is_of_batch(self) -> bool:
        """Whether it belongs to the whole batch: a mean over it, or a result of such a mean."""
        return self.phase == "update" or self.quantity.section == "gradient"


class SampleVariables:
    """The variables of one sample of a trace."""

    def __init__(self, trace: Trace, row: int) -> None:
        self._trace = trace
        self._row = row
        self._last = len(trace.layers) - 1

    def input(self, layer: int, index: int) -> Variable:
        """The value that a layer receives: x, or a of the layer before; with dropout its h."""
        if layer:
            return self.handed_over(layer - 1, index)
        return Variable(Symbol("x", None, (index + 1,)), float(self._trace.inputs[self._row, index]))

    def z(self, layer: int, unit: int) -> Variable:
        """The weighted sum of a unit, named u in the output layer."""
        value = float(self._trace.layers[layer].z[self._row, unit])
        name, number = ("u", None) if layer == self._last else ("z", layer + 1)
        return Variable(Symbol(name, number, (unit + 1,)), value)

    def a(self, layer: int, unit: int) -> Variable:
        """The activation of a unit, named y in the output layer."""
        if layer == self._last:
            return Variable(Symbol("y", None, (unit + 1,)), float(self._trace.outputs[self._row, unit]))
        value = float(self._trace.layers[layer].a[self._row, unit])
        return Variable(Symbol("a", layer + 1, (unit + 1,)), value)

    def mask(self, layer: int, unit: int) -> Variable:
        """The factor of dropout of a hidden unit."""
        value = float(self._trace.layers[layer].mask[self._row, unit])
        return Variable(Symbol("m", layer + 1, (unit + 1,)), value)

    def handed_over(self, layer: int, unit: int) -> Variable:
        """What a hidden unit hands over to the next layer: a, or with dropout h = a m."""
        if not self._trace.has_dropout:
            return self.a(layer, unit)
        value = float(self._trace.layers[layer + 1].inputs[self._row, unit])
        return Variable(Symbol("h", layer + 1, (unit + 1,)), value)

    def target(self, unit: int) -> Variable:
        """The target of an output."""
        return Variable(Symbol("t", None, (unit + 1,)), float(self._trace.targets[self._row, unit]))

    def delta(self, layer: int, unit: int) -> Variable:
        """The delta of a unit."""
        value = float(self._trace.layers[layer].delta[self._row, unit])
        return Variable(Symbol("delta", layer + 1, (unit + 1,)), value)


def parameter_symbol(place: ParameterPlace, *, is_new: bool = False) -> Symbol:
    """W1[2,3] for the weight of input 2 and unit 3 of layer 1, b1[3] for the bias of that unit."""
    layer, unit = place.of_unit
    if place.input is None:
        return Symbol("b", layer + 1, (unit + 1,), is_new=is_new)
    return Symbol("W", layer + 1, (place.input + 1, unit + 1), is_new=is_new)


def element(parameters: Parameters, place: ParameterPlace) -> float:
    """The number at a place."""
    _, unit = place.of_unit
    return float(parameters.biases[unit] if place.input is None else parameters.weights[place.input, unit])


def parameter(layer: LayerTrace, place: ParameterPlace) -> Variable:
    """The weight or bias before the step."""
    return Variable(parameter_symbol(place), element(layer.before, place))


def raw_gradient(layer: LayerTrace, place: ParameterPlace) -> Variable:
    """The derivative of the mean loss with respect to a weight or bias."""
    return Variable(Symbol("dL/d", of=parameter_symbol(place)), element(layer.gradient, place))


def derived(name: str, place: ParameterPlace, result: Variable, formula: Expression) -> Derived:
    """The derivation of a number; see `Derived`.

    Args:
        name: the name of its quantity.
    """
    return Derived(QUANTITIES[name], place, result, formula)


def parameter_place(sizes: tuple[int, ...], index: int) -> ParameterPlace:
    """The place of a number in the parameter vector of a network with layers of these sizes."""
    for layer, (inputs, units) in enumerate(pairwise(sizes)):
        if index < (inputs + 1) * units:
            row, unit = divmod(index, units)
            return ParameterPlace(layer, unit, row if row < inputs else None)
        index -= (inputs + 1) * units
    raise IndexError("there is no such parameter")


def places(trace: Trace, layer: int, most: int | None) -> list[ParameterPlace]:
    """The weights of a layer unit by unit, each unit's bias after its weights."""
    inputs, units = trace.layers[layer].before.weights.shape
    return [
        ParameterPlace(layer, unit, index)
        for unit in range(units)[:most]
        for index in (*range(inputs)[:most], None)
    ]

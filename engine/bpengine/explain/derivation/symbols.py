"""The symbols and places of the numbers in a trace."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from bpengine.explain.derivation.expressions import Expression, Symbol, Variable
from bpengine.explain.derivation.quantities import QUANTITIES, Quantity
from bpengine.tracing.records import LayerTrace, Parameters, Trace


class Place(NamedTuple):
    """The place of a number in the network, counted from 0; None for a part that does not apply."""

    layer: int | None = None
    unit: int | None = None
    input: int | None = None
    """The input of a weight; None for a bias."""


Item = tuple[Quantity, Place, Variable, Expression]
"""The content of a `Derived`."""


class Names:
    """The variables of one sample of a trace."""

    def __init__(self, trace: Trace, row: int) -> None:
        self._trace = trace
        self._row = row
        self._last = len(trace.layers) - 1

    def input(self, layer: int, index: int) -> Variable:
        """The value that a layer receives: x, or a of the layer before."""
        if layer:
            return self.a(layer - 1, index)
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

    def target(self, unit: int) -> Variable:
        """The target of an output."""
        return Variable(Symbol("t", None, (unit + 1,)), float(self._trace.targets[self._row, unit]))

    def delta(self, layer: int, unit: int) -> Variable:
        """The delta of a unit."""
        value = float(self._trace.layers[layer].delta[self._row, unit])
        return Variable(Symbol("delta", layer + 1, (unit + 1,)), value)


def parameter_symbol(place: Place, *, is_new: bool = False) -> Symbol:
    """W1[2,3] for the weight of input 2 and unit 3 of layer 1, b1[3] for the bias of that unit."""
    layer, unit, index = place
    assert layer is not None
    assert unit is not None
    if index is None:
        return Symbol("b", layer + 1, (unit + 1,), is_new=is_new)
    return Symbol("W", layer + 1, (index + 1, unit + 1), is_new=is_new)


def element(parameters: Parameters, place: Place) -> float:
    """The number at a place."""
    assert place.unit is not None
    if place.input is None:
        return float(parameters.biases[place.unit])
    return float(parameters.weights[place.input, place.unit])


def parameter(layer: LayerTrace, place: Place) -> Variable:
    """The weight or bias before the step."""
    return Variable(parameter_symbol(place), element(layer.before, place))


def raw_gradient(layer: LayerTrace, place: Place) -> Variable:
    """The derivative of the mean loss with respect to a weight or bias."""
    return Variable(Symbol("dL/d", of=parameter_symbol(place)), element(layer.gradient, place))


def quantity(name: str) -> Quantity:
    """The description of a quantity."""
    return QUANTITIES[name]


def place_of(sizes: tuple[int, ...], index: int) -> Place:
    """The place of a number in the parameter vector of a network with layers of these sizes."""
    for layer, (inputs, units) in enumerate(pairwise(sizes)):
        if index < (inputs + 1) * units:
            row, unit = divmod(index, units)
            return Place(layer, unit, row if row < inputs else None)
        index -= (inputs + 1) * units
    raise IndexError("there is no such parameter")


def places(trace: Trace, layer: int, most: int | None) -> list[Place]:
    """The weights of a layer unit by unit, each unit's bias after its weights."""
    inputs, units = trace.layers[layer].before.weights.shape
    return [
        Place(layer, unit, index) for unit in range(units)[:most] for index in (*range(inputs)[:most], None)
    ]

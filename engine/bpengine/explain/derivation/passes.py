"""The formulas of the forward pass, the loss and the backward pass."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bpengine.activations import ACTIVATIONS
from bpengine.arithmetic.elementary import LOG_OFFSET
from bpengine.explain.derivation.expressions import (
    Call,
    Expression,
    Mean,
    Negative,
    Number,
    Power,
    Quotient,
    Series,
    Sum,
    Symbol,
    Variable,
    product,
    series,
    total,
)
from bpengine.explain.derivation.parsing import parse
from bpengine.explain.derivation.symbols import (
    Derived,
    Names,
    Place,
    derived,
    parameter,
    places,
    raw_gradient,
)
from bpengine.explain.derivation.updates import update
from bpengine.tracing import LayerTrace, Trace


def forward(trace: Trace, row: int, most: int | None) -> Iterator[Derived]:
    """z and a of each layer: z = x W + b, a = f(z); for the output layer u and y."""
    names = Names(trace, row)
    last = len(trace.layers) - 1
    for index, layer in enumerate(trace.layers):
        inputs, units = layer.before.weights.shape
        for unit in range(units)[:most]:
            formula = Series(partial(_addend, names, layer, Place(index, unit)), inputs + 1)
            yield derived("weighted sum", Place(index, unit), names.z(index, unit), formula)
        for unit in range(units)[:most]:
            z, a = names.z(index, unit), names.a(index, unit)
            if index == last:
                yield derived("output", Place(index, unit), a, _output(trace, names, unit, units))
            else:
                of_z = parse(ACTIVATIONS[layer.function].formula, {"z": z})
                yield derived("activation", Place(index, unit), a, of_z)


def _addend(names: Names, layer: LayerTrace, place: Place, i: int) -> Expression:
    """A term of a unit's z: x w of input i or, after all inputs, b."""
    index, unit = place.of_unit
    if i == len(layer.before.weights):
        return parameter(layer, place)
    return product(names.input(index, i), parameter(layer, Place(index, unit, i)))


def _output(trace: Trace, names: Names, unit: int, units: int) -> Expression:
    """y = u for the identity, y = exp(u) / sum exp(u) for softmax."""
    last = len(trace.layers) - 1
    if trace.config.task == "regression":
        return names.z(last, unit)
    exponentials = tuple(Call("exp", (names.z(last, other),)) for other in range(units))
    return Quotient(exponentials[unit], total(exponentials))


def loss(trace: Trace, row: int, _most: int | None) -> Iterator[Derived]:
    """L = 1/2 sum (y - t)² for numbers, L = -sum t log(y + 1e-7) for classes."""
    names = Names(trace, row)
    last, units = len(trace.layers) - 1, range(trace.sizes[-1])
    pairs = [(names.a(last, unit), names.target(unit)) for unit in units]
    formula: Expression
    if trace.config.task == "regression":
        squares = tuple(Power(Sum((y, Negative(t))), Number(2.0)) for y, t in pairs)
        formula = product(Number(0.5, "1/2"), total(squares))
    else:
        logs = tuple(product(t, Call("log", (Sum((y, Number(LOG_OFFSET))),))) for y, t in pairs)
        formula = Negative(total(logs))
    yield derived("loss", Place(), Variable(Symbol("L"), float(trace.losses[row])), formula)


def backward(trace: Trace, row: int, most: int | None) -> Iterator[Derived]:
    """Delta and the gradient of each layer, from the last layer to the first."""
    names = Names(trace, row)
    last = len(trace.layers) - 1
    for index in range(last, -1, -1):
        layer = trace.layers[index]
        for unit in range(trace.sizes[index + 1])[:most]:
            place, delta = Place(index, unit), names.delta(index, unit)
            if index == last:
                difference = Sum((names.a(last, unit), Negative(names.target(unit))))
                yield derived("output delta", place, delta, difference)
            else:
                yield derived("delta", place, delta, _delta(trace, names, place))
        for place in places(trace, index, most):
            name = "bias gradient" if place.input is None else "weight gradient"
            formula = _factors(names, place)
            if len(trace.indices) > 1:
                terms = partial(_factors_of_row, trace, place)
                formula = Mean(Series(terms, len(trace.indices)))
            yield derived(name, place, raw_gradient(layer, place), formula)


def _delta(trace: Trace, names: Names, place: Place) -> Expression:
    """(sum over the next layer of delta' W') f'(z)."""
    layer, unit = place.of_unit
    following = trace.layers[layer + 1]

    def term(k: int) -> Expression:
        return product(names.delta(layer + 1, k), parameter(following, Place(layer + 1, k, unit)))

    returned = series(term, trace.sizes[layer + 2])
    variables = {"z": names.z(layer, unit), "a": names.a(layer, unit)}
    slope = parse(ACTIVATIONS[trace.layers[layer].function].derivative, variables)
    return returned if slope == Number(1.0) else product(returned, slope)


def _factors_of_row(trace: Trace, place: Place, row: int) -> Expression:
    return _factors(Names(trace, row), place)


def _factors(names: Names, place: Place) -> Expression:
    """x delta for a weight, delta for a bias."""
    layer, unit = place.of_unit
    delta = names.delta(layer, unit)
    return delta if place.input is None else product(names.input(layer, place.input), delta)


def derive(trace: Trace, row: int = 0, *, most: int | None = None) -> Iterator[Derived]:
    """Yield the numbers of a step.

    The forward pass, the loss and the deltas are those of one sample. The gradient and the update are those
    of the whole batch.

    Args:
        trace: the step.
        row: the sample's index in the batch.
        most: the most units of each layer, and the most inputs of each unit, whose numbers are yielded; by
            default all.
    """
    for part in (forward, loss, backward):
        yield from part(trace, row, most)
    yield from update(trace, most)


def derive_batch(trace: Trace) -> Iterator[tuple[int | None, Derived]]:
    """Yield the numbers of a step for all of its samples, each with the sample's index in the batch.

    First comes each sample with its forward pass, its loss and its deltas; then, with None in place of an
    index, the gradient and the update of the batch. See `derive` for the trace and the order.
    """
    samples = range(len(trace.indices))
    if len(samples) == 1:
        yield from ((None if derived.is_of_batch else 0, derived) for derived in derive(trace))
        return
    for row in samples:
        for part in (forward, loss, backward):
            yield from ((row, derived) for derived in part(trace, row, None) if not derived.is_of_batch)
    yield from ((None, derived) for derived in derive(trace) if derived.is_of_batch)

"""The formulas of every number of a step: of the forward pass, the loss, the backward pass and the update."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from bpengine.arithmetic.elementary import LOG_OFFSET
from bpengine.arithmetic.updating import EPSILON
from bpengine.explain.derivation.expressions import (
    Call,
    Constant,
    Expression,
    Mean,
    Negative,
    Power,
    Quotient,
    Sum,
    Symbol,
    Variable,
    assignments,
    parse_expression,
    product,
    series,
    total,
)
from bpengine.explain.derivation.symbols import (
    Derived,
    ParameterPlace,
    SampleVariables,
    derived,
    element,
    parameter,
    parameter_place,
    parameter_symbol,
    places,
    raw_gradient,
)
from bpengine.hyperparameters import FIELD
from bpengine.network.activations import ACTIVATIONS
from bpengine.network.optimizers import OPTIMIZERS, SCHEDULES
from bpengine.training.tracing import LayerTrace, Trace


def forward(trace: Trace, row: int, most: int | None) -> Iterator[Derived]:
    """z and a of each layer: z = x W + b, a = f(z); with dropout h = a m; for the output layer u and y."""
    names = SampleVariables(trace, row)
    last = len(trace.layers) - 1
    for index, layer in enumerate(trace.layers):
        inputs, units = layer.before.weights.shape
        for unit in range(units)[:most]:
            formula = Sum(partial(_addend, names, layer, ParameterPlace(index, unit)), inputs + 1)
            yield derived("weighted sum", ParameterPlace(index, unit), names.z(index, unit), formula)
        for unit in range(units)[:most]:
            z, a = names.z(index, unit), names.a(index, unit)
            if index == last:
                yield derived("output", ParameterPlace(index, unit), a, _output(trace, names, unit, units))
            else:
                of_z = parse_expression(ACTIVATIONS[layer.function].formula, {"z": z})
                yield derived("activation", ParameterPlace(index, unit), a, of_z)
        if trace.has_dropout and index < last:
            for unit in range(units)[:most]:
                place, h = ParameterPlace(index, unit), names.handed_over(index, unit)
                yield derived("dropout", place, h, product(names.a(index, unit), names.mask(index, unit)))


def _addend(names: SampleVariables, layer: LayerTrace, place: ParameterPlace, i: int) -> Expression:
    """A term of a unit's z: x w of input i or, after all inputs, b."""
    index, unit = place.of_unit
    if i == len(layer.before.weights):
        return parameter(layer, place)
    return product(names.input(index, i), parameter(layer, ParameterPlace(index, unit, i)))


def _output(trace: Trace, names: SampleVariables, unit: int, units: int) -> Expression:
    """y = u for the identity, y = exp(u) / sum exp(u) for softmax."""
    last = len(trace.layers) - 1
    if trace.config.task == "regression":
        return names.z(last, unit)
    exponentials = tuple(Call("exp", (names.z(last, other),)) for other in range(units))
    return Quotient(exponentials[unit], total(exponentials))


def loss(trace: Trace, row: int, _most: int | None) -> Iterator[Derived]:
    """L = 1/2 sum (y - t)² for numbers, L = -sum t log(y + 1e-7) for classes."""
    names = SampleVariables(trace, row)
    last, units = len(trace.layers) - 1, range(trace.sizes[-1])
    pairs = [(names.a(last, unit), names.target(unit)) for unit in units]
    formula: Expression
    if trace.config.task == "regression":
        squares = tuple(Power(total((y, Negative(t))), Constant(2.0)) for y, t in pairs)
        formula = product(Constant(0.5, "1/2"), total(squares))
    else:
        logs = tuple(product(t, Call("log", (total((y, Constant(LOG_OFFSET))),))) for y, t in pairs)
        formula = Negative(total(logs))
    yield derived("loss", ParameterPlace(), Variable(Symbol("L"), float(trace.losses[row])), formula)


def backward(trace: Trace, row: int, most: int | None) -> Iterator[Derived]:
    """Delta and the gradient of each layer, from the last layer to the first."""
    names = SampleVariables(trace, row)
    last = len(trace.layers) - 1
    for index in range(last, -1, -1):
        layer = trace.layers[index]
        for unit in range(trace.sizes[index + 1])[:most]:
            place, delta = ParameterPlace(index, unit), names.delta(index, unit)
            if index == last:
                difference = total((names.a(last, unit), Negative(names.target(unit))))
                yield derived("output delta", place, delta, difference)
            else:
                yield derived("delta", place, delta, _delta(trace, names, place))
        for place in places(trace, index, most):
            name = "bias gradient" if place.input is None else "weight gradient"
            formula = _factors(names, place)
            if len(trace.indices) > 1:
                terms = partial(_factors_of_row, trace, place)
                formula = Mean(Sum(terms, len(trace.indices)))
            yield derived(name, place, raw_gradient(layer, place), formula)


def _delta(trace: Trace, names: SampleVariables, place: ParameterPlace) -> Expression:
    """(sum over the next layer of delta' W') f'(z), with dropout times m."""
    layer, unit = place.of_unit
    following = trace.layers[layer + 1]

    def term(k: int) -> Expression:
        return product(names.delta(layer + 1, k), parameter(following, ParameterPlace(layer + 1, k, unit)))

    returned = series(term, trace.sizes[layer + 2])
    variables = {"z": names.z(layer, unit), "a": names.a(layer, unit)}
    slope = parse_expression(ACTIVATIONS[trace.layers[layer].function].derivative, variables)
    factors = () if slope == Constant(1.0) else (slope,)
    return product(returned, *factors, *((names.mask(layer, unit),) if trace.has_dropout else ()))


def _factors_of_row(trace: Trace, place: ParameterPlace, row: int) -> Expression:
    return _factors(SampleVariables(trace, row), place)


def _factors(names: SampleVariables, place: ParameterPlace) -> Expression:
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


def settings_of(trace: Trace) -> list[tuple[Symbol, float]]:
    """Return the settings that the formulas of the update use, with their symbols."""
    config, optimizer = trace.config, OPTIMIZERS[trace.config.optimizer]
    schedule = _schedule_values(trace) if SCHEDULES[config.schedule].changes else {"η": trace.learning_rate}
    values = {
        **schedule,
        **_coefficients(trace),
        "ε": EPSILON if "ε" in optimizer.formula else None,
        "t": trace.updates if "ᵗ" in optimizer.formula else None,
        "l1": config.l1 or None,
        "l2": config.l2 or None,
        "clip": config.clip or None,
    }
    return [(Symbol(name), float(value)) for name, value in values.items() if value is not None]


def update(trace: Trace, most: int | None) -> Iterator[Derived]:
    """Everything from the gradient to the new weights and biases, layer by layer from the first."""
    for index, layer in enumerate(trace.layers):
        if trace.is_penalized:
            for place in places(trace, index, most):
                if place.input is not None and not _is_frozen(layer, place):
                    formula = _penalized(trace, layer, place)
                    yield derived("penalized gradient", place, _with_penalty(trace, layer, place), formula)
    yield from _clipping(trace, most)
    rate = _learning_rate(trace)
    schedule = SCHEDULES[trace.config.schedule]
    if schedule.changes:
        yield derived("learning rate", ParameterPlace(), rate, _schedule(trace))
    for index, layer in enumerate(trace.layers):
        for place in places(trace, index, most):
            if _is_frozen(layer, place):
                new = Variable(parameter_symbol(place, is_new=True), element(layer.new, place))
                name = "frozen bias" if place.input is None else "frozen weight"
                yield derived(name, place, new, parameter(layer, place))
            else:
                yield from _optimizer(trace, layer, place, rate)


def _coefficients(trace: Trace) -> dict[str, float]:
    """The coefficients of the optimizer by their symbols."""
    config = trace.config
    return {FIELD[name].symbol: getattr(config, name) for name in OPTIMIZERS[config.optimizer].coefficients}


def _is_frozen(layer: LayerTrace, place: ParameterPlace) -> bool:
    return element(layer.frozen, place) > 0


def _penalized(trace: Trace, layer: LayerTrace, place: ParameterPlace) -> Expression:
    """g + l2 w + l1 sign(w), without a penalty that is 0."""
    config = trace.config
    formula = "g" + (" + l2 w" if config.l2 > 0 else "") + (" + l1 sign(w)" if config.l1 > 0 else "")
    variables = {
        "g": raw_gradient(layer, place),
        "w": parameter(layer, place),
        "l1": Variable(Symbol("l1"), config.l1),
        "l2": Variable(Symbol("l2"), config.l2),
    }
    return parse_expression(formula, variables)


def _with_penalty(trace: Trace, layer: LayerTrace, place: ParameterPlace) -> Variable:
    """The gradient with its penalty; it has its own symbol only if there is a penalty."""
    if not trace.is_penalized or place.input is None:
        return raw_gradient(layer, place)
    return Variable(Symbol("g", of=parameter_symbol(place)), element(layer.penalized, place))


def _norm(trace: Trace) -> Variable:
    return Variable(Symbol("norm"), trace.norm)


def _clipping(trace: Trace, most: int | None) -> Iterator[Derived]:
    """Yield the norm, if it is limited, and the clipped gradient, if the norm is too large."""
    if trace.config.clip <= 0:
        return

    frozen = [
        values for layer in trace.layers for values in (layer.frozen.weights.ravel(), layer.frozen.biases)
    ]
    trained = np.flatnonzero(np.concatenate(frozen) == 0)

    def square(index: int) -> Expression:
        place = parameter_place(trace.sizes, int(trained[index]))
        layer, _ = place.of_unit
        return Power(_with_penalty(trace, trace.layers[layer], place), Constant(2.0))

    squares = Sum(square, len(trained)) if len(trained) else Constant(0.0)
    yield derived("gradient norm", ParameterPlace(), _norm(trace), Call("sqrt", (squares,)))
    if not trace.is_clipped:
        return
    variables = {"clip": Variable(Symbol("clip"), trace.config.clip), "norm": _norm(trace)}
    for index, layer in enumerate(trace.layers):
        for place in places(trace, index, most):
            if not _is_frozen(layer, place):
                formula = parse_expression(
                    "g clip / norm", variables | {"g": _with_penalty(trace, layer, place)}
                )
                yield derived("clipped gradient", place, _received(trace, layer, place), formula)


def _received(trace: Trace, layer: LayerTrace, place: ParameterPlace) -> Variable:
    """The gradient that the optimizer receives; it has its own symbol only if it was clipped."""
    if not trace.is_clipped:
        return _with_penalty(trace, layer, place)
    return Variable(Symbol("clipped g", of=parameter_symbol(place)), element(layer.clipped, place))


def _learning_rate(trace: Trace) -> Variable:
    """The learning rate, with the epoch in brackets if there is a schedule."""
    indices = (trace.epoch,) if SCHEDULES[trace.config.schedule].changes else ()
    return Variable(Symbol("η", None, indices), trace.learning_rate)


def _schedule(trace: Trace) -> Expression:
    values = _schedule_values(trace)
    variables = {name: Variable(Symbol(name), float(value)) for name, value in values.items()}
    return parse_expression(SCHEDULES[trace.config.schedule].formula, variables)


def _schedule_values(trace: Trace) -> dict[str, float]:
    config = trace.config
    return {
        "η": config.learning_rate,
        "e": trace.epoch,
        "T": config.schedule_epochs,
        "γ": config.schedule_factor,
    }


def _optimizer(trace: Trace, layer: LayerTrace, place: ParameterPlace, rate: Variable) -> Iterator[Derived]:
    """The assignments of the optimizer's formula: first its buffers, then the weight or bias."""
    optimizer = OPTIMIZERS[trace.config.optimizer]
    of = parameter_symbol(place)
    variables = {
        "p": parameter(layer, place),
        "g": _received(trace, layer, place),
        "η": rate,
        **{symbol: Variable(Symbol(symbol), value) for symbol, value in _coefficients(trace).items()},
        "ε": Variable(Symbol("ε"), EPSILON),
        "t": Variable(Symbol("t"), float(trace.updates)),
    }
    *of_buffers, of_parameter = assignments(optimizer.formula)
    for (letter, right), before, after in zip(of_buffers, layer.buffers, layer.new_buffers, strict=True):
        variables[letter] = Variable(Symbol(letter, of=of), element(before, place))
        result = Variable(Symbol(letter, of=of, is_new=True), element(after, place))
        yield derived("buffer", place, result, parse_expression(right, variables))
        variables[letter] = result
    new = Variable(parameter_symbol(place, is_new=True), element(layer.new, place))
    name = "new bias" if place.input is None else "new weight"
    yield derived(name, place, new, parse_expression(of_parameter[1], variables))

"""The formulas of the update: penalties, clipping, the schedule and the optimizer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpengine.arithmetic.updating import EPSILON
from bpengine.explain.derivation.expressions import Call, Expression, Number, Power, Series, Symbol, Variable
from bpengine.explain.derivation.parsing import assignments, parse
from bpengine.explain.derivation.symbols import (
    Derived,
    Place,
    derived,
    element,
    parameter,
    parameter_symbol,
    place_of,
    places,
    raw_gradient,
)
from bpengine.hyperparameters import FIELD
from bpengine.optimizers import OPTIMIZERS
from bpengine.schedules import SCHEDULES
from bpengine.tracing import LayerTrace, Trace


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
        yield derived("learning rate", Place(), rate, _schedule(trace))
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


def _is_frozen(layer: LayerTrace, place: Place) -> bool:
    return element(layer.frozen, place) > 0


def _penalized(trace: Trace, layer: LayerTrace, place: Place) -> Expression:
    """g + l2 w + l1 sign(w), without a penalty that is 0."""
    config = trace.config
    formula = "g" + (" + l2 w" if config.l2 > 0 else "") + (" + l1 sign(w)" if config.l1 > 0 else "")
    variables = {
        "g": raw_gradient(layer, place),
        "w": parameter(layer, place),
        "l1": Variable(Symbol("l1"), config.l1),
        "l2": Variable(Symbol("l2"), config.l2),
    }
    return parse(formula, variables)


def _with_penalty(trace: Trace, layer: LayerTrace, place: Place) -> Variable:
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
        place = place_of(trace.sizes, int(trained[index]))
        layer, _ = place.of_unit
        return Power(_with_penalty(trace, trace.layers[layer], place), Number(2.0))

    squares = Series(square, len(trained)) if len(trained) else Number(0.0)
    yield derived("gradient norm", Place(), _norm(trace), Call("sqrt", (squares,)))
    if not trace.is_clipped:
        return
    variables = {"clip": Variable(Symbol("clip"), trace.config.clip), "norm": _norm(trace)}
    for index, layer in enumerate(trace.layers):
        for place in places(trace, index, most):
            if not _is_frozen(layer, place):
                formula = parse("g clip / norm", variables | {"g": _with_penalty(trace, layer, place)})
                yield derived("clipped gradient", place, _received(trace, layer, place), formula)


def _received(trace: Trace, layer: LayerTrace, place: Place) -> Variable:
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
    return parse(SCHEDULES[trace.config.schedule].formula, variables)


def _schedule_values(trace: Trace) -> dict[str, float]:
    config = trace.config
    return {
        "η": config.learning_rate,
        "e": trace.epoch,
        "T": config.schedule_epochs,
        "γ": config.schedule_factor,
    }


def _optimizer(trace: Trace, layer: LayerTrace, place: Place, rate: Variable) -> Iterator[Derived]:
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
        yield derived("buffer", place, result, parse(right, variables))
        variables[letter] = result
    new = Variable(parameter_symbol(place, is_new=True), element(layer.new, place))
    name = "new bias" if place.input is None else "new weight"
    yield derived(name, place, new, parse(of_parameter[1], variables))

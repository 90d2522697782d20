"""The worst trouble of a network in one sentence, and what to try."""

from __future__ import annotations

import math
from statistics import median

from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics

LEARNED = 0.1
"""Where no more than this part of a constant answer's error is left, saturated units, small gradients and
small updates are signs of a network that is sure and done, not of trouble."""
SATURATED = 0.8
"""Share of saturated activations that is trouble: a unit may well be flat over half of its inputs or more,
being a step between them, but one that is flat nearly everywhere has nothing to learn from."""
VANISHED = 1e-3
"""Part of the output layer's gradient: one sigmoid layer costs a factor of 4 and weights of 0.01 one of 100
at the most, so that below it more than one layer is at fault."""
LARGE_UPDATE = -0.5
"""log10 of update : data, about 1/3. Healthy is -3, but the small weights of the first epochs of a run that
goes well are changed by up to 1/4 at once."""
LARGE_FIRST_UPDATE = 1.0
"""The same before the first epoch is done, from an init scale below `SMALL_SCALE`: some layers then start
with weights that are next to nothing."""
SMALL_SCALE = 0.3
"""Of weights that have to grow first: the curve of a unit is used where its weighted sum is about 1."""
EARLY_UPDATE = -2.0
"""log10 of update : data above which the weights are still being found."""
SLOW_UPDATE = -4.0
"""The same below which learning is slow: 10,000 updates in one direction to double a weight."""
TINY_UPDATE = -5.0
"""The same below which next to nothing happens."""
WORSE = 1.5
"""How many times a constant answer's error is trouble, once there was an epoch to get rid of it."""
NOTHING_LEARNED = 0.9
"""Part of a constant answer's error that counts as all of it."""
PULL = 0.5
"""Part of the gradient: a penalty that pulls a layer's weights back with as much is what holds them."""
DEAD = 0.25
"""Share of a layer's units: a few dead ones in a wide layer cost little."""


def verdict(diagnostics: Diagnostics) -> str:
    """One plain sentence in ASCII of at most 78 characters: what is worst, and what to try."""
    return (
        _of_numbers(diagnostics)
        or _of_units(diagnostics)
        or _of_success(diagnostics)
        or _of_settings(diagnostics)
        or _of_gradients(diagnostics)
        or _of_answers(diagnostics)
        or _of_updates(diagnostics)
    )


def _of_numbers(diagnostics: Diagnostics) -> str:
    layers = diagnostics.layers
    if not all(math.isfinite(n) for n in (diagnostics.error, *(layer.gradient_norm for layer in layers))):
        return f"Numbers overflow: {_smaller(diagnostics)}, then restart."
    return ""


def _of_units(diagnostics: Diagnostics) -> str:
    """What no further training can mend."""
    config = diagnostics.config
    for layer in diagnostics.hidden:
        if layer.equal_units:
            if config.initializer == "zeros":
                why = "a start from zeros can't break the symmetry"
            elif config.initializer == "normal" and config.init_scale == 0:
                why = "init scale 0 can't break the symmetry"
            else:
                why = "lower l1 and l2" if config.l1 or config.l2 else "try another seed"
            return f"All units of {layer.name} are equal: {why}."
    for layer in diagnostics.hidden:
        if len(layer.dead) == layer.units and layer.activation == "relu":
            return f"All units of {layer.name} are dead: leaky-relu or a smaller learning rate."
    return ""


def _of_success(diagnostics: Diagnostics) -> str:
    if diagnostics.error_left > LEARNED:
        return ""
    gone = f"{min(100 * (1 - diagnostics.error_left), 99.9):.3g}%"
    update = _typical_update(diagnostics)
    tail = "" if update is None else f", updates are {_of_weights(update)}"
    return f"Healthy: {gone} of the error is gone{tail}."


def _of_settings(diagnostics: Diagnostics) -> str:
    config = diagnostics.config
    if diagnostics.learning_rate == 0:
        by = " by its schedule" if config.learning_rate else ""
        return f"The learning rate is 0{by}: nothing changes."
    if diagnostics.epochs_done and diagnostics.error_left >= NOTHING_LEARNED:
        for layer in diagnostics.layers:
            # l1 |w| has the slope l1 for every weight, l2/2 w^2 has l2 w.
            pull = max(config.l1, config.l2 * layer.parameter_norm)
            if pull > 0 and pull >= PULL * layer.gradient_norm:
                name = "l2" if pull > config.l1 else "l1"
                return f"The penalty keeps {layer.name} from learning: lower {name}."
    return ""


def _of_gradients(diagnostics: Diagnostics) -> str:
    worst = max(diagnostics.hidden, key=_saturation)
    if _saturation(worst) >= SATURATED:
        share = f"{math.floor(100 * worst.saturation)}%"
        return f"{_capital(worst)} saturated for {share} of outputs: {_smaller(diagnostics)}."
    above = diagnostics.output.gradient_norm
    least = min(diagnostics.hidden, key=lambda layer: layer.gradient_norm)
    if above > 0 and least.gradient_norm < VANISHED * above:
        part = _power(least.gradient_norm / above)
        return f"Gradient vanishes in {least.name} ({part} of the last's): {_livelier(diagnostics)}."
    return ""


def _of_answers(diagnostics: Diagnostics) -> str:
    largest = _largest_update(diagnostics)
    config = diagnostics.config
    to_grow = not diagnostics.epochs_done and config.initializer == "normal"
    limit = LARGE_FIRST_UPDATE if to_grow and config.init_scale < SMALL_SCALE else LARGE_UPDATE
    if largest is not None and largest >= limit:
        return f"Updates are large ({_of_weights(largest)}): lower the learning rate."
    left = diagnostics.error_left
    if WORSE <= left < math.inf and diagnostics.epochs_done:  # infinite where all targets are the same
        times = f"{left:.2g} times its error" if left < 99 else "by far"
        return f"Worse than a constant answer ({times}): lower the learning rate."
    worst = max(diagnostics.hidden, key=lambda layer: len(layer.dead) / layer.units)
    if len(worst.dead) >= DEAD * worst.units:
        number = f"{len(worst.dead)} of {worst.units} units of {worst.name}"
        if worst.activation == "relu":
            return f"{number} are dead: leaky-relu or a smaller learning rate."
        return f"{number} are never above 0: try another seed."
    return ""


def _of_updates(diagnostics: Diagnostics) -> str:
    update, largest = _typical_update(diagnostics), _largest_update(diagnostics)
    if update is None or largest is None:
        return "No weight is updated yet: those above or below it are 0."
    if largest < TINY_UPDATE:
        left = diagnostics.error_left
        if left < NOTHING_LEARNED:
            return f"Almost at rest with {100 * left:.0f}% of the error left: more units or a higher rate."
        return f"Updates are tiny ({_of_weights(largest)}): raise the learning rate."
    if update > EARLY_UPDATE:
        return f"Lively: updates are about {_of_weights(update)}, usual early in a run."
    if update < SLOW_UPDATE:
        return f"Slow: updates are about {_of_weights(update)}; a higher rate may do."
    return f"Healthy: updates are about {_of_weights(update)}."


def _saturation(layer: LayerDiagnostics) -> float:
    """What of it is trouble: that relu is 0 for many samples is its way to work."""
    return layer.saturation if layer.activation in ("sigmoid", "tanh") else 0.0


def _updates(diagnostics: Diagnostics) -> list[float]:
    return [layer.update_log10 for layer in diagnostics.layers if layer.update_log10 is not None]


def _typical_update(diagnostics: Diagnostics) -> float | None:
    updates = _updates(diagnostics)
    return median(updates) if updates else None


def _largest_update(diagnostics: Diagnostics) -> float | None:
    return max(_updates(diagnostics), default=None)


def _smaller(diagnostics: Diagnostics) -> str:
    """What to try against numbers that are too large."""
    by_scale = diagnostics.config.initializer == "normal"
    return f"smaller {'init scale or ' if by_scale else ''}learning rate"


def _livelier(diagnostics: Diagnostics) -> str:
    """What to try against gradients that are too small; it isn't what there is already."""
    config = diagnostics.config
    rectified = all("relu" in name for name in config.activation)
    tries = (
        ["tanh"] if "sigmoid" in config.activation else ["leaky-relu"] if "relu" in config.activation else []
    )
    better = "he" if rectified else "xavier"
    tries += [better] if config.initializer != better else []
    return f"try {' or '.join(tries)}" if tries else "try fewer layers"


def _capital(layer: LayerDiagnostics) -> str:
    return layer.name[0].upper() + layer.name[1:]


def _of_weights(log10: float) -> str:
    """So many times the weights, as people say it: 1/1000 of the weights; one digit."""
    if log10 >= 3:
        return "over 1000 times the weights"
    if log10 < -4.5:
        return f"{_power(10**log10)} of the weights"
    times = float(f"{10**log10:.1g}")
    if times > 1:
        return f"{times:.0f} times the weights"
    parts = float(f"{10**-log10:.1g}")
    return f"1/{parts:.0f} of the weights" if parts > 1 else "as large as the weights"


def _power(value: float) -> str:
    """A small number as a power of ten: 1e-9; 0 for next to nothing."""
    return f"1e-{-round(math.log10(value))}" if value > 1e-99 else "0"

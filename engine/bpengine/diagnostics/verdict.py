"""One sentence on the worst trouble of a network, and what to try."""

from __future__ import annotations

import math
from statistics import median

from bpengine.activations import ACTIVATIONS, Saturation
from bpengine.config import TrainingConfig
from bpengine.diagnostics.records import Diagnostics, LayerDiagnostics
from bpengine.initializers import INITIALIZERS, USUAL_INITIALIZER

LEARNED = 0.1
"""The part of a constant output's error at or below which the network has learned: saturated units, small
gradients and small updates are then no trouble."""
SATURATED = 0.8
"""The share of saturated outputs that is trouble. A unit that acts as a step may saturate for half of its
inputs or more, but a unit that saturates nearly everywhere has no gradient to learn from."""
VANISHED = 1e-3
"""The part of the output layer's gradient below which a layer's gradient has vanished. One sigmoid layer
costs at most a factor of 4 and weights of 0.01 a factor of 100, so that more than one layer must be the
cause."""
LARGE_UPDATE = -0.5
"""The log10 of update / weight, about 1/3, from which updates are too large. -3 is healthy, but in the first
epochs of a run that goes well the small weights change by up to 1/4 in one update."""
LARGE_FIRST_UPDATE = 1.0
"""The same limit during the first epoch with an init scale below `SMALL_SCALE`: some layers then start with
weights close to 0."""
SMALL_SCALE = 0.3
"""The init scale below which weights have to grow first: a unit's curve matters where its weighted sum is
about 1."""
EARLY_UPDATE = -2.0
"""The log10 of update / weight above which the weights are still far from their final values."""
SLOW_UPDATE = -4.0
"""The log10 of update / weight below which learning is slow: doubling a weight takes 10,000 equal updates."""
TINY_UPDATE = -5.0
"""The log10 of update / weight below which hardly anything changes."""
WORSE = 1.5
"""The multiple of a constant output's error that is trouble after the first epoch."""
NOTHING_LEARNED = 0.9
"""The part of a constant output's error that counts as all of it."""
PULL = 0.5
"""The part of a layer's gradient from which the pull of a penalty keeps the layer's weights in place."""
DEAD = 0.25
"""The share of dead units that is trouble: a few dead units in a wide layer cost little."""


def verdict(diagnostics: Diagnostics) -> str:
    """One sentence of at most 78 ASCII characters: what is worst, and what to try."""
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
        return f"Numbers overflow: try a {_smaller(diagnostics)}, then restart."
    return ""


def _of_units(diagnostics: Diagnostics) -> str:
    """What no further training can change."""
    config = diagnostics.config
    for layer in diagnostics.hidden:
        if layer.equal_units:
            initializer = INITIALIZERS[config.initializer]
            if not initializer.breaks_symmetry:
                why = f"a start from {initializer.name} can't break the symmetry"
            elif initializer.uses_scale and config.init_scale == 0:
                why = "init scale 0 can't break the symmetry"
            else:
                why = "lower l1 and l2" if config.l1 or config.l2 else "try another seed"
            return f"All units of {layer.name} are equal: {why}."
    for layer in diagnostics.hidden:
        if len(layer.dead) == layer.units and _stays_dead(layer):
            return f"All units of {layer.name} are dead: {_revival(layer)}."
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
        why = " because of the schedule" if config.learning_rate else ""
        return f"The learning rate is 0{why}: nothing changes."
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
        return f"{_capitalized(worst.name)} is {share} saturated: try a {_smaller(diagnostics)}."
    above = diagnostics.output.gradient_norm
    least = min(diagnostics.hidden, key=lambda layer: layer.gradient_norm)
    if above > 0 and least.gradient_norm < VANISHED * above:
        part = _power(least.gradient_norm / above)
        return f"Gradient vanishes in {least.name} ({part} of the output's): {_steeper(diagnostics.config)}."
    return ""


def _of_answers(diagnostics: Diagnostics) -> str:
    largest = _largest_update(diagnostics)
    config = diagnostics.config
    starts_small = INITIALIZERS[config.initializer].uses_scale and config.init_scale < SMALL_SCALE
    limit = LARGE_FIRST_UPDATE if starts_small and not diagnostics.epochs_done else LARGE_UPDATE
    if largest is not None and largest >= limit:
        return f"Updates are large ({_of_weights(largest)}): lower the learning rate."
    left = diagnostics.error_left
    if WORSE <= left < math.inf and diagnostics.epochs_done:  # infinite where all targets are the same
        times = f"{left:.2g} times its error" if left < 99 else "by far"
        return f"Worse than a constant output ({times}): lower the learning rate."
    worst = max(diagnostics.hidden, key=lambda layer: len(layer.dead) / layer.units)
    if len(worst.dead) >= DEAD * worst.units:
        if _stays_dead(worst):
            dead = f"{len(worst.dead)} dead units of {worst.units}"
            return f"{_capitalized(worst.name)} has {dead}: {_revival(worst)}."
        return f"{len(worst.dead)} of {worst.units} units of {worst.name} are always off: try another seed."
    return ""


def _of_updates(diagnostics: Diagnostics) -> str:
    update, largest = _typical_update(diagnostics), _largest_update(diagnostics)
    if update is None or largest is None:
        return "No weight is updated yet: the weights of other layers are 0."
    if largest < TINY_UPDATE:
        left = diagnostics.error_left
        if left < NOTHING_LEARNED:
            return (
                f"Stalled with {100 * left:.0f}% of the error left: try more units or a higher learning rate."
            )
        return f"Updates are tiny ({_of_weights(largest)}): raise the learning rate."
    if update > EARLY_UPDATE:
        return f"Fast: updates are about {_of_weights(update)}, usual early in a run."
    if update < SLOW_UPDATE:
        return f"Slow: updates are about {_of_weights(update)}; try a higher learning rate."
    return f"Healthy: updates are about {_of_weights(update)}."


def _saturation(layer: LayerDiagnostics) -> float:
    """The layer's saturation, as far as it is trouble: units that switch off are meant to."""
    saturation = _rule(layer)
    return 0.0 if saturation is None or saturation.switches_off else layer.saturation


def _stays_dead(layer: LayerDiagnostics) -> bool:
    """Whether dead units of this layer cannot recover, because no gradient gets through."""
    saturation = _rule(layer)
    return saturation is not None and saturation.slope == 0


def _rule(layer: LayerDiagnostics) -> Saturation | None:
    return ACTIVATIONS[layer.activation].saturation


def _revival(layer: LayerDiagnostics) -> str:
    """What to try against dead units."""
    alternative = ACTIVATIONS[layer.activation].alternative
    return f"try {f'{alternative} or ' if alternative else ''}a lower learning rate"


def _updates(diagnostics: Diagnostics) -> list[float]:
    return [layer.update_log10 for layer in diagnostics.layers if layer.update_log10 is not None]


def _typical_update(diagnostics: Diagnostics) -> float | None:
    updates = _updates(diagnostics)
    return median(updates) if updates else None


def _largest_update(diagnostics: Diagnostics) -> float | None:
    return max(_updates(diagnostics), default=None)


def _smaller(diagnostics: Diagnostics) -> str:
    """What to make smaller where numbers are too large."""
    by_scale = INITIALIZERS[diagnostics.config.initializer].uses_scale
    return f"smaller {'init scale or ' if by_scale else ''}learning rate"


def _steeper(config: TrainingConfig) -> str:
    """What to try against gradients that are too small, leaving out what is in use already."""
    used = [activation for name, activation in ACTIVATIONS.items() if name in config.activation]
    alternative = next((activation.alternative for activation in used if activation.alternative), "")
    suited = {activation.initializer for activation in used}
    initializer = suited.pop() if len(suited) == 1 else USUAL_INITIALIZER
    tries = [alternative] if alternative else []
    tries += [initializer] if config.initializer != initializer else []
    return f"try {' or '.join(tries)}" if tries else "try fewer layers"


def _capitalized(name: str) -> str:
    return name[0].upper() + name[1:]


def _of_weights(log10: float) -> str:
    """The ratio of updates to weights in words, to one digit: 1/1000 of the weights."""
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
    """A small number as a power of ten, such as 1e-9, or 0 if it is below 1e-99."""
    return f"1e-{-round(math.log10(value))}" if value > 1e-99 else "0"

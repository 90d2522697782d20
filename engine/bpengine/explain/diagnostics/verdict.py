"""What a diagnosis shows, in sentences that can be checked. A remedy is named only if it is certain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bpengine.explain.diagnostics.measuring import Diagnostics, LayerDiagnostics
from bpengine.network.activations import ACTIVATIONS, INITIALIZERS
from bpengine.network.optimizers import FIRST_MOMENT, OPTIMIZERS
from bpengine.training.sharpness import TRIED_ABOVE, TRIED_BELOW, TRIED_STEPS
from bpwords import Sentence, capitalized, joined, listed, many, word
from bpwords.numbers import number, ratio_text, share_text

SATURATED = 0.5
"""The smallest share of saturated outputs of a layer that is mentioned."""
SMALL_GRADIENT = 1e-3
"""A layer's gradient is mentioned if it is below this fraction of the output layer's."""
NO_ERROR = 1e-6
"""The error of a constant output that is too small to compare errors with it."""
MAX_UNITS_LISTED = 3
"""The most units that are listed by number."""


class FindingKind(StrEnum):
    """What a finding is about."""

    DIVERGED = "diverged"
    OVERFLOW = "overflow"
    EQUAL_UNITS = "equal units"
    ERROR = "error"
    TEST_ERROR = "test error"
    UNITS_OFF = "units off"
    SATURATION = "saturation"
    GRADIENT = "gradient"
    UPDATE = "update"
    SHARPNESS = "sharpness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a diagnosis shows."""

    kind: FindingKind
    """What it is about."""
    sentence: str
    """A sentence of ASCII text, at most 88 characters long, or 120 about the sharpness."""
    figure: float
    """The figure that the sentence states, not rounded; see `findings` for each kind."""
    layer: int = 0
    """The number of the layer, counted from 1; 0 if the finding is about the whole network."""
    units: tuple[int, ...] = ()
    """The units, counted from 0, that the finding is about."""
    remedy: str = ""
    """The remedy that the sentence names; empty if it names none."""


def findings(diagnostics: Diagnostics) -> tuple[Finding, ...]:
    """What the diagnosis shows, the most important first.

    The figure of each kind is: diverged: the epoch; overflow: infinity; equal units: their number; error: the
    error divided by that of the best constant output, or the error itself if that is at most `NO_ERROR`; test
    error: the test error divided by the training error, or the test error itself if the training error is 0;
    units off: their number; saturation: the share of saturated outputs of the layer; gradient: the norm of
    the layer's gradient divided by that of the output layer's; update: the size of an update relative to the
    weights; sharpness: the sharpness or, for a run that has diverged, its learning rate divided by the limit.
    """
    shown = [_divergence(diagnostics)]
    if diagnostics.divergence_epoch is not None:
        shown += _sharpness(diagnostics)
    shown += [_equal_units(diagnostics), _error(diagnostics)]
    if _is_finite(diagnostics):
        shown += _details(diagnostics)
    return tuple(finding for finding in shown if finding is not None)


def _details(diagnostics: Diagnostics) -> list[Finding | None]:
    """The findings that require finite numbers."""
    return [
        _test_error(diagnostics),
        *(_units_off(diagnostics, layer) for layer in diagnostics.hidden),
        *((_saturation(diagnostics), _gradient(diagnostics)) if diagnostics.hidden else ()),
        *(() if diagnostics.divergence_epoch is not None else _sharpness(diagnostics)),
        _update(diagnostics),
    ]


def verdict(diagnostics: Diagnostics) -> str:
    """The sentences of all findings."""
    return joined(*(finding.sentence for finding in findings(diagnostics)))


def _divergence(diagnostics: Diagnostics) -> Finding | None:
    epoch = diagnostics.divergence_epoch
    if epoch is None:
        return None
    sentence, remedy = Sentence("The run diverged in epoch {epoch}"), ""
    # A remedy can only make updates smaller, and does not help if the first weights already overflow.
    if diagnostics.learning_rate > 0 and (diagnostics.updates or _is_finite(diagnostics)):
        remedy = word("go back before it, then lower the learning rate")
    whole = Sentence("{text}: {remedy}." if remedy else "{text}.")(text=sentence(epoch=epoch), remedy=remedy)
    return Finding(kind=FindingKind.DIVERGED, sentence=whole, figure=epoch, remedy=remedy)


def _equal_units(diagnostics: Diagnostics) -> Finding | None:
    layer = next((layer for layer in diagnostics.hidden if layer.equal_units), None)
    if layer is None:
        return None
    initializer, remedy = INITIALIZERS[diagnostics.config.initializer], ""
    if diagnostics.config.dropout > 0:  # units that are left out at different times grow apart
        pass
    elif not initializer.breaks_symmetry:
        remedy = word("restart with another initializer")
    elif initializer.uses_scale and diagnostics.config.init_scale == 0:
        remedy = word("restart with an init scale above 0")
    alike = Sentence("All {units} units of {layer} are equal and learn alike: {remedy}.")
    equal = alike if remedy else Sentence("All {units} units of {layer} are equal.")
    return Finding(
        kind=FindingKind.EQUAL_UNITS,
        sentence=equal(units=layer.units, layer=layer.name, remedy=remedy),
        figure=layer.units,
        layer=layer.number,
        units=tuple(range(layer.units)),
        remedy=remedy,
    )


def _error(diagnostics: Diagnostics) -> Finding:
    error = diagnostics.error
    if not _is_finite(diagnostics):
        of_gradient = "A gradient is too large for a floating-point number."
        sentence = word(
            of_gradient if math.isfinite(error) else "The error is too large for a floating-point number."
        )
        return Finding(kind=FindingKind.OVERFLOW, sentence=sentence, figure=math.inf)
    if diagnostics.constant_error <= NO_ERROR:
        none = Sentence("The error is {error}; that of the best constant is at most {limit}.")
        sentence = none(error=number(error), limit=f"{NO_ERROR:g}")
        return Finding(kind=FindingKind.ERROR, sentence=sentence, figure=error)
    left = error / diagnostics.constant_error
    return Finding(kind=FindingKind.ERROR, sentence=_error_left(left), figure=left)


def _error_left(left: float) -> str:
    if left >= 1.005:
        return Sentence("The error is {ratio} times that of the best constant.")(ratio=ratio_text(left))
    if left >= 0.995:
        return Sentence("The error is about that of the best constant.")()
    if left >= 0.1:
        share = share_text(left)
    else:
        share = f"1/{ratio_text(1 / left)}" if left > 1e-6 else word("under a millionth")
    return Sentence("The error is {share} of that of the best constant.")(share=share)


def _test_error(diagnostics: Diagnostics) -> Finding | None:
    test, error = diagnostics.test_error, diagnostics.error
    if test is None or not (math.isfinite(test) and math.isfinite(error)):
        return None
    ratio = test / error if error > 0 else math.inf
    if not 0 < ratio < math.inf:
        both = Sentence("The test error is {test}, the training error {error}.")
        sentence = both(test=number(test), error=number(error))
        return Finding(kind=FindingKind.TEST_ERROR, sentence=sentence, figure=test)
    equal = Sentence("The test error is about equal to the training error.")
    times = Sentence("The test error is {ratio} times the training error.")
    sentence = equal() if abs(ratio - 1) < 0.005 else times(ratio=ratio_text(ratio))
    return Finding(kind=FindingKind.TEST_ERROR, sentence=sentence, figure=ratio)


def _units_off(diagnostics: Diagnostics, layer: LayerDiagnostics) -> Finding | None:
    if not layer.off:
        return None
    if _stays_off(diagnostics, layer):
        one = "{units} is off for all {samples} samples and can't recover."
        several = "{units} are off for all {samples} samples and can't recover."
    else:
        one = "{units} is off for all {samples} samples now."
        several = "{units} are off for all {samples} samples now."
    return Finding(
        kind=FindingKind.UNITS_OFF,
        sentence=many(len(layer.off), one, several, units=_units(layer), samples=diagnostics.samples),
        figure=len(layer.off),
        layer=layer.number,
        units=layer.off,
    )


def _stays_off(diagnostics: Diagnostics, layer: LayerDiagnostics) -> bool:
    """Whether no training with the current settings can switch on the units of a layer that are off.

    Where a relu is off, its slope is 0, and its weights and bias have no gradient. Only a penalty or an
    optimizer that remembers past gradients can change them. Without these, the unit stays off as long as its
    inputs do not change. Those of the first layer never do. Those of a later layer change with the weights
    below, unless all units of the layer before it, of its own layer or of a later one are off: no gradient
    comes back through such a layer. With dropout, they also change with the units that are left out.
    """
    config = diagnostics.config
    remembers = FIRST_MOMENT in OPTIMIZERS[config.optimizer].buffers
    if remembers or config.l1 > 0 or config.l2 > 0 or not diagnostics.all_samples:
        return False
    before = layer.number - 1
    is_blocked = config.dropout == 0 and any(
        len(layer.off) == layer.units and _has_no_slope(layer)
        for layer in diagnostics.hidden
        if layer.number >= before
    )
    return _has_no_slope(layer) and (before == 0 or is_blocked)


def _has_no_slope(layer: LayerDiagnostics) -> bool:
    """Whether the slope of the layer's units is 0 where they are off, as that of relu is."""
    saturation = ACTIVATIONS[layer.activation].saturation
    return saturation is not None and saturation.slope == 0


def _units(layer: LayerDiagnostics) -> str:
    """The units that are off, by number if they are few."""
    numbers = [str(unit + 1) for unit in layer.off]
    if len(numbers) == 1:
        return Sentence("Unit {unit} of {layer}")(unit=numbers[0], layer=layer.name)
    if len(numbers) <= MAX_UNITS_LISTED:
        return Sentence("Units {units} of {layer}")(units=listed(numbers), layer=layer.name)
    of_all = Sentence("{count} of {units} units of {layer}")
    return of_all(count=len(numbers), units=layer.units, layer=layer.name)


def _saturation(diagnostics: Diagnostics) -> Finding | None:
    """The layer with the largest share of saturated outputs, among those whose units do not switch off."""
    worst = max(diagnostics.hidden, key=_saturated_share)
    share = _saturated_share(worst)
    if share < SATURATED:
        return None
    percent = math.floor(100 * share + 1e-9)  # 100 * 0.57 is a little less than 57
    saturated = Sentence("{layer}: {share} of the outputs for {samples} samples are saturated.")
    layer = capitalized(word(worst.name))
    sentence = saturated(layer=layer, share=f"{percent}%", samples=diagnostics.samples)
    return Finding(kind=FindingKind.SATURATION, sentence=sentence, figure=share, layer=worst.number)


def _saturated_share(layer: LayerDiagnostics) -> float:
    saturation = ACTIVATIONS[layer.activation].saturation
    return 0.0 if saturation is None or saturation.switches_off else layer.saturation


def _gradient(diagnostics: Diagnostics) -> Finding | None:
    reference = diagnostics.output.gradient_norm
    least = min(diagnostics.hidden, key=lambda layer: layer.gradient_norm)
    if not (0 < reference < math.inf and least.gradient_norm < SMALL_GRADIENT * reference):
        return None
    ratio = least.gradient_norm / reference
    small = Sentence("The gradient of {layer} is {ratio} of that of the output layer.")
    zero = Sentence("The gradient of {layer} is 0.")
    sentence = small(layer=least.name, ratio=number(ratio, 2)) if ratio > 0 else zero(layer=least.name)
    return Finding(kind=FindingKind.GRADIENT, sentence=sentence, figure=ratio, layer=least.number)


def _update(diagnostics: Diagnostics) -> Finding | None:
    if diagnostics.learning_rate == 0:
        scheduled = Sentence("The learning rate is 0 because of the schedule: no weight changes.")
        zero = Sentence("The learning rate is 0: no weight changes.")
        sentence = (scheduled if diagnostics.config.learning_rate else zero)()
        return Finding(kind=FindingKind.UPDATE, sentence=sentence, figure=0.0)
    ratio = diagnostics.update_ratio
    if ratio is None or not math.isfinite(ratio):
        return None
    if ratio == 0:
        return Finding(kind=FindingKind.UPDATE, sentence=word("An update changes no weight."), figure=0.0)
    sentence = _of_weights(ratio)
    return Finding(kind=FindingKind.UPDATE, sentence=sentence, figure=ratio)


def _sharpness(diagnostics: Diagnostics) -> Iterator[Finding]:
    """Whether the learning rate may be raised; for a run that has diverged, how far above that it was."""
    sharpness, rate, config = diagnostics.sharpness, diagnostics.learning_rate, diagnostics.config
    if sharpness is None or sharpness.value == 0:
        return
    value = number(sharpness.value)
    limit = number(2 / float(value))  # the quotient of what is shown
    if 0.01 <= sharpness.value < 1e4:  # a longer quotient would be too long for the sentence
        limit = f"{limit} (2/{value})"
    if diagnostics.divergence_epoch is not None:
        if rate > 0:
            ratio = rate / sharpness.limit
            times = Sentence("The learning rate was {ratio} times the limit of full-batch steps, {limit}.")
            part = Sentence("The learning rate was {ratio} of the limit of full-batch steps, {limit}.")
            sentence = (times if ratio >= 1 else part)(ratio=ratio_text(ratio), limit=limit)
            yield Finding(kind=FindingKind.SHARPNESS, sentence=sentence, figure=ratio)
        return
    safe, more = TRIED_BELOW * sharpness.limit, ""
    is_plain = config.optimizer == "sgd" and not config.batch_size and not config.clip
    if not sharpness.holds or config.dropout > 0:  # the limit was tried with all units
        first = Sentence("Sharpness {value}: the limit of the learning rate, {limit}, is only a guide here.")
        if not is_plain:
            more = word("It is that of full batches and plain steps, which are not set here.")
    else:
        if not is_plain:
            first = Sentence(
                "Sharpness {value}: for full batches and plain steps, not set here, the limit is {limit}."
            )
        elif rate < safe:
            first = Sentence("Sharpness {value}: the learning rate may be raised to about {safe}.")
        else:
            first = Sentence("Sharpness {value}: the learning rate is near its limit, {limit}, or above it.")
        tried = Sentence(
            "{steps} full-batch steps never rise above the start at {below} of {limit}; at {above} they do, "
            "for a while or for good."
        )
        more = tried(steps=TRIED_STEPS, below=TRIED_BELOW, above=TRIED_ABOVE, limit=limit)
    sentence = first(value=value, limit=limit, safe=ratio_text(safe))
    for text in filter(None, (sentence, more)):
        yield Finding(kind=FindingKind.SHARPNESS, sentence=text, figure=sharpness.value)


def _of_weights(ratio: float) -> str:
    """The ratio with two digits, in a sentence: 1/1200 of their size."""
    if ratio >= 0.2:
        times = Sentence("An update changes the weights by about {ratio} times their size.")
        return times(ratio=ratio_text(ratio))
    share = number(ratio, 2) if ratio < 1e-5 else f"1/{ratio_text(1 / ratio)}"
    return Sentence("An update changes the weights by about {share} of their size.")(share=share)


def _is_finite(diagnostics: Diagnostics) -> bool:
    norms = (layer.gradient_norm for layer in diagnostics.layers)
    return all(math.isfinite(number) for number in (diagnostics.error, *norms))

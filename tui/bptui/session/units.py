"""What is known of the units of a network: their places, names, weights, and outputs in figures and words.

The place of a unit is its layer, from the first hidden layer as 0 to the output layer, and its number there,
from 0.
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.network.activations import ACTIVATIONS, Range
from bpengine.network.losses import LOSSES
from bptui.session.snapshot import MAX_UNITS, Snapshot
from bpwords import Sentence, translatable, word
from bpwords.numbers import percent, signed
from bpwords.wrapping import lines_of

Place = tuple[int, int]
"""Layer and unit."""
Link = tuple[int, int, int | None]
"""The layer and unit that a weight belongs to, and its input there; None for the unit's bias."""


def sizes_of(snapshot: Snapshot) -> tuple[int, ...]:
    """How many units each layer has, the output layer last."""
    return tuple(layer.shape[1] for layer in snapshot.network.layers)


def nearest_unit(place: Place, sizes: tuple[int, ...]) -> Place:
    """The place itself or, if the network has no such unit, the nearest place that it has."""
    layer = _within(place[0], len(sizes))
    return layer, _within(place[1], sizes[layer])


def move(chosen: Place, dx: int, dy: int, sizes: tuple[int, ...]) -> Place:
    """Return the unit so many layers on and so many units down, stopping at the edges.

    In a layer of another size, this is the unit at about the same height.

    Args:
        chosen: where to start.
        dx: layers to the right, or to the left if negative.
        dy: units down, or up if negative.
        sizes: how many units each layer has; at least one each.
    """
    layer, unit = nearest_unit(chosen, sizes)
    to = _within(layer + dx, len(sizes))
    if to != layer:
        unit = (2 * unit + 1) * sizes[to] // (2 * sizes[layer])
    return to, _within(unit + dy, sizes[to])


def _within(number: int, count: int) -> int:
    return min(max(number, 0), count - 1)


_MOSTLY = 0.9
_EVERYWHERE = 0.999
_MAX_LISTED = 12
_RANGES: dict[str, Range] = {
    **{name: activation.range for name, activation in ACTIVATIONS.items()},
    **{loss.output_name: loss.output_range for loss in LOSSES.values()},
}


class UnitFacts(NamedTuple):
    """The outputs of a unit over the domain, in figures and words."""

    low: float
    high: float
    mean: float
    verdict: str
    """Whether the unit is saturated or off; empty if there is nothing to say."""
    label: str
    """The verdict in one word if the gradient of the unit is nearly 0; otherwise empty."""


def unit_facts(activation: str, values: Array) -> UnitFacts:
    """Return the facts about these outputs.

    Args:
        activation: the activation of the layer; softmax or identity for the output layer.
        values: the outputs of one unit; any shape. They are NaN where a feature has no finite value.
    """
    values = values[~np.isnan(values)]
    if not len(values) or not np.isfinite(values).all():
        why = word("not finite: the run has diverged")
        return UnitFacts(math.nan, math.nan, math.nan, why, word("not finite"))
    low, high = float(values.min()), float(values.max())
    with np.errstate(over="ignore"):
        mean = float(values.mean())
    verdict, label = _verdict(activation, values)
    if not verdict and high - low <= 1e-9 * max(abs(low), abs(high)):
        verdict = word("the same everywhere")
    return UnitFacts(low, high, mean, verdict, label)


def _verdict(activation: str, values: Array) -> tuple[str, str]:
    saturation = ACTIVATIONS[activation].saturation if activation in ACTIVATIONS else None
    if saturation is None:
        return "", ""
    share = float(saturation.mask(values).mean())
    if not saturation.switches_off:
        return _saturated(share)
    if saturation.slope > 0:
        limit, slope = saturation.low, saturation.slope
        below = Sentence("below {limit}, where its slope is only {slope}, for {share} of the inputs")
        return below(limit=f"{limit:g}", slope=f"{slope:.2g}", share=percent(share)), ""
    if share == 1:
        off = Sentence("off: {value} for all inputs, where its gradient is 0")
        return off(value=f"{values.max():g}"), word("off", "unit")
    often = Sentence("{value} for {share} of the inputs")
    return often(value=f"{saturation.low:g}", share=percent(share)), ""


def _saturated(share: float) -> tuple[str, str]:
    saturated = Sentence("saturated for {share} of the inputs")
    if share >= _EVERYWHERE:
        return word("saturated for all inputs: its gradient is nearly 0"), word("saturated", "unit")
    if share >= _MOSTLY:
        return saturated(share=percent(share)), word("saturated", "unit")
    return (saturated(share=percent(share)) if share > 0 else word("nowhere saturated")), ""


def limits_of(activation: str, values: Array) -> tuple[float, float]:
    """The range of the activation or, if that is unbounded, the range of these outputs and 0."""
    lowest, highest = _RANGES[activation]
    if lowest is not None and highest is not None:
        return lowest, highest
    low, high = own_limits(np.append(values[np.isfinite(values)], 0.0))
    return low, high


def own_limits(values: Array) -> tuple[float, float]:
    """The range of these outputs; for a constant, a range of length 1 above it."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return low, high if high > low else low + 1.0


def outputs_of(snapshot: Snapshot, place: Place) -> Array | None:
    """The outputs of a unit over the domain, shape (steps,) or (rows, columns); None if they are unknown."""
    layer, unit = place
    if layer == len(snapshot.network.layers) - 1:
        return None if snapshot.network.grid_outputs is None else snapshot.network.grid_outputs[..., unit]
    return None if snapshot.network.unit_outputs is None else snapshot.network.unit_outputs[layer][..., unit]


def sample_outputs_of(snapshot: Snapshot, place: Place) -> Array | None:
    """The outputs of a unit for the samples, shape (samples,); None for data with one or two inputs."""
    layer, unit = place
    if snapshot.network.sample_outputs is None:
        return None
    return (*snapshot.network.sample_outputs, snapshot.network.outputs)[layer][:, unit]


_NO_UNITS = Sentence("This network has no hidden units: each output is computed from the inputs alone.")
_TOO_MANY_UNITS = Sentence("Unit outputs are known for up to {most} hidden units; this network has {units}.")
_TOO_MANY_INPUTS = Sentence("Unit outputs are known for 1 or 2 inputs; this data has {inputs}.")


def why_unknown(snapshot: Snapshot) -> str:
    """Why the outputs of the hidden units are unknown."""
    units = sum(snapshot.run.config.hidden_units)
    if not units:
        return _NO_UNITS()
    if units > MAX_UNITS:
        return _TOO_MANY_UNITS(most=MAX_UNITS, units=units)
    return _TOO_MANY_INPUTS(inputs=len(snapshot.run.dataset.domain))


def activation_of(snapshot: Snapshot, layer: int) -> str:
    """The activation of a hidden layer, or the function of the output layer."""
    if layer < len(snapshot.network.layers) - 1:
        return snapshot.run.config.activations[layer]
    return LOSSES[snapshot.run.config.task].output_name


MAX_NAME_LENGTH = 16
"""The most characters in the name of an axis or an output."""


@lru_cache(maxsize=256)
def short_name(text: str, width: int) -> str:
    """The text in at most `width` columns, the last one … if it is cut; "?" for characters without a cell."""
    from rich.cells import cell_len, set_cell_size  # the dialogue must not load the rest of rich

    text = "".join(each if each.isprintable() and cell_len(each) else "?" for each in text[: width + 1])
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1).rstrip()}…"


def input_name(snapshot: Snapshot, number: int) -> str:
    """The name or the formula of an input of the network."""
    names = snapshot.run.dataset.input_names
    return names[number] if number < len(names) else Sentence("input {unit}")(unit=number + 1)


def axis_name(snapshot: Snapshot, number: int) -> str:
    """The name of a coordinate, shortened to fit an axis."""
    return short_name(snapshot.run.dataset.features[number], MAX_NAME_LENGTH)


def output_name(snapshot: Snapshot, number: int) -> str:
    """The name of a class, or of the target."""
    dataset = snapshot.run.dataset
    if number < len(dataset.classes):
        return dataset.classes[number]
    is_one = snapshot.network.layers[-1].shape[1] == 1
    return dataset.target if is_one else Sentence("output {unit}")(unit=number + 1)


def unit_name(snapshot: Snapshot, place: Place) -> str:
    """The name of a unit: unit 2 of layer 1, or output and its name."""
    layer, unit = place
    if layer == len(snapshot.network.layers) - 1:
        return Sentence("output {name}")(name=short_name(output_name(snapshot, unit), MAX_NAME_LENGTH))
    return Sentence("unit {unit} of layer {layer}")(unit=unit + 1, layer=layer + 1)


FROZEN = "*"
"""The sign of a frozen unit, weight or bias."""


class Edited(StrEnum):
    """How a unit is edited, in words to translate; frozen means with all its incoming weights."""

    NOT = ""
    FROZEN = translatable("frozen")
    KNOCKED_OUT = translatable("knocked out")


def edited_as(snapshot: Snapshot, place: Place) -> Edited:
    """How a unit is edited."""
    if place in snapshot.network.knocked_out:
        return Edited.KNOCKED_OUT
    return Edited.FROZEN if snapshot.network.is_frozen(*place) else Edited.NOT


def unit_edits(snapshot: Snapshot, place: Place, source: int | None = None) -> tuple[tuple[str, str], ...]:
    """The commands among freeze and knock_out that act on a unit now, with their labels.

    Args:
        snapshot: the run.
        place: the unit.
        source: the weight's input, or -1 for the bias, that freeze would act on; None for the whole unit.
    """
    (layer, unit), network = place, snapshot.network
    if place in network.knocked_out:  # it stays frozen until it is brought back
        return (("knock_out", translatable("bring back", "key")),)
    edits = []
    if source is None or not is_from_knocked_out(snapshot, layer, source):
        labels = translatable(("freeze", "unfreeze"), "key")
        edits.append(("freeze", labels[network.is_frozen(layer, unit, source)]))
    if layer < len(network.layers) - 1:
        edits.append(("knock_out", translatable("knock out", "key")))
    return tuple(edits)


def is_from_knocked_out(snapshot: Snapshot, layer: int, source: int) -> bool:
    """Whether a weight comes from a knocked-out unit: it stays 0 until the unit is brought back."""
    return (layer - 1, source) in snapshot.network.knocked_out


def weights_of(snapshot: Snapshot, place: Place) -> tuple[Array, float, Array]:
    """The incoming weights of a unit, its bias, and its outgoing weights: none for an output."""
    layer, unit = place
    own = snapshot.network.layers[layer][:, unit]
    outgoing = (
        snapshot.network.layers[layer + 1][unit] if layer + 1 < len(snapshot.network.layers) else own[:0]
    )
    return own[:-1], float(own[-1]), outgoing


def strongest(weights: Array, most: int) -> list[int]:
    """The numbers of the weights with the largest absolute values, largest first; NaN counts as largest."""
    size = np.where(np.isnan(weights), np.inf, np.abs(weights))
    return [int(number) for number in np.argsort(-size, kind="stable")[:most]]


def unit_words(snapshot: Snapshot, place: Place, width: int, lines: int) -> list[str]:
    """A description of the unit in at most `lines` lines, with as many of its largest weights as fit."""
    into, bias, out = weights_of(snapshot, place)
    edited, unit = word(edited_as(snapshot, place)), unit_name(snapshot, place)
    unit = Sentence("{title} ({key})")(title=unit, key=edited) if edited else unit
    start = Sentence("{unit}: bias {bias}")(unit=unit, bias=signed(bias))
    for most in range(min(_MAX_LISTED, max(len(into), len(out))), 0, -1):
        for beginning in (Sentence("{start}, weights in {weights}"), Sentence("{start}, in {weights}")):
            text = beginning(start=start, weights=_listed(into, most))
            if len(out):
                text = Sentence("{start}, out {weights}")(start=text, weights=_listed(out, most))
            wrapped = _wrapped(text, width)
            if len(wrapped) <= lines:
                return wrapped
    wrapped = _wrapped(start, width)
    if len(wrapped) <= lines:
        return wrapped
    short = Sentence("layer {layer} unit {unit} bias {bias}")
    return [short(layer=place[0] + 1, unit=place[1] + 1, bias=signed(bias))[: max(width, 0)]]


def _wrapped(text: str, width: int) -> list[str]:
    return lines_of(text, width) if width > 0 else []


def _listed(weights: Array, most: int) -> str:
    if len(weights) <= most:
        return " ".join(map(signed, weights))
    largest = " ".join(signed(weights[number]) for number in strongest(weights, most))
    return Sentence("{weights} (of {count})")(weights=largest, count=len(weights))


def unit_pixels(snapshot: Snapshot, place: Place) -> Array | None:
    """A number for each pixel; None if the inputs are no pixels, or the unit's outputs are not recorded.

    In the first layer, the numbers are the weights. In later layers they say how much brighter than on
    average a pixel is in the training samples that excite the unit: the samples' differences from their
    mean, weighted by the differences of the unit's outputs from their mean.

    Returns:
        Shape (rows, columns), the lowest row first, as maps are drawn.
    """
    dataset, (layer, unit) = snapshot.run.dataset, place
    picture, weights = dataset.picture, snapshot.network.layers[0]
    if picture is None or len(weights) - 1 != len(picture.order):
        return None
    if layer == 0:
        values = weights[:-1, unit]
    elif snapshot.network.sample_outputs is None:
        return None
    else:
        outputs = (*snapshot.network.sample_outputs, snapshot.network.outputs)[layer][:, unit]
        excited = outputs - outputs.mean()
        pixels = dataset.coordinates - dataset.coordinates.mean(axis=0)
        values = excited @ pixels / max(float(np.abs(excited).sum()), 1e-300)
    return picture.shaped(values)[::-1]


def name_of_pixels(layer: int) -> str:
    """What `unit_pixels` shows of the units of a layer."""
    return word("weights", "units") if layer == 0 else word("inputs that excite", "units")


def layer_pixels(snapshot: Snapshot) -> tuple[Array, ...] | None:
    """The same for all hidden units or, without any, for the outputs; None as before.

    Returns:
        For each layer, shape (rows, columns, units).
    """
    layers = snapshot.network.layers
    found = list[Array]()
    for layer in range(max(len(layers) - 1, 1)):
        pictures = [unit_pixels(snapshot, (layer, unit)) for unit in range(layers[layer].shape[1])]
        known = [picture for picture in pictures if picture is not None]
        if not known:
            return tuple(found) or None
        found.append(np.stack(known, axis=-1))
    return tuple(found)


def even_limits(values: Array) -> tuple[float, float]:
    """The limits of a scale around 0 for these numbers."""
    most = float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) or 1.0
    return -most, most

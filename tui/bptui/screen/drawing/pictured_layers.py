"""What is pictured of each layer: the outputs of its units or, of pixels, what the units look at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.screen.drawing.unit_picture import Limits
from bptui.session import units as facts
from bptui.session.snapshot import Snapshot
from bpwords import Sentence


class PicturedLayer(NamedTuple):
    """What is drawn of the units of a layer."""

    values: Array
    """A picture of each unit; shape (steps, units) or (rows, columns, units), the lowest row first."""
    limits: Limits
    """The numbers at the ends of their common scale."""
    heading: str
    """What the layer and its pictures are."""
    names: tuple[str, ...]
    """The name of each unit."""
    facts: tuple[facts.UnitFacts | None, ...]
    """What is known of the outputs of each; None if they are not recorded."""
    is_even: bool = False
    """Whether the numbers are around 0, and so not the outputs themselves."""

    def own_limits(self, unit: int) -> Limits:
        """The numbers at the ends of a unit's own scale."""
        return (facts.even_limits if self.is_even else facts.own_limits)(self.values[..., unit])


def pictured_layers(snapshot: Snapshot) -> tuple[PicturedLayer, ...]:
    """What is drawn of each layer: what the units look at if the inputs are pixels, otherwise their outputs.

    Without hidden units, those of the output layer look at pixels, too. Empty if nothing is known.
    """
    outputs, pixels = pictured_outputs(snapshot) or (), facts.layer_pixels(snapshot)
    layers = []
    for layer, values in enumerate(outputs if pixels is None else pixels):
        units, activation = range(values.shape[-1]), facts.activation_of(snapshot, layer)
        own = outputs[layer] if layer < len(outputs) else None
        known = tuple(None if own is None else facts.unit_facts(activation, own[..., unit]) for unit in units)
        title, names = Sentence("layer {layer}")(layer=layer + 1), tuple(str(unit + 1) for unit in units)
        if pixels is None:
            heading, limits = f"{title} {activation}", facts.limits_of(activation, values)
        else:
            if not snapshot.run.config.activations:
                classes = snapshot.run.dataset.classes
                title, names = activation, tuple(facts.short_name(name, 8) for name in classes) or names
            heading, limits = f"{title}, {facts.name_of_pixels(layer)}", facts.even_limits(values)
        layers.append(PicturedLayer(values, limits, heading, names, known, is_even=pixels is not None))
    return tuple(layers)


def pictured_outputs(snapshot: Snapshot) -> tuple[Array, ...] | None:
    """The outputs of each layer's units, shape (steps, units) or (rows, columns, units) each.

    With many inputs the steps are the samples, ordered by target or class. None if they are not recorded.
    """
    outputs, recorded = snapshot.network.unit_outputs, snapshot.network.sample_outputs
    if outputs is not None or recorded is None:
        return outputs
    targets = snapshot.run.dataset.targets
    keys = targets.argmax(axis=1) if snapshot.run.config.task == "classification" else targets[:, 0]
    order = np.argsort(keys, kind="stable")
    return tuple(layer[order] for layer in recorded)

"""What a unit looks at, as a picture, where the inputs are the pixels of one."""

from __future__ import annotations

import numpy as np

from bpengine.arithmetic.arrays import Array
from bptui.session.snapshot import Snapshot
from bptui.session.units.positions import Place
from bpwords import word


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

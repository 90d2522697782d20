"""The places of units in a network, and moves between them.

The place of a unit is its layer, from the first hidden layer as 0 to the output layer, and its number there,
from 0.
"""

from __future__ import annotations

from bptui.session.snapshot import Snapshot

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

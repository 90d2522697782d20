"""From unit to unit through a network, and which ones to show where not all of them fit.

A unit's place is its layer, from the first hidden one as 0 to the output layer, and its number there, from 0.
"""

from __future__ import annotations

from bptui.session.snapshot import Snapshot

Place = tuple[int, int]
"""Layer and unit."""


def sizes_of(snapshot: Snapshot) -> tuple[int, ...]:
    """How many units each layer has, the output layer last."""
    return tuple(layer.shape[1] for layer in snapshot.network.layers)


def nearest_unit(place: Place, sizes: tuple[int, ...]) -> Place:
    """The place itself or, where the network has none such, the nearest that it has."""
    layer = _within(place[0], len(sizes))
    return layer, _within(place[1], sizes[layer])


def move(chosen: Place, dx: int, dy: int, sizes: tuple[int, ...]) -> Place:
    """The unit so many layers on and so many units down; at an edge it stays.

    In a layer of another size it comes to the unit at about the same height.

    Args:
        chosen: where to go from.
        dx: layers to the right, or to the left if negative.
        dy: units down, or up if negative.
        sizes: how many units each layer has; at least one each.
    """
    layer, unit = nearest_unit(chosen, sizes)
    to = _within(layer + dx, len(sizes))
    if to != layer:
        unit = (2 * unit + 1) * sizes[to] // (2 * sizes[layer])
    return to, _within(unit + dy, sizes[to])


def visible_items(count: int, room: int, chosen: int) -> list[int | range]:
    """What to show of so many things in a row: the first and last ones and the chosen one.

    Args:
        count: how many there are.
        room: the places for them.
        chosen: the one that must be among them.

    Returns:
        Their numbers, and the ranges left out between them, which take a place each.
    """
    if count <= room:
        return list(range(count))
    if room < 3:
        return [chosen] if room > 0 else []
    tail = (room - 1) // 2
    head = room - 1 - tail
    if chosen < head or chosen >= count - tail:
        return [*range(head), range(head, count - tail), *range(count - tail, count)]
    ends = 1 if room >= 5 else 0
    middle = room - 2 - 2 * ends
    start = chosen - middle // 2
    stop = start + middle
    return [
        *range(ends),
        range(ends, start),
        *range(start, stop),
        range(stop, count - ends),
        *range(count - ends, count),
    ]


def _within(number: int, count: int) -> int:
    return min(max(number, 0), count - 1)

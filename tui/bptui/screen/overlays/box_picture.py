"""What the network in the box shows: the numbers of the step up to the current one."""

from __future__ import annotations

from dataclasses import dataclass

from bptui.screen.drawing.network import Highlight
from bptui.session.units.positions import Place
from bptui.session.worked_step.position import BoxWalk
from bpwords import Sentence
from bpwords.numbers import signed

_IN_UNITS = {
    "forward": Sentence("{place}: z, then a"),
    "loss": Sentence("{place}: a, then y"),
    "backward": Sentence("{place}: delta"),
    "update": Sentence("{place}: the bias, new once known"),
}


_OF_UNITS = ("weighted sum", "activation", "dropout", "output", "output delta", "delta", "new bias")
"""The quantities that are shown in the network, each in its unit."""


@dataclass(frozen=True, slots=True)
class BoxPicture:
    """The network at one number of a step."""

    chosen: Place | None
    """The unit whose links stand out; None if the number belongs to no unit."""
    highlight: Highlight | None
    """The numbers, and the units that stand out; None for the plain network with its biases."""
    caption: str = ""
    """What the numbers in the units are."""


WITHOUT_STEP = BoxPicture(None, None)
"""The network if there is no next step."""


def box_picture(walk: BoxWalk, *, hide: bool = False) -> BoxPicture:
    """The network at the current number.

    Args:
        walk: the step.
        hide: whether the current number itself stays hidden.
    """
    now, trace = walk.number, walk.trace
    layer, unit, source = now.place
    numbers = {(-1, index): value for index, value in enumerate(trace.inputs[walk.row].tolist())}
    if now.phase == "update":
        for index, traced in enumerate(trace.layers):
            numbers |= {(index, number): value for number, value in enumerate(traced.before.biases.tolist())}
    shown = ("forward", "loss") if now.phase == "loss" else (now.phase,)
    for derived in walk.numbers[: walk.index + (not hide)]:
        if derived.phase in shown and derived.quantity.name in _OF_UNITS:
            numbers[derived.place.of_unit] = derived.result.number
    places = {(layer, unit)} if layer is not None and unit is not None else set()
    if source is not None and layer is not None:
        places.add((layer - 1, source))
    if now.phase == "loss":
        places = {(len(trace.layers) - 1, output) for output in range(trace.sizes[-1])}
    texts = {place: signed(value, shows_small=True) for place, value in numbers.items()}
    chosen = None if layer is None or unit is None else (layer, unit)
    is_of_sample = walk.batch > 1 and now.phase != "update"
    of_sample = Sentence("Units, sample {number}")(number=walk.row + 1)
    where = of_sample if is_of_sample else Sentence("In each unit")()
    caption = _IN_UNITS[now.phase](place=where)
    return BoxPicture(chosen, Highlight(texts, frozenset(places)), caption)

"""The commands that describe single units: their outputs over the inputs, and their weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.numbers import whole_range
from bptui.commands.grammar import must, refused, unit_named
from bptui.dialogue.dialogue import Dialogue
from bptui.session import units as facts
from bptui.session.snapshot import Snapshot
from bpwords import Sentence, as_sentence, headed, joined, listed, shown, word
from bpwords.numbers import number

_THEIR_WEIGHTS = Sentence("{list_weights} tells their weights.")

UNIT_OF = Sentence("the unit of layer {layer}")
INPUT_OF = Sentence("the input of layer {layer}")

MAX_UNITS = 20
"""The most units that are described at once."""
MAX_WEIGHTS = 12
"""The most weights that are listed; of more, only the strongest."""


def units(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Describe the outputs of the named units, or of all hidden units, over the inputs."""
    snapshot = dialogue.snapshot
    if not snapshot.run.config.hidden_units or facts.outputs_of(snapshot, (0, 0)) is None:
        yield _unknown(snapshot)
        return
    for place in _places(snapshot, text, hidden_only=True):
        yield as_sentence(_outputs(snapshot, place))
    if not text:
        yield from _others(facts.sizes_of(snapshot)[:-1])


def weights(dialogue: Dialogue, text: str) -> Iterator[str]:
    """List the bias and the weights of the named units, or of all units."""
    snapshot = dialogue.snapshot
    for place in _places(snapshot, text, hidden_only=False):
        yield as_sentence(_weights(snapshot, place))
    if not text:
        yield from _others(facts.sizes_of(snapshot))


def unit(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Describe the outputs and all weights of a unit."""
    if not text:
        raise refused("say which unit, such as unit 2, unit 1 of layer 2 or unit output 1")
    snapshot = dialogue.snapshot
    for place in _places(snapshot, text, hidden_only=True):
        yield as_sentence(_outputs(snapshot, place))
        yield as_sentence(_weights(snapshot, place))


def _places(snapshot: Snapshot, text: str, *, hidden_only: bool) -> Iterator[facts.Place]:
    """The units that a text names; for an empty text, the first units of the network."""
    sizes = facts.sizes_of(snapshot)
    if not text:
        layers = sizes[:-1] if hidden_only else sizes
        every = [(layer, number) for layer, count in enumerate(layers) for number in range(count)]
        yield from every[:MAX_UNITS]
    elif (named := unit_named(text)).unit is None:
        layer = layer_of(named.layer or 0, sizes)
        yield from ((layer, number) for number in range(min(sizes[layer], MAX_UNITS)))
    else:
        yield place_of(snapshot, text)


def _others(sizes: tuple[int, ...]) -> Iterator[str]:
    """Yield how to ask for the units that were left out."""
    if sum(sizes) > MAX_UNITS:
        some = Sentence("These are {n} of {units} units; name others, such as 30 of layer 1.")
        yield some(n=MAX_UNITS, units=sum(sizes))


def _unknown(snapshot: Snapshot) -> str:
    """Why the outputs of the hidden units are not described."""
    return joined(facts.why_unknown(snapshot), _THEIR_WEIGHTS())


def place_of(snapshot: Snapshot, text: str) -> facts.Place:
    """The one unit that a text names.

    Raises:
        RefusedError: it names no unit, or a whole layer.
    """
    named, sizes = unit_named(text), facts.sizes_of(snapshot)
    if named.unit is None:
        raise refused("only a single unit can be meant here, such as unit 2, got {text}", text=shown(text))
    if named.layer is None:
        return len(sizes) - 1, within(named.unit, sizes[-1], word("the output"))
    layer = layer_of(named.layer, sizes)
    return layer, within(named.unit, sizes[layer], UNIT_OF(layer=layer + 1))


def layer_of(given: int | str, sizes: tuple[int, ...]) -> int:
    """The index of the layer with this number, which counts from 1.

    Raises:
        RefusedError: there is none.
    """
    return within(given, len(sizes), word("the layer, that of the outputs counted,"))


def within(given: int | str, count: int, what: str) -> int:
    """The index of one of `count` things, given its number from 1.

    Raises:
        RefusedError: there is none.
    """
    if not 1 <= int(given) <= count:
        raise must(what, whole_range(1, count), int(given))
    return int(given) - 1


def _name(snapshot: Snapshot, place: facts.Place) -> str:
    """The name of a unit. Unlike on the screen, the name of an output is not shortened."""
    is_output = place[0] == len(snapshot.network.layers) - 1
    output = Sentence("output {name}")(name=facts.output_name(snapshot, place[1]))
    return output if is_output else facts.unit_name(snapshot, place)


def _short_name(snapshot: Snapshot, layer: int, index: int) -> str:
    """The name of a unit, or of an input in place of a unit before the first layer."""
    if layer < 0:
        return facts.input_name(snapshot, index)
    is_output = layer == len(snapshot.network.layers) - 1
    return _name(snapshot, (layer, index)) if is_output else Sentence("unit {n}")(n=index + 1)


def _outputs(snapshot: Snapshot, place: facts.Place) -> str:
    activation, named = facts.activation_of(snapshot, place[0]), Sentence("{unit}, {activation}")
    name = named(unit=_name(snapshot, place), activation=activation)
    values = facts.outputs_of(snapshot, place)
    if values is None:
        return joined(as_sentence(name), _unknown(snapshot))
    found = facts.unit_facts(activation, values)
    if not np.isfinite(found.low):
        return headed(name, found.verdict)
    low, high, mean = map(number, (found.low, found.high, found.mean))
    over = Sentence("{name}: from {low} to {high} over the inputs, {mean} on average")
    ends = Sentence("{left} at the left end, {right} at the right")
    at_ends = ends(left=number(float(values.flat[0])), right=number(float(values.flat[-1])))
    ranges = over(name=name, low=low, high=high, mean=mean)
    return word("; ", "list").join(filter(None, (ranges, at_ends * (values.ndim == 1), found.verdict)))


def _weights(snapshot: Snapshot, place: facts.Place) -> str:
    into, bias, out = facts.weights_of(snapshot, place)
    name, edited = _name(snapshot, place), word(facts.edited_as(snapshot, place))
    name = Sentence("{name} ({edited})")(name=name, edited=edited) if edited else name
    sources = [
        Sentence("from {name}")(name=_short_name(snapshot, place[0] - 1, at)) for at in range(len(into))
    ]
    targets = [Sentence("to {name}")(name=_short_name(snapshot, place[0] + 1, at)) for at in range(len(out))]
    parts = [
        Sentence("{name}: bias {bias}")(name=name, bias=number(bias)),
        Sentence("weights in: {weights}")(weights=_listed(into, sources)),
    ]
    if len(out):
        parts.append(Sentence("weights out: {weights}")(weights=_listed(out, targets)))
    return word("; ", "list").join(parts)


def _listed(values: Array, names: list[str]) -> str:
    chosen = sorted(facts.strongest(values, MAX_WEIGHTS))
    weight = Sentence("{weight} {where}")
    text = listed([weight(weight=number(float(values[index])), where=names[index]) for index in chosen])
    strongest_of = Sentence("{weights} (the strongest of {n})")
    return strongest_of(weights=text, n=len(values)) if len(values) > len(chosen) else text

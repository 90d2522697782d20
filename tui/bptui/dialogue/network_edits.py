"""The commands that edit the network: set a weight or bias, freeze, knock out, and their opposites."""

from __future__ import annotations

import re

from bpengine import Edit
from bpengine.training.edits import BIAS, EditKind, Input
from bpengine.wording import shown
from bptui.commands.grammar import RefusedError, must, refused
from bptui.dialogue import units
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import answer
from bptui.dialogue.units import layer_of, place_of, within
from bptui.session import commands
from bptui.session.units import sizes_of
from bptui.session.worked_step.prediction import read
from bpwords import Sentence, translatable, word

_SYMBOL = re.compile(
    r"(?:w(?=\d+\[\d+,)|b(?=\d+\[\d+\]))(?P<layer>\d{1,4})\[(?:(?P<input>\d{1,4}), ?)?(?P<unit>\d{1,4})\]",
    re.IGNORECASE,
)
"""A weight, such as W1[1,2], or a bias, such as b1[2]."""
_WEIGHT = re.compile(
    r"(?:from )?(?:(?:input|unit) )?(?P<input>\d{1,4}) (?:to|of|into) (?P<unit>.+)", re.IGNORECASE
)
_LAYER = re.compile(r"layer (?P<layer>\d{1,4})", re.IGNORECASE)
_VALUE = re.compile(r"(?P<what>.+?)(?: to | = |=| )(?P<value>\S+)")

_HOW = translatable("such as W1[1,2] (input 1, unit 2 of layer 1) or 1 to unit 2 of layer 1")


def set_weight(dialogue: Dialogue, text: str) -> str:
    """Set a weight to a value."""
    what, value = _value(text, Sentence("say which weight and its value, {how}, and 0.5")(how=word(_HOW)))
    if not (_SYMBOL.fullmatch(what) or _WEIGHT.fullmatch(what)):
        raise refused("a weight is named by numbers, {how}; got {text}", how=word(_HOW), text=shown(what))
    return _make(dialogue, Edit("set", *_place(dialogue, what), value))


def set_bias(dialogue: Dialogue, text: str) -> str:
    """Set a bias to a value."""
    otherwise = word("say which bias and its value, such as b1[2] 0.5 or unit 2 of layer 1 0.5")
    what, value = _value(text, otherwise)
    layer, unit, source = weight_or_bias(dialogue, what.removeprefix("of "))
    if source is not None:
        raise RefusedError(otherwise)
    return _make(dialogue, Edit("set", layer, unit, BIAS, value))


def freeze(kind: EditKind, dialogue: Dialogue, text: str) -> str:
    """Freeze or unfreeze a weight, a bias, a unit or a layer."""
    if not text:
        raise refused("say what, such as unit 2, unit 1 of layer 2, layer 1, W1[1,2] or b1[2]")
    return _make(dialogue, Edit(kind, *_place(dialogue, text)))


def knock_out(kind: EditKind, dialogue: Dialogue, text: str) -> str:
    """Knock out a hidden unit, whose output then counts as 0, or bring it back."""
    if not text:
        raise refused("say which unit, such as unit 2 or unit 1 of layer 2")
    return _make(dialogue, Edit(kind, *place_of(dialogue.snapshot, text)))


def _make(dialogue: Dialogue, edit: Edit) -> str:
    dialogue.session.do(commands.edit, edit)
    return answer(dialogue)


def weight_or_bias(dialogue: Dialogue, text: str) -> tuple[int, int, int | None]:
    """The layer, the unit and the input of the weight that a text names; no input for a bias, or for a unit.

    Raises:
        RefusedError: it names none.
    """
    layer, unit, source = _place(dialogue, text.removeprefix("bias of "))
    if unit is None:
        raise refused("only a single unit can be meant here, such as unit 2, got {text}", text=shown(text))
    return layer, unit, source if isinstance(source, int) else None


def _place(dialogue: Dialogue, text: str) -> tuple[int, int | None, Input]:
    """The layer, the unit and the input that a text names, as an `Edit` has them: a weight, a bias, a unit
    or a layer.
    """
    snapshot = dialogue.snapshot
    sizes = sizes_of(snapshot)
    if match := _LAYER.fullmatch(text):
        return layer_of(match["layer"], sizes), None, None
    if match := _SYMBOL.fullmatch(text):
        layer, source = layer_of(match["layer"], sizes), match["input"]
        unit = within(match["unit"], sizes[layer], units.UNIT_OF(layer=layer + 1))
    elif match := _WEIGHT.fullmatch(text):
        (layer, unit), source = place_of(snapshot, match["unit"]), match["input"]
    else:
        return (*place_of(snapshot, text), None)
    inputs = len(snapshot.network.layers[layer]) - 1
    return layer, unit, within(source, inputs, units.INPUT_OF(layer=layer + 1)) if source else BIAS


def _value(text: str, otherwise: str) -> tuple[str, float]:
    """Split the text into what is to be set and its value."""
    match = _VALUE.fullmatch(text)
    if match is None:
        raise RefusedError(otherwise)
    value = read(match["value"])
    if value is None:
        raise must(word("the value"), word("a number such as 0.042, 4.2e-2 or 0,3"), match["value"])
    return match["what"].strip(), value

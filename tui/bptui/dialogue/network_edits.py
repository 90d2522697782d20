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
from bptui.session.units import Place, sizes_of
from bptui.session.worked_step.prediction import read
from bpwords import Sentence, translatable, word

_SYMBOL = re.compile(r"w(?P<layer>\d{1,4})\[(?P<input>\d{1,4}), ?(?P<unit>\d{1,4})\]", re.IGNORECASE)
_BIAS = re.compile(r"b(?P<layer>\d{1,4})\[(?P<unit>\d{1,4})\]", re.IGNORECASE)
_WEIGHT = re.compile(
    r"(?:from )?(?:(?:input|unit) )?(?P<input>\d{1,4}) (?:to|of|into) (?P<unit>.+)", re.IGNORECASE
)
_LAYER = re.compile(r"layer (?P<layer>\d{1,4})", re.IGNORECASE)
_VALUE = re.compile(r"(?P<what>.+?)(?: to | = |=| )(?P<value>\S+)")

_HOW = translatable("such as W1[1,2] (input 1, unit 2 of layer 1) or 1 to unit 2 of layer 1")


def set_weight(dialogue: Dialogue, text: str) -> str:
    """Set a weight to a value."""
    what, value = _value(text, Sentence("say which weight and its value, {how}, and 0.5")(how=word(_HOW)))
    layer, unit, source = _weight(dialogue, what)
    return _make(dialogue, Edit("set", layer, unit, source, value))


def set_bias(dialogue: Dialogue, text: str) -> str:
    """Set a bias to a value."""
    otherwise = word("say which bias and its value, such as b1[2] 0.5 or unit 2 of layer 1 0.5")
    what, value = _value(text, otherwise)
    layer, unit = _bias(dialogue, what.removeprefix("of "))
    return _make(dialogue, Edit("set", layer, unit, BIAS, value))


def freeze(kind: EditKind, dialogue: Dialogue, text: str) -> str:
    """Freeze or unfreeze a weight, a bias, a unit or a layer."""
    return _make(dialogue, _edit_of(dialogue, kind, text))


def knock_out(kind: EditKind, dialogue: Dialogue, text: str) -> str:
    """Knock out a hidden unit, whose output then counts as 0, or bring it back."""
    return _make(dialogue, Edit(kind, *_unit(dialogue, text)))


def _make(dialogue: Dialogue, edit: Edit) -> str:
    dialogue.session.do(commands.edit, edit)
    return answer(dialogue)


def _edit_of(dialogue: Dialogue, kind: EditKind, text: str) -> Edit:
    if not text:
        raise refused("say what, such as unit 2, unit 1 of layer 2, layer 1, W1[1,2] or b1[2]")
    sizes = sizes_of(dialogue.snapshot)
    match = _LAYER.fullmatch(text)
    if match is not None:
        return Edit(kind, layer_of(match["layer"], sizes))
    if _SYMBOL.fullmatch(text):
        return Edit(kind, *_weight(dialogue, text))
    if _BIAS.fullmatch(text):
        return Edit(kind, *_bias(dialogue, text), BIAS)
    return Edit(kind, *_unit(dialogue, text))


def weight_or_bias(dialogue: Dialogue, text: str) -> tuple[int, int, int | None]:
    """The layer, the unit and the input of the weight that a text names; no input for a bias, or for a unit.

    Raises:
        RefusedError: it names none.
    """
    if _SYMBOL.fullmatch(text) or _WEIGHT.fullmatch(text):
        layer, unit, source = _weight(dialogue, text)
        return layer, unit, None if source == BIAS else source
    return (*_bias(dialogue, text.removeprefix("bias of ")), None)


def _value(text: str, otherwise: str) -> tuple[str, float]:
    """Split the text into what is to be set and its value."""
    match = _VALUE.fullmatch(text)
    if match is None:
        raise RefusedError(otherwise)
    value = read(match["value"])
    if value is None:
        raise must(word("the value"), word("a number such as 0.042, 4.2e-2 or 0,3"), match["value"])
    return match["what"].strip(), value


def _weight(dialogue: Dialogue, text: str) -> tuple[int, int, Input]:
    snapshot = dialogue.snapshot
    sizes = sizes_of(snapshot)
    symbol, words = _SYMBOL.fullmatch(text), _WEIGHT.fullmatch(text)
    if symbol is not None:
        layer = layer_of(symbol["layer"], sizes)
        unit, given = within(symbol["unit"], sizes[layer], units.UNIT_OF(layer=layer + 1)), symbol["input"]
    elif words is not None:
        (layer, unit), given = place_of(snapshot, words["unit"]), words["input"]
    else:
        raise refused("a weight is named by numbers, {how}; got {text}", how=word(_HOW), text=shown(text))
    inputs = len(snapshot.network.layers[layer]) - 1
    return layer, unit, within(given, inputs, units.INPUT_OF(layer=layer + 1))


def _bias(dialogue: Dialogue, text: str) -> Place:
    match = _BIAS.fullmatch(text)
    if match is None:
        return place_of(dialogue.snapshot, text)
    sizes = sizes_of(dialogue.snapshot)
    layer = layer_of(match["layer"], sizes)
    return layer, within(match["unit"], sizes[layer], units.UNIT_OF(layer=layer + 1))


def _unit(dialogue: Dialogue, text: str) -> Place:
    if not text:
        raise refused("say which unit, such as unit 2 or unit 1 of layer 2")
    return place_of(dialogue.snapshot, text)

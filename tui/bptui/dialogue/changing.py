"""The commands that show and change settings, and those that edit weights, units and layers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpengine import DATASETS, FIELDS, Edit, Field, TrainingConfig
from bpengine.training.edits import BIAS, EditKind, Input
from bptui.commands.grammar import RefusedError, change_named, field_named, move_named, must, refused
from bptui.dialogue import units
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import answer
from bptui.dialogue.units import layer_of, place_of, within
from bptui.session import commands
from bptui.session.units import sizes_of
from bptui.session.worked_step.prediction import read
from bpwords import Sentence, as_sentence, joined, shown, translatable, word


def set_value(dialogue: Dialogue, text: str) -> str:
    """Set a setting to a value."""
    field, name = change_named(text)
    value = field.parse(name)
    task = DATASETS[value].task if field.name == "dataset" else dialogue.opened
    switched = "" if task == dialogue.opened else Sentence("The task is {task} now.")(task=word(task, "tab"))
    dialogue.opened = task
    dialogue.change(field, value)
    return joined(switched, answer(dialogue))


def move(direction: int, dialogue: Dialogue, text: str) -> str:
    """Raise (1) or lower (-1) a setting by a step."""
    field, coarse = move_named(text)
    value = getattr(dialogue.session.config, field.name)
    dialogue.change(field, field.move(value, direction, coarse=coarse))
    return answer(dialogue)


def show(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Show the value of a setting and what it does or, without a name, the values of all settings."""
    if text:
        field, rest = field_named(text)
        if rest:
            raise refused(
                "nothing may follow {name}, got {text}; {set} changes it", name=field.said, text=rest
            )
        yield from _explained(dialogue, field)
        return
    unused = dialogue.snapshot.run.unused
    for field in FIELDS:
        said = Sentence("{name}: {text} (not used)" if field.name in unused else "{name}: {text}")
        yield said(name=field.said, text=field.format(getattr(dialogue.session.config, field.name)))


def _explained(dialogue: Dialogue, field: Field) -> Iterator[str]:
    config = dialogue.session.config
    default = getattr(TrainingConfig.defaults(config.task), field.name)
    value = getattr(config, field.name)
    same = Sentence("{setting} is {value}, the default")
    other = Sentence("{setting} is {value}, the default is {default}")
    said = same if value == default else other
    yield as_sentence(said(setting=field.said, value=field.format(value), default=field.format(default)))
    help = dialogue.session.told(field).explained
    yield joined(help and as_sentence(help), Sentence("It must be {allowed}.")(allowed=field.allowed))
    yield word("A change restarts the run." if field.needs_restart else "A change acts on the run as it is.")
    if field.name in dialogue.snapshot.run.unused:
        yield word("It has no effect with the current values of the other settings.")


def what_if(dialogue: Dialogue, text: str) -> str:
    """Turn what-if on or off: whether each change retrains and compares."""
    session = dialogue.session
    if wanted(text, is_on=session.document.what_if) == session.document.what_if:
        return word("What if is on already." if session.document.what_if else "What if is off already.")
    session.do(commands.toggle_what_if)
    return answer(dialogue)


def wanted(text: str, *, is_on: bool) -> bool:
    """Whether something is to be turned on, by what follows its name; without that it is toggled."""
    if text.casefold() not in ("", "on", "off"):
        raise refused("only on or off may follow, got {text}", text=shown(text))
    return text.casefold() == "on" if text else not is_on


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

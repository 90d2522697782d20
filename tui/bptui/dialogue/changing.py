"""The commands that show and change settings."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine import DATASETS, FIELDS, Field, TrainingConfig
from bpengine.wording import shown
from bptui.commands.grammar import RefusedError, change_named, choice_of, field_named, move_named
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import answer
from bptui.session import commands
from bptui.session.description.words import sentence
from bpwords import joined


def set_value(dialogue: Dialogue, text: str) -> str:
    """Set a setting to a value."""
    field, name = change_named(text)
    value = field.parse(name)
    task = DATASETS[value].task if field.name == "dataset" else dialogue.opened
    switched = "" if task == dialogue.opened else f"The task is {task} now."
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
            raise RefusedError(
                f"nothing may follow the name {field.label}, got {shown(rest)}; set changes it"
            )
        yield from _explained(dialogue, field)
        return
    unused = dialogue.snapshot.run.unused
    for field in FIELDS:
        value = field.format(getattr(dialogue.session.config, field.name))
        yield f"{field.label}: {value}{' (not used)' if field.name in unused else ''}"


def _explained(dialogue: Dialogue, field: Field) -> Iterator[str]:
    config = dialogue.session.config
    default = getattr(TrainingConfig.defaults(config.task), field.name)
    value = getattr(config, field.name)
    same = "the default" if value == default else f"the default is {field.format(default)}"
    yield sentence(f"{field.label} is {field.format(value)}, {same}")
    help = dialogue.session.told(field).help
    yield joined(help and sentence(help), f"It must be {field.allowed}.")
    yield "A change restarts the run." if field.needs_restart else "A change acts on the run as it is."
    if field.name in dialogue.snapshot.run.unused:
        yield "It has no effect with the current values of the other settings."


def what_if(dialogue: Dialogue, text: str) -> str:
    """Turn what-if on or off: whether each change retrains and compares."""
    session = dialogue.session
    is_on = session.document.what_if
    wanted = choice_of(text, ("on", "off"), "what if") == "on" if text else not is_on
    if wanted == is_on:
        return f"What if is {'on' if is_on else 'off'} already."
    session.do(commands.toggle_what_if)
    return answer(dialogue)

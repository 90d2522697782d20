"""The commands that show and change settings."""

from __future__ import annotations

from collections.abc import Iterator

from bpengine import DATASETS, FIELDS, Field, TrainingConfig
from bpengine.wording import shown
from bptui.commands.grammar import change_named, field_named, move_named, refused
from bptui.dialogue.dialogue import Dialogue
from bptui.dialogue.training import answer
from bptui.session import commands
from bptui.session.description.words import sentence
from bpwords import Sentence, joined, word


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
    yield sentence(said(setting=field.said, value=field.format(value), default=field.format(default)))
    help = dialogue.session.told(field).explained
    yield joined(help and sentence(help), Sentence("It must be {allowed}.")(allowed=field.allowed))
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

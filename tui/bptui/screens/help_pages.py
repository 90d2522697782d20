"""What the help says: sections by topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bpengine import Task
from bptui.commands import TOPICS, Command, keys_of
from bptui.drawing.signs import PanelHelp, Sign
from bpwords import Sentence, word

START = "start"
"""The first page, which is no topic."""
PAGES = (START, *TOPICS)
"""The pages of a tab's help."""
_TRAINING = (
    "Each batch of samples changes every weight a little to shrink the error. An epoch uses all samples once."
)
_MOUSE = "A click chooses a panel, a setting or a unit; a double click opens it."
ESSENTIAL: tuple[tuple[tuple[str, ...], str], ...] = (
    (("toggle_run",), "Run or pause the training, and watch the plots."),
    (("up", "down"), "Choose a setting; the line below the panels explains it."),
    (("less", "more"), "Change the chosen setting, and see at once what that does."),
    (("command_palette",), "Find anything by a word, such as lr 0.3, spiral, loss or weights."),
    (("undo",), "Take the last change back: nothing that you press is final."),
    (("toggle_what_if",), "What if: each change retrains to this epoch, and compares."),
    (("advise",), "What would help? Tries about 30 changes on many starts."),
    (("open_box",), "Walk through one training step, number by number."),
    (("describe",), "The run in words."),
    (("focus_next",), "Go to the next panel; this help then begins with that panel."),
)
"""The ten keys that matter, and what they are for."""


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A part of a page: a heading, a text, and keys or signs with what they do or mean."""

    name: str
    topic: str
    about: str
    signs: tuple[Sign, ...] = ()
    has_sentences: bool = False
    """Whether they do so in sentences, one below the other; otherwise in few words, which share rows."""


def panel_section(name: str, help: PanelHelp, task: Task) -> HelpSection:
    """The section about a panel, without the signs that only the other tab has."""
    shown = (sign for sign in help.signs if sign.task in (None, task))
    signs = (sign._replace(text=word(sign.text, "sign"), meaning=word(sign.meaning)) for sign in shown)
    return HelpSection(word(name, "panel"), help.topic, word(help.about), tuple(signs))


def sections(
    panels: Sequence[tuple[str, PanelHelp]], task: Task, commands: Iterable[Command]
) -> Iterator[HelpSection]:
    """All sections: those of the first page, those of the keys, and those of the panels.

    Args:
        panels: the name and the help of each panel, the focused one first.
        task: the task of the open tab.
        commands: the commands whose keys are listed.
    """
    listed = tuple(commands)
    yield replace(panel_section(*panels[0], task), topic=START)
    ten = tuple(Sign(keys_of(*names), word(purpose)) for names, purpose in ESSENTIAL)
    yield HelpSection(word("keys"), START, word(_MOUSE), ten, has_sentences=True)
    yield from (key_section(topic, listed) for topic in TOPICS)
    yield HelpSection(word("training", "topic"), "training", word(_TRAINING))
    yield from (panel_section(name, help, task) for name, help in panels)


def key_section(topic: str, commands: Iterable[Command]) -> HelpSection:
    """The section about the keys of a topic."""
    signs = (Sign(command.shown, word(command.help)) for command in commands if command.topic == topic)
    name = Sentence("keys: {topic}")(topic=word(topic, "topic"))
    return HelpSection(name, topic, "", tuple(signs), has_sentences=True)

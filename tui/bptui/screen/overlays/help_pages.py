"""What the help says: sections by topic, and those that a text finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bpengine import Field, Task
from bptui.commands import TOPICS, Command, keys_of
from bptui.commands.matching import score
from bptui.screen.drawing.panel_legend import PanelHelp, Sign
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
class Line:
    """A key or a sign, and what it does or means."""

    sign: Sign
    words: tuple[str, ...] = ()
    """Synonyms, by which it is found, too."""


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A part of a page: a heading, a text, and lines."""

    name: str
    topic: str
    about: str
    lines: tuple[Line, ...] = ()
    has_sentences: bool = False
    """Whether the lines are sentences, one below the other; otherwise they are short, and share rows."""
    words: tuple[str, ...] = ()
    """Synonyms of the heading."""


def panel_section(name: str, help: PanelHelp, task: Task) -> HelpSection:
    """The section about a panel, without the signs that only the other tab has."""
    shown = (sign for sign in help.signs if sign.task in (None, task))
    signs = (sign._replace(text=word(sign.text, "sign"), meaning=word(sign.meaning)) for sign in shown)
    words = (name, *help.synonyms)
    return HelpSection(
        word(name, "panel"), help.topic, word(help.about), tuple(map(Line, signs)), words=words
    )


def sections(
    panels: Sequence[tuple[str, PanelHelp]], task: Task, commands: Iterable[Command], fields: Iterable[Field]
) -> Iterator[HelpSection]:
    """All sections: those of the first page, those of the keys, and those of the panels.

    Args:
        panels: the name and the help of each panel, the focused one first.
        task: the task of the open tab.
        commands: the commands whose keys are listed.
        fields: the settings, whose sentences are too long for a page, but are to be searched.
    """
    listed = tuple(commands)
    yield replace(panel_section(*panels[0], task), topic=START)
    ten = tuple(Line(Sign(keys_of(*names), word(purpose))) for names, purpose in ESSENTIAL)
    yield HelpSection(word("keys"), START, word(_MOUSE), ten, has_sentences=True)
    yield from (key_section(topic, listed) for topic in TOPICS)
    yield HelpSection(word("training", "topic"), "training", word(_TRAINING))
    yield from (panel_section(name, help, task) for name, help in panels)
    lines = (Line(Sign(field.said, field.explained), field.names) for field in fields)
    yield HelpSection(word("settings", "topic"), "", "", tuple(lines), has_sentences=True)


def key_section(topic: str, commands: Iterable[Command]) -> HelpSection:
    """The section about the keys of a topic."""
    lines = (
        Line(Sign(command.shown, word(command.help)), command.names)
        for command in commands
        if command.topic == topic
    )
    return HelpSection(
        Sentence("keys: {topic}")(topic=word(topic, "topic")), topic, "", tuple(lines), has_sentences=True
    )


def matching(text: str, searched: Iterable[HelpSection]) -> list[HelpSection]:
    """The sections that a text finds: those of panels whole, or only the lines that it finds."""
    sections = []
    for section in searched:
        lines = tuple(line for line in section.lines if _finds(text, line))
        if section.about and score(text, (section.name, *section.words), section.about):
            sections.append(section)
        elif lines:
            sections.append(replace(section, about="", lines=lines))
    return sections


def _finds(text: str, line: Line) -> bool:
    return bool(score(text, (line.sign.text, *line.words), line.sign.meaning))

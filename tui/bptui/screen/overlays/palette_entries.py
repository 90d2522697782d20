"""What the palette offers: its entries, which of them a text finds, and their order without a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any, NamedTuple

from bpengine import DATASETS, FIELD, FIELDS, ConfigError, Field, Task, TrainingConfig
from bpengine.fields import ChoiceField, NamesField
from bptui.commands import Command
from bptui.commands.matching import score
from bptui.commands.table.command import TOPICS
from bptui.screen.drawing.panel_legend import PanelHelp
from bpwords import MAX_VALUE_LENGTH, Sentence, joined, translatable, word

SetField = Callable[[Field, Any], object]
"""Sets a field to a value."""
EditField = Callable[[Field], object]
"""Asks for a value of a field."""
OpenDataset = Callable[[Task, str], object]
"""Opens the tab of a task with a data set."""

DATASET = FIELD["dataset"]
COMMON = "toggle_run", "dataset", "learning_rate", "hidden_units", "activation", "optimizer", "advise"
"""What users look for most, by the names of the entries: the order without a text."""

_SIMILAR = 0.74
"""How similar a text and a name are, from 0 to 1: tahn is tanh, but sound is not should, nor mouse course."""

GROUPS = (*TOPICS, *translatable(("panels", "data", "lessons", "values"), "topic"))
"""What entries are about, in the order of the palette: the topics of the commands and others."""


class PaletteEntry(NamedTuple):
    """Something that the palette can do."""

    group: str
    """What it is about: one of `GROUPS`."""
    name: str
    """What it is known by among those that were used: a command, a setting, a panel, or a setting's value."""
    title: str
    """Its line in the palette."""
    help: str
    """The line below."""
    words: tuple[str, ...]
    """The names and the synonyms by which it is found."""
    run: Callable[[], object]
    """Does it."""
    is_listed: bool = True
    """Whether it is listed without a text."""
    rank: int = 0
    """A score that it has for any text: it was made for the text."""


def command_entries(commands: Iterable[Command], run: Callable[[str], object]) -> Iterator[PaletteEntry]:
    """An entry for each command; `run` runs its action."""
    for command in commands:
        title, keys = word(command.help).rstrip(".。"), Sentence("Key: {key}")(key=command.shown)
        run_it = partial(run, command.action)
        yield PaletteEntry(command.topic, command.name, title, keys, command.names, run_it)


def panel_entries(
    panels: Iterable[tuple[str, PanelHelp]], reveal: Callable[[str], object]
) -> Iterator[PaletteEntry]:
    """An entry that opens each panel."""
    for name, help in panels:
        title, run = Sentence("{name} panel")(name=word(name, "panel")), partial(reveal, name)
        words = (name, f"{name} panel", *help.synonyms, title)
        yield PaletteEntry("panels", f"{name} panel", title, word(help.about), words, run)


def setting_entries(config: TrainingConfig, edit: EditField) -> Iterator[PaletteEntry]:
    """An entry that asks for a value of each setting."""
    for field in FIELDS:
        value = field.format(getattr(config, field.name))
        title = f"{field.said} {field.symbol} = {value}"
        yield PaletteEntry("settings", field.name, title, field.explained, field.names, partial(edit, field))


def value_entries(config: TrainingConfig, change: SetField, take: OpenDataset) -> Iterator[PaletteEntry]:
    """An entry for each name that a setting can have, and for each data set of the other task."""
    for field in FIELDS:
        if not isinstance(field, (ChoiceField, NamesField)):
            continue
        for name in field.alternatives(getattr(config, field.name)):
            run = partial(change, field, field.parse(name))
            title, help = f"{field.said} {name}", word(field.helps[name])
            words = (name, *field.other_names[name], title)
            yield PaletteEntry("values", title, title, help, words, run, is_listed=False)
    other = Sentence("{title} ({key})")
    for data in DATASETS.values():
        if data.task != config.task:
            title = other(title=f"{DATASET.said} {data.name}", key=word(data.task, "tab"))
            help = joined(word("Opens the other tab."), word(data.help))
            words = (data.name, *data.synonyms, title)
            run = partial(take, data.task, data.name)
            yield PaletteEntry("values", title, title, help, words, run, is_listed=False)


def typed_entries(query: str, edit: EditField, change: SetField) -> Iterator[PaletteEntry]:
    """The entries for a setting and a value that were typed, such as "learning rate 0.3" or "epochs = 500".

    The name may be shortened: "learn 0.3". If a value is not allowed, a message says so and asks for another.
    """
    words = re.sub(r"(?<![<>=!])=(?!=)", " = ", query, count=1).split()  # but not in a formula's <=
    for count in range(len(words) - 1, 0, -1):
        name = " ".join(words[:count])
        text = " ".join(words[count:]).removeprefix("= ").removeprefix("to ")
        ranked = [
            (field, score(name, _names(field))) for field in FIELDS if not isinstance(field, ChoiceField)
        ]
        for field, rank in ranked:  # `value_entries` already has the names of a choice
            if rank < 3:
                continue
            try:
                value = field.parse(text)
            except ConfigError as error:
                if text[0] in "+-.0123456789":  # otherwise the words may be the beginning of a name
                    title = f"{field.said} {text}"
                    run: Callable[[], object] = partial(edit, field)
                    yield PaletteEntry("settings", field.name, title, str(error), (), run, rank=5 + rank)
            else:
                title, help = f"{field.said} {field.format(value)}", joined(word("Set it."), field.explained)
                run = partial(change, field, value)
                yield PaletteEntry("settings", field.name, title, help, (), run, rank=5 + rank)


def _names(field: Field) -> tuple[str, ...]:
    """The names of a field, and the initials of its label."""
    return (*field.names, "".join(part[0] for part in field.label.split()))


def found(query: str, entries: Iterable[PaletteEntry]) -> Iterator[tuple[int, PaletteEntry]]:
    """The entries that a text names, each with its score; of equally named ones, the first comes first."""
    for entry in entries:
        rank = entry.rank or score(query, entry.words, f"{entry.title} {entry.help}")
        if rank:
            yield rank, entry


def _spelled(entry: PaletteEntry) -> set[str]:
    """The names of an entry, and their words."""
    names = {name.casefold() for name in entry.words}
    return names.union(*(name.split() for name in names))


def similar(query: str, entries: Sequence[PaletteEntry]) -> list[tuple[float, PaletteEntry]]:
    """The entries with a name that is similar to a text, such as a misspelled one; scores are below 1."""
    query = query[:MAX_VALUE_LENGTH].casefold()
    named = {
        name: entry
        for entry in reversed(entries)
        for name in _spelled(entry)
        if abs(len(name) - len(query)) < 2
    }
    close = get_close_matches(query, named, 5, _SIMILAR)
    return [(1 / (2 + place), named[name]) for place, name in enumerate(close)]


def in_order(entries: Sequence[PaletteEntry], used: Sequence[str]) -> list[PaletteEntry]:
    """The entries without a text: those that were used last, those that are used most, others by group.

    Args:
        entries: all entries.
        used: the names of the entries that were used, the last one first.
    """
    names = tuple(dict.fromkeys((*used, *COMMON)))
    order = {name: place for place, name in enumerate(names)}
    listed = [entry for entry in entries if entry.is_listed or entry.name in used]
    return sorted(listed, key=lambda entry: (order.get(entry.name, len(order)), GROUPS.index(entry.group)))

"""Completion: what the tab key offers after a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bpengine import FIELDS, ChoiceField, Field, NamesField
from bptui.dialogue.dialogue import Dialogue
from bptui.session.description import SECTIONS

MAX_FILES = 200
"""The most names of files that are offered."""


def beginning(words: Iterable[str], text: str) -> Iterator[str]:
    """The words that begin with the text; case is ignored."""
    return (word for word in words if word.casefold().startswith(text.casefold()))


def sections(_dialogue: Dialogue, text: str) -> Iterator[str]:
    """The sections of the description."""
    return beginning(SECTIONS, text)


def settings(_dialogue: Dialogue, text: str) -> Iterator[str]:
    """The labels of settings."""
    return beginning((field.label for field in FIELDS), text)


def values(dialogue: Dialogue, text: str) -> Iterator[str]:
    """The labels of settings and, after a label, its values."""
    for field in FIELDS:
        label = f"{field.label} "
        if text.casefold().startswith(label.casefold()):
            yield from (label + value for value in beginning(_values(dialogue, field), text[len(label) :]))
    yield from (f"{label} " for label in settings(dialogue, text))


def _values(dialogue: Dialogue, field: Field) -> Iterable[str]:
    """The names to choose from; for a number the current value, which the user can change."""
    value = getattr(dialogue.session.config, field.name)
    if isinstance(field, (ChoiceField, NamesField)):
        return field.alternatives(value)
    return (field.format(value),)


def savings(kinds: Iterable[str], dialogue: Dialogue, text: str) -> Iterator[str]:
    """The kinds of files to save and, after one, names of files."""
    for kind in kinds:
        if text.startswith(f"{kind} "):
            yield from (f"{kind} {name}" for name in files(dialogue, text[len(kind) + 1 :]))
    yield from (f"{kind} " for kind in beginning(kinds, text))


def files(dialogue: Dialogue, text: str) -> Iterator[str]:
    """Names of files and folders; none in a dialogue that may use no files."""
    if not dialogue.restrictions.has_files:
        return
    folder, slash, start = text.rpartition("/")
    # There is no such folder, or it is the home folder of an unknown user.
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        entries = Path(f"{folder}{slash}" or ".").expanduser().iterdir()
        paths = (path for path in entries if path.name.startswith(start) and path.name.isprintable())
        for path in sorted(islice(paths, MAX_FILES)):
            yield f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}"


def among(words: Iterable[str], _dialogue: Dialogue, text: str) -> Iterator[str]:
    """Return the function that completes one of these words."""
    return beginning(words, text)

"""The help of a panel: sentences, and the panel's signs in their colors."""

from __future__ import annotations

from typing import NamedTuple

from bpengine import Task
from bptui.screen.drawing.roles import ROLES


class Sign(NamedTuple):
    """A sign or a column of a panel."""

    text: str
    """The sign as it is drawn."""
    meaning: str
    """What it stands for, in a few words."""
    style: str = ""
    """The style as Textual content markup; empty for plain text."""
    task: Task | None = None
    """The only task in which the sign occurs; None if it occurs in both."""


class PanelHelp(NamedTuple):
    """The help of a panel."""

    about: str
    """What the panel shows, and what to look for: two sentences."""
    signs: tuple[Sign, ...] = ()
    """Its signs, the most frequent first."""
    topic: str = ""
    """The page of the help that explains it, one of the commands' `TOPICS`; empty for a help of its own."""
    synonyms: tuple[str, ...] = ()
    """Other words by which people look for the panel."""


def signs_of(*roles: str) -> tuple[Sign, ...]:
    """The signs of these roles of a plot."""
    described = [ROLES[name] for name in roles]
    return tuple(Sign(role.sign, role.meaning, role.style, role.task) for role in described)

"""Reading and writing the files that a user opens and saves on the screen."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bpengine import Dataset, Task
from bptui.session.session import Session
from bptui.settings.options import as_flag
from bptui.settings.start_settings import StartSettings

if TYPE_CHECKING:
    from textual.strip import Strip

    from bpengine.data.csv import Outline, Spelling
    from bptui.session.saving.saving import Saving

Reader = Callable[[str, Task, "Spelling"], "StartSettings | Outline | str"]
"""(name, open tab, how messages about a table write an option) -> the content of the file, the columns from
which to choose the target, or why the file can't be opened."""


def table_flags(
    outline: Outline, target: int, left_out: Collection[int] | None = None, missing: str = ""
) -> str:
    """The flags with which a table is opened.

    Args:
        outline: its columns.
        target: the column to predict, from 0.
        left_out: the columns that are left out; None for those from which nothing can be learned.
        missing: what to do with empty cells; empty for what suits the columns.
    """
    names = [column.name for column in outline.columns]
    if not any(map(str.isdecimal, names)):  # a name takes precedence over a position
        names = [str(number) for number in range(1, len(names) + 1)]
    if left_out is None:
        left_out = [n for n, column in enumerate(outline.columns) if column.problem and n != target]
    flags = {
        "target": names[target],
        "header": "yes" if outline.has_header else "no",
        "missing": missing or outline.likely_missing(),
        **({"ignore": ",".join(names[number] for number in left_out)} if left_out else {}),
    }
    return " ".join(f"--{flag}={shlex.quote(value)}" for flag, value in flags.items())


class UserFiles:
    """Reads and writes files, and remembers which files the samples came from.

    Args:
        start: the settings at the start.
        read: reads a file; None if no file can be opened.
    """

    def __init__(self, start: StartSettings, read: Reader | None) -> None:
        self._read = read
        self._options = [
            (source, options)
            for task, source in start.sources.items()
            if source is not None and (options := start.data.get(task))
        ]

    def savings(
        self, session: Callable[[], Session], rows: Iterable[Strip] | None = None
    ) -> tuple[Saving, ...]:
        """The kinds of files that can be saved from a tab.

        Args:
            session: returns the session of the tab.
            rows: the screen; None if there is none.
        """
        from bptui.session.saving.kinds import savings

        return savings(session, self._options_of(session()), rows)

    def _options_of(self, session: Session) -> Mapping[str, Any] | None:
        """The options with which the samples were read; None if they came with a checkpoint."""
        if session.source is None:
            return {}
        return next((options for source, options in self._options if source is session.source), None)

    def note(self, source: Dataset, options: Mapping[str, Any]) -> None:
        """Remember with which options these samples were read."""
        self._options.append((source, options))

    def open(self, name: str, task: Task, spell: Spelling = as_flag) -> StartSettings | Outline | str:
        """Return a file's content, the columns from which to choose the target, or why it can't be opened.

        Args:
            name: the name of the file, with optional flags after it.
            task: the task of the open tab.
            spell: how messages about a table write an option.
        """
        if self._read is None:
            return "no file can be opened here"
        opened = self._read(name, task, spell)
        if isinstance(opened, StartSettings):
            source = opened.source
            if source is not None and (options := opened.data[opened.start]):
                self.note(source, options)
        return opened

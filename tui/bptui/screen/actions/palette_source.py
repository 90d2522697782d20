"""The part of the app that the palette searches, and that remembers what was used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bpengine import Task
from bptui.commands import COMMAND, COMMANDS
from bptui.screen.actions.files import Files
from bptui.screen.actions.lessons import Lessons
from bptui.screen.actions.panels import Panels
from bptui.screen.actions.settings import Settings
from bptui.screen.overlays.palette import theme_entries
from bptui.screen.overlays.palette_entries import (
    DATASET,
    PaletteEntry,
    command_entries,
    panel_entries,
    setting_entries,
    typed_entries,
    value_entries,
)
from bptui.screen.tabs.panels import PANELS
from bptui.screen.tabs.run_tabs import RunTabs
from bpwords import Sentence, names_in_language, word

FILES = ("load", "import", "csv", "my data", "own data", "upload", "checkpoint")
LANGUAGES = {"en": "English", "zh": "Chinese (中文)"}


class PaletteSource:
    """Everything that can be found by name, on the open tab.

    Args:
        tabs: the tabs.
        panels, settings, files, lessons: the parts of the app on which entries act.

    Attributes:
        used: the names of the entries that were used in this session, the last one first.
    """

    def __init__(
        self, tabs: RunTabs, panels: Panels, settings: Settings, files: Files, lessons: Lessons
    ) -> None:
        self._tabs, self._panels, self._settings, self._files = tabs, panels, settings, files
        self._lessons = lessons
        self.used: list[str] = []

    def entries(self, text: str) -> list[PaletteEntry]:
        """All entries, with those that are made for a typed text; see `_entries`."""
        settings = self._settings
        typed = typed_entries(text, settings.choose_and_edit, settings.choose_and_set)
        without_help = ("settings", "values") if self._tabs.view.session.hides_verdicts() else ()
        entries = (*typed, *self._entries())
        return [entry._replace(help="") if entry.group in without_help else entry for entry in entries]

    def _entries(self) -> Iterator[PaletteEntry]:
        """All entries. Of two that are named equally well, the earlier one is found first."""
        app, settings = self._tabs.view.app, self._settings
        config = self._tabs.view.session.config
        allowed = (command for command in COMMANDS if app.check_action("do", (command.name,)))
        yield from setting_entries(config, settings.choose_and_edit)
        yield from panel_entries(((panel.name, panel.help) for panel in PANELS), self._panels.reveal)
        yield from command_entries(allowed, app.run_action)
        yield from value_entries(config, settings.choose_and_set, self._take)
        if help := self._files.opens_files:
            words = ("open", *FILES, *names_in_language("open", "Open a file…", ""))
            yield PaletteEntry("data", "open", word("Open a file…"), help, words, self._files.open)
        formula = word("A formula such as sin(x) + x/2, or y > x**3 - x")
        words = ("learn", "own function", *names_in_language("learn", "Learn a function…", ""))
        yield PaletteEntry("data", "learn", word("Learn a function…"), formula, words, self._files.learn)
        yield from self._lesson_entries()
        yield from theme_entries(app, self._panels.use_theme)

    def _lesson_entries(self) -> Iterator[PaletteEntry]:
        for heading, title in self._lessons.headings():
            said = Sentence("Lesson: {title}")(title=title)
            time = Sentence("{minutes} minutes")(minutes=heading.minutes)
            titles = heading.title.values()
            words = (heading.id, *titles, f"lesson {heading.id}", *COMMAND["lessons"].synonyms)
            run = partial(self._lessons.begin, heading.id)
            yield PaletteEntry("lessons", heading.id, said, time, words, run)
        for language in self._lessons.languages:
            title = Sentence("Lessons in {language}")(language=word(LANGUAGES.get(language, language)))
            about, words = word("The screen itself keeps its language"), ("language", language, title)
            speak = partial(self._lessons.speak, language)
            yield PaletteEntry("lessons", title, title, about, words, speak)
        if self._lessons.is_open and self._tabs.view.app.check_action("do", ("save",)):
            title, words = word("Hand in the lesson…"), ("hand in", "submit", "homework")
            about = word("Write the answers, and the runs that reached goals, into a file")
            yield PaletteEntry("lessons", "hand_in", title, about, words, self._lessons.hand_in)

    async def _take(self, task: Task, dataset: str) -> None:
        """Open the tab of a task with a data set."""
        await self._tabs.view.app.run_action(COMMAND[task].action)
        self._settings.choose_and_set(DATASET, dataset)

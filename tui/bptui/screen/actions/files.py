"""The part of the app that opens and saves files, in dialogs or through the page in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bpengine import ConfigError, DataError, Task
from bpengine.files import reason_of, unwritten, write_whole
from bptui.commands import COMMAND
from bptui.process.restrictions import Restrictions
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.terminal.textual_internals import driver_of
from bptui.session import commands
from bptui.session.saving.saving import Saving
from bptui.session.saving.user_files import Reader, UserFiles
from bptui.settings.options import as_flag
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, printable_path, word

if TYPE_CHECKING:
    from bpengine.data.csv import Outline, Spelling

_DRAWING = Sentence("Drawing {name} beside the run…")
_GIVEN_UP = Sentence("The page was not drawn to its end, and not written. {quit} quits.")
NOTES_SECONDS = 20.0
"""How long notes about the data are shown."""


class Files:
    """Opens and saves files. The modules of the dialogs are imported when they are opened.

    Args:
        tabs: the tabs.
        start: the settings at the start.
        read_file: reads a file; see `UserFiles`. None if no file can be opened.
        restrictions: the limits.

    Attributes:
        user_files: reads and writes files.
        opens_files: which files can be opened; empty for none.
    """

    def __init__(
        self,
        tabs: RunTabs,
        start: StartSettings,
        read_file: Reader | None,
        restrictions: Restrictions,
    ) -> None:
        self._tabs, self._restrictions = tabs, restrictions
        self.user_files = UserFiles(start, read_file if restrictions.opens else None)
        self.opens_files = word(restrictions.opens) if restrictions.opens and read_file else ""
        self._writing: asyncio.Task[None] | None = None

    def tell(self, notes: Sequence[str]) -> None:
        """Show notes about how the user's data was read, until a click or for `NOTES_SECONDS`."""
        if notes:
            title = word("How the file was read")
            app = self._tabs.view.app
            app.notify("\n".join(notes), title=title, timeout=NOTES_SECONDS, markup=False)

    def write_late(self, path: Path, make: Callable[[], Awaitable[str]]) -> None:
        """Write a file beside the screen, which answers keys while its text is made.

        Args:
            path: the file.
            make: makes its text.

        Raises:
            ConfigError: an earlier one is still being made.
        """
        if self._writing is not None and not self._writing.done():
            raise ConfigError("page", word("the last one is still being drawn"))
        self._writing = asyncio.create_task(self._write(path, make))
        self._tabs.view.do(commands.say, _DRAWING(name=printable_path(path)))

    def give_up(self) -> bool:
        """Give up the file that is being made, and say so; return whether there was one."""
        gives_up = self._writing is not None and self._writing.cancel()
        if gives_up:
            self._tabs.view.do(commands.say, _GIVEN_UP())
        return gives_up

    async def _write(self, path: Path, make: Callable[[], Awaitable[str]]) -> None:
        view, name = self._tabs.view, printable_path(path)
        try:
            write_whole(path, await make())
        except Exception as error:  # of any part of the screen; above all, a MemoryError
            reason = reason_of(error) if isinstance(error, OSError) else repr(error)
            view.do(commands.refuse, unwritten(name, reason))
            return
        if self._restrictions.has_files:
            view.do(commands.say, Sentence("Saved {name}")(name=f"{name}."))
        else:
            self._offer(path.name)

    def ask_to_save(self, savings: Sequence[Saving], stem: str) -> None:
        """Ask which of these files to save and where, save it, and say so on the open tab.

        Args:
            savings: what can be saved.
            stem: the beginning of the proposed name.
        """
        from bptui.screen.overlays.questions import AskScreen, file_of

        view = self._tabs.view
        if self._restrictions.has_files:
            view.app.push_screen(AskScreen(file_of(savings, stem, lambda said: view.do(commands.say, said))))
        else:
            self._ask_to_download(savings, stem)

    def _ask_to_download(self, savings: Sequence[Saving], stem: str) -> None:
        """Ask which of these files to write into the current folder, from which the page takes it."""
        from bptui.screen.overlays.questions import ListScreen, downloaded
        from bptui.session.saving.saving import free_name

        view = self._tabs.view

        def take(number: int | None) -> None:
            if number is None:
                return
            saving = savings[number - 1]
            name = free_name(stem, saving.suffix)
            is_full = sum(path.stat().st_size for path in Path().iterdir()) > self._restrictions.max_file
            if problem := word("the page has not taken the last files") if is_full else saving.save(name):
                view.do(commands.refuse, problem)
            elif not saving.is_late:
                self._offer(name)

        view.app.push_screen(ListScreen(downloaded(savings)), take)

    def _offer(self, name: str) -> None:
        """Let the page download a file."""
        self._tell_page(f"download;{name}")
        self._tabs.view.do(commands.say, Sentence("The page downloads {name}.")(name=name))

    def take_upload(self) -> None:
        """Open the file that the page has put into the current folder, and ask what to learn from it."""
        from bpengine.data.csv import Outline
        from bptui.screen.overlays.dialog import Confirmation
        from bptui.screen.overlays.open import TableScreen

        if isinstance(self._tabs.view.app.screen, Confirmation):  # no kept run comes over the file
            self._tabs.view.app.screen.dismiss()
        for path in Path().glob(f"*{self._restrictions.upload_ending}"):
            lines, most = path.read_bytes().count(b"\n"), 10 * self._restrictions.max_samples
            is_long = lines > most  # which would take seconds to read, and be refused then
            refusal = Sentence("{file}: has {lines} lines, too many for a session here")
            answer = refusal(file=path, lines=lines) if is_long else self._take_file(str(path))
            if isinstance(answer, Outline):
                self._tabs.view.app.push_screen(TableScreen(str(path), answer, self._take_file))
            elif answer:
                self._tabs.view.do(commands.refuse, answer)

    def _tell_page(self, message: str) -> None:
        """Tell the page something, in the way in which terminals are given a title."""
        if (driver := driver_of(self._tabs.view.app)) is not None:
            driver.write(f"\x1b]7348;{message}\x07")
            driver.flush()

    def open(self) -> None:
        """Ask for a file, and open it on its tab; a page asks for one to upload."""
        from bptui.screen.overlays.open import OpenScreen

        if self._restrictions.has_files:
            self._tabs.view.app.push_screen(OpenScreen(self._take_file))
            return
        self._tell_page("upload")
        choose = Sentence("Choose a CSV file of at most {n} MB, or drop it on the page.")
        self._tabs.view.do(commands.say, choose(n=self._restrictions.max_upload // 1_000_000))

    def _take_file(self, name: str, task: Task | None = None, spell: Spelling = as_flag) -> Outline | str:
        """Open a file on its tab.

        Args:
            name: the file, and flags.
            task: the task for which rows are opened if that is possible; None for that of the open tab.
            spell: how messages about a table write an option.

        Returns:
            The columns, if a target has to be chosen first; why the file can't be opened; or an empty text if
            it was opened.
        """
        opened = self.user_files.open(name, task or self._tabs.opened, spell)
        if not isinstance(opened, StartSettings):
            return opened
        if task is not None:
            opened = replace(opened, as_classes=None)
        task = opened.start
        if refusal := self._restrictions.refusal(opened.configs[task], opened.sources[task]):
            return refusal
        shown = partial(self._show, opened, printable_path(name.partition(" --")[0]))
        if opened.as_classes is None:
            return shown()
        self._tabs.view.app.call_later(self.ask_task, opened, shown)  # when the dialog of the file is closed
        return ""

    def _show(self, opened: StartSettings, name: str) -> str:
        """Show what was opened on its tab, and begin, unless a run is resumed; return why this fails."""
        view = self._tabs.views[opened.start]
        begins = not opened.paused and opened.restored is None
        try:
            view.open_run(opened.trainer("numpy"), name, suited=opened.suited, begins=begins)
        except (ConfigError, DataError) as error:
            return str(error)
        self.tell(opened.notes_beside_question)
        if view is self._tabs.view:
            view.open()  # at once: a key that comes next meets a run that has begun
        else:
            view.app.call_later(view.app.run_action, COMMAND[opened.start].action)
        return ""

    def ask_task(self, opened: StartSettings, otherwise: Callable[[], str | None]) -> None:
        """Ask whether few whole numbers are classes, unless the task was chosen; then open them as such.

        Nothing trains before the answer. If they are numbers, `otherwise` begins; it says why if it can't.
        """
        from bptui.screen.overlays.questions import ListScreen, task_of

        source, as_classes, view = opened.source, opened.as_classes, self._tabs.view
        if source is None or as_classes is None:
            return

        def take(number: int | None) -> None:
            classes = as_classes() if number == 1 else ""
            if isinstance(classes, StartSettings) and (samples := classes.source):
                self.user_files.note(samples, classes.data[classes.start])
                classes = self._show(replace(classes, paused=opened.paused), samples.name)
            problem = str(classes)
            if problem or number != 1:
                problem = otherwise() or problem
            if problem:
                view.do(commands.say, problem)

        view.app.push_screen(ListScreen(task_of(source.whole_numbers)), take)

    def learn(self) -> None:
        """Ask for a function, and learn it on the open tab."""
        from bptui.screen.overlays.questions import AskScreen, function_of

        view = self._tabs.view
        config = view.session.config
        asked = function_of(config.task, config.function, lambda text: view.do(commands.learn, text))
        view.app.push_screen(AskScreen(asked))

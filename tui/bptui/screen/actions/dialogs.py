"""The part of the app that opens dialogs and screens over a tab, and applies their results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bpengine import FIELDS, ConfigError, DataError, Task, Trainer
from bpengine.files import reason_of, unwritten, write_whole
from bpengine.wording import printable_path
from bptui.commands import COMMAND, COMMANDS
from bptui.formatting import with_arrows
from bptui.process.restrictions import Restrictions
from bptui.screen.tabs.run_tabs import RunTabs
from bptui.screen.terminal.textual_internals import driver_of
from bptui.session import commands
from bptui.session.autosave.paths import UPLOADED
from bptui.session.saving.saving import Saving
from bptui.session.saving.user_files import Reader, UserFiles
from bptui.session.snapshot import Stage
from bptui.settings.options import as_flag
from bptui.settings.start_settings import StartSettings
from bpwords import Sentence, as_sentence, word

if TYPE_CHECKING:
    from bpengine.data.csv import Outline, Spelling
    from bpengine.many.advice import TriedChange
    from bptui.experiments.runner import Runner, WorkLimits
    from bptui.screen.overlays.dialog import RunDialog
    from bptui.screen.tabs.run_view import RunView
    from bptui.session.document import Document
    from bptui.session.units import Link
    from bptui.session.worked_step.prediction import Score

_PAGE = Sentence("page of the run, for any browser (.html, .svg)")
_DRAWING = Sentence("Drawing {name} beside the run…")
_GIVEN_UP = Sentence("The page was not drawn to its end, and not written. {quit} quits.")
NOTES_SECONDS = 20.0
"""How long notes about the data are shown."""


class Dialogs:
    """What opens over the open tab. The modules of the screens are imported when they are opened.

    Args:
        tabs: the tabs.
        start: the settings at the start.
        runner: trains the runs of experiments and maps.
        read_file: reads a file; see `UserFiles`. None if no file can be opened.
        restrictions: the limits.

    Attributes:
        files: reads and writes files.
        opens_files: which files can be opened; empty for none.
    """

    def __init__(
        self,
        tabs: RunTabs,
        start: StartSettings,
        runner: Runner,
        read_file: Reader | None,
        restrictions: Restrictions,
    ) -> None:
        self._tabs, self._restrictions, self._cluster = tabs, restrictions, start.cluster
        self._runner, self._ascii = runner, start.ascii
        reader = read_file if restrictions.has_files or restrictions.has_page else None
        self.files = UserFiles(start, reader)
        kinds = "A CSV file" if restrictions.has_page else "A checkpoint, settings or a CSV file"
        self.opens_files = "" if reader is None else word(kinds)
        self._score: Score | None = None
        self._drawing: asyncio.Task[None] | None = None

    def tell(self, notes: Sequence[str]) -> None:
        """Show notes about how the user's data was read, until a click or for `NOTES_SECONDS`."""
        if notes:
            title = word("How the file was read")
            app = self._tabs.view.app
            app.notify("\n".join(notes), title=title, timeout=NOTES_SECONDS, markup=False)

    def help(self) -> None:
        """Show the help."""
        from bptui.screen.overlays.help import HelpScreen
        from bptui.screen.overlays.help_pages import PAGES, sections

        view = self._tabs.view
        allowed = [command for command in COMMANDS if view.app.check_action("do", (command.name,))]
        fields = map(view.session.told, FIELDS)
        pages = [*sections(view.help(), view.session.config.task, allowed, fields)]
        view.app.push_screen(HelpScreen(pages, PAGES))

    def describe(self) -> None:
        """Describe the run in words."""
        from bptui.experiments.beside import AT_ONCE
        from bptui.screen.overlays.reading import WordsScreen
        from bptui.session.description import sections
        from bptui.session.description.fooling import told
        from bptui.session.pad import Pad

        view = self._tabs.view
        view.do(commands.say, "")  # the answer to an earlier key is nothing about the run
        snapshot = view.session.snapshot(measures=AT_ONCE)
        found = sections(view.with_fitting_advice(snapshot), view.options.plane)
        texts = [(section.heading, section.text) for section in found]
        if view.session.dataset.picture is not None and snapshot.status.stage is not Stage.DIVERGED:
            pad = Pad(view.session)
            pad.take(view.chosen_sample or 0)
            texts.insert(-1, (word("A sample", "section"), "\n".join(told(pad))))
        view.app.push_screen(WordsScreen(*texts))

    def open_unit(self) -> None:
        """Show the details of the unit that is chosen in the network, and keep them up to date."""
        from bptui.screen.overlays.unit import UnitScreen

        view = self._tabs.view
        if view.snapshot is not None:
            push(UnitScreen(view.options.unit, view.snapshot), view)

    def open_box(self, weight: Link | None = None) -> None:
        """Pause, and show the next step of the run number by number, or one with the picture that is chosen.

        Args:
            weight: the weight whose chain of derivatives is shown first; None for the start of the step.
        """
        from bptui.screen.overlays.box import BoxScreen
        from bptui.screen.tabs.step_effect import effect_figure
        from bptui.session.worked_step.prediction import Score

        view = self._tabs.view
        if any(isinstance(screen, BoxScreen) for screen in view.app.screen_stack):  # called from its palette
            return
        self._score = self._score or Score()
        sample = view.chosen_sample if weight is None and view.panel_layout.focused == "plot" else None
        shows = lambda: view.session, view.frames.show_now, effect_figure
        push(BoxScreen(*shows, self._score, weight, sample), view)

    def limits(self) -> WorkLimits:
        """What an experiment may use."""
        from bptui.experiments.runner import WorkLimits

        return WorkLimits(self._runner, self._restrictions.allows, self._cluster)

    def pins(self) -> None:
        """List the pinned runs, and keep the list up to date."""
        from bptui.screen.overlays.reading import PinsScreen

        view = self._tabs.view
        snapshot = view.session.snapshot()
        if snapshot.comparison.reference is None:
            view.do(commands.say, Sentence("No run is pinned yet: {toggle_pin} pins this one.")())
            return
        push(PinsScreen(snapshot, lambda letter: view.do(commands.unpin, letter)), view)

    def advise(self) -> None:
        """Find out by experiment which changes help, and apply the chosen one."""
        from bptui.screen.overlays.advice import AdviceScreen

        def take(change: TriedChange | None) -> None:
            if change is not None:
                view.do(commands.take, change.values, with_arrows(change.text))

        view = self._tabs.view
        view.app.push_screen(AdviceScreen(view.session.advising(self.limits())), take)

    def open_map(self) -> None:
        """Pause, open the map, and then open the run that was chosen there."""
        from bptui.screen.overlays.map import MapScreen, Opened
        from bptui.screen.tabs.panels import fits_figure

        view = self._tabs.view
        if any(isinstance(screen, MapScreen) for screen in view.app.screen_stack):  # called from its palette
            return

        def take(opened: Opened | None) -> None:
            if opened is not None:
                view.do(commands.open_map_run, opened.values, opened.what)
            if view is self._tabs.view:  # the palette can have opened the other tab
                view.open()

        view.close()
        view.app.push_screen(MapScreen(*view.session.map_base(self.limits()), fits_figure), take)

    def predict(self) -> None:
        """Ask for values of the inputs or for a picture, and say what the run predicts."""
        from bptui.screen.overlays.predict import MAX_INPUTS, PredictScreen
        from bptui.session.description.prediction import DIVERGED

        view = self._tabs.view
        if view.session.stage is Stage.DIVERGED:
            view.do(commands.say, as_sentence(word(DIVERGED)))
        elif view.session.dataset.picture is not None:
            from bptui.screen.overlays.pad import PadScreen

            push(PadScreen(view.session, view.chosen_sample), view)
        elif (count := len(view.session.dataset.raw_columns)) > MAX_INPUTS:
            refusal = Sentence(
                "{n} values are too many to type: save the run, and use bptui predict on a file."
            )
            view.do(commands.say, refusal(n=count))
        else:
            push(PredictScreen(view.session), view)

    def draw(self, *, empty: bool = False) -> None:
        """Draw samples of the run, or those of a new plane with two classes."""
        from bptui.screen.overlays.draw import DrawScreen
        from bptui.screen.tabs.panels import plot_figure
        from bptui.session.points import Points

        view = self._tabs.view
        try:
            points = Points.empty() if empty else Points.of(view.session.dataset)
        except DataError as error:
            view.do(commands.refuse, str(error))
            return
        snapshot = view.snapshot or view.session.snapshot()
        push(DrawScreen(snapshot, view.do, plot_figure, points), view)

    def save(self) -> None:
        """Ask what to save and where, and save it."""
        from bptui.screen.terminal.textual_internals import screen_strips

        view = self._tabs.view
        run = view.session.snapshot().run
        savings = self.files.savings(lambda: view.session, screen_strips(view.app))  # before it is covered
        page = Saving("page", _PAGE(), ".html", self._begin_page, is_late=True)
        self.ask_to_save((*savings[:-1], page, savings[-1]), f"{run.config.task}-{run.epoch}")

    def _begin_page(self, path: Path) -> None:
        if self._drawing is not None and not self._drawing.done():
            raise ConfigError("page", word("the last one is still being drawn"))
        self._drawing = asyncio.create_task(self._write_page(path, self._tabs.view.session.document))
        self._tabs.view.do(commands.say, _DRAWING(name=printable_path(path)))

    def give_up_page(self) -> bool:
        """Draw a page no further, and say so; return whether one was being drawn."""
        gives_up = self._drawing is not None and self._drawing.cancel()
        if gives_up:
            self._tabs.view.do(commands.say, _GIVEN_UP())
        return gives_up

    async def _write_page(self, path: Path, document: Document) -> None:
        """Draw a page of the run beside the screen, which answers keys in the meantime, and write it."""
        from bptui.screen.actions.sharing import bookmarks_of, frames_of, written

        view, run, name = self._tabs.view, document.run, printable_path(path)
        run_at_end, theme = Trainer.continuing(run), view.app.theme
        start = StartSettings(
            start=run.config.task, restored=run_at_end, paused=True, ascii=self._ascii, theme=theme
        )
        new_app: Any = type(view.app)
        try:
            app = new_app(start)
            app.view.change_options(plane=view.options.plane)
            frames = await frames_of(app, app.tabs, bookmarks_of(document), view.app.size, rest=2.0)
            write_whole(path, written(run, frames, path.suffix))
        except Exception as error:  # of any part of the screen; above all, a MemoryError
            reason = reason_of(error) if isinstance(error, OSError) else repr(error)
            view.do(commands.refuse, unwritten(name, reason))
            return
        if self._restrictions.has_page:
            self._offer(path.name)
        else:
            view.do(commands.say, Sentence("Saved {name}")(name=f"{name}."))

    def ask_to_save(self, savings: Sequence[Saving], stem: str) -> None:
        """Ask which of these files to save and where, save it, and say so on the open tab.

        Args:
            savings: what can be saved.
            stem: the beginning of the proposed name.
        """
        from bptui.screen.overlays.questions import AskScreen, file_of

        view = self._tabs.view
        if self._restrictions.has_page:
            self._ask_to_download(savings, stem)
        else:
            asked = file_of(savings, stem, lambda sentence: view.do(commands.say, sentence))
            view.app.push_screen(AskScreen(asked))

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
            waiting = sum(path.stat().st_size for path in Path().iterdir())
            is_full = waiting > self._restrictions.max_file
            if problem := word("the page has not taken the last files") if is_full else saving.save(name):
                view.do(commands.refuse, problem)
                return
            if not saving.is_late:
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
        for path in Path().glob(f"*{UPLOADED}"):
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
        driver = driver_of(self._tabs.view.app)
        if driver is not None:
            driver.write(f"\x1b]7348;{message}\x07")
            driver.flush()

    def open(self) -> None:
        """Ask for a file, and open it on its tab; a page asks for one to upload."""
        from bptui.screen.overlays.open import OpenScreen

        if self._restrictions.has_page:
            self._tell_page("upload")
            self._tabs.view.do(commands.say, "Choose a CSV file of at most 5 MB, or drop it on the page.")
            return
        self._tabs.view.app.push_screen(OpenScreen(self._take_file))

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
        opened = self.files.open(name, task or self._tabs.opened, spell)
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
                self.files.note(samples, classes.data[classes.start])
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


def push(screen: RunDialog, view: RunView) -> None:
    """Open a screen that follows the run of a tab."""
    view.app.push_screen(screen)
    screen.watch(view, "snapshot", screen.show, init=False)

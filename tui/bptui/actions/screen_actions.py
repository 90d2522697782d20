"""Actions that open a screen or a dialog over the tab, and that apply its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bptui.actions.setting_actions import SettingActions
from bptui.box.score import Score
from bptui.commands import key_of

if TYPE_CHECKING:
    from bpengine.many.advice import Change
    from bptui.drawing.unit_position import Link
    from bptui.screens.box import BoxScreen
    from bptui.screens.pins import PinsScreen
    from bptui.screens.unit import UnitScreen
    from bptui.starts.runner import Limits
    from bptui.startup.start_settings import TargetChoice
    from bptui.widgets.network import NetworkPanel


class ScreenActions(SettingActions):
    """The base of the app with the keys that open screens over the tab."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._score = Score()

    def on_network_panel_opened(self) -> None:
        """Show the details of the chosen unit, and keep them up to date."""
        from bptui.screens.unit import UnitScreen

        self._push(UnitScreen(self.view.options.unit, self.view.snapshot))

    def on_network_panel_weight_opened(self, event: NetworkPanel.WeightOpened) -> None:
        """Open the box with the chain of derivatives of the weight that was clicked."""
        self._open_box(event.link)

    def on_unit_screen_weight_opened(self, event: UnitScreen.WeightOpened) -> None:
        """Open the box with the chain of derivatives of a weight or bias clicked on the unit screen."""
        self._open_box(event.link)

    def _push(self, screen: BoxScreen | PinsScreen | UnitScreen) -> None:
        """Open a screen that follows the run of the open tab."""
        self.push_screen(screen)
        screen.watch(self.view, "snapshot", screen.show, init=False)

    def on_unit_screen_walked(self, event: UnitScreen.Walked) -> None:
        """Choose the unit in the network panel that the unit screen shows."""
        self.view.change_options(unit=event.unit)

    def action_pins(self) -> None:
        """List the pinned runs, and keep the list up to date."""
        from bptui.screens.pins import PinsScreen

        view = self.view
        snapshot = view.session.snapshot()
        if snapshot.comparison.reference is None:
            self._do(view.session.say, f"No run is pinned yet: {key_of('toggle_pin')} pins this one.")
            return
        self._push(PinsScreen(snapshot, lambda letter: self._do(view.session.unpin, letter)))

    def action_advise(self) -> None:
        """Find out by experiment which changes help, and apply the chosen one."""
        from bptui.screens.advice import AdviceScreen

        def take(change: Change | None) -> None:
            if change is not None:
                self._do(self.view.session.take, change.values, change.text.replace("->", "→"))

        self.push_screen(AdviceScreen(self.view.session.advising(self.experiment_limits())), take)

    def experiment_limits(self) -> Limits:
        """The limits of an experiment: none."""
        from bptui.starts.runner import Limits

        return Limits(self.runner, cluster=self._cluster)

    def action_open_map(self) -> None:
        """Pause, open the map, and then open the run that was chosen there."""
        from bptui.screens.map import MapScreen, Opened
        from bptui.views.cell_fits import fits_figure

        view = self.view
        if any(isinstance(screen, MapScreen) for screen in self.screen_stack):  # called from its palette
            return

        def take(opened: Opened | None) -> None:
            if opened is not None:
                self._do(view.session.open_run, opened.values, opened.what)
            if view is self.view:  # the palette can have opened the other tab
                view.open()

        view.close()
        self.push_screen(MapScreen(*view.session.map_base(self.experiment_limits()), fits_figure), take)

    def action_save(self) -> None:
        """Ask what to save and where, and save it."""
        from bptui.screens.save import SaveScreen
        from bptui.terminal.textual_internals import screen_strips

        session, run = self.view.session, self.view.session.snapshot().run
        savings = self._files.savings(session, screen_strips(self))  # before the dialog covers the screen

        def saved(sentence: str | None) -> None:
            if sentence is not None:
                self._do(session.say, sentence)

        self.push_screen(SaveScreen(savings, f"{run.config.task}-{run.epoch}"), saved)

    async def action_quit(self) -> None:
        """Quit. If the runs can't be kept, ask first."""
        from bptui.screens.question import Question

        self.keep()
        if not self.keep_problem:
            self.exit()
            return

        def take(answer: str | None) -> None:
            if answer == "enter":
                self.exit()
            elif answer == "save":
                self.action_save()

        self.clear_notifications()  # the note of the start says the same, and would cover the dialogs
        key = key_of("save")
        elsewhere, save = (f", {key} saves elsewhere", f"   {key} save") if self.can_save else ("", "")
        question = Question(
            f"The run can't be kept: {self.keep_problem}.",
            f"enter quits without keeping, esc goes back{elsewhere}",
            keys=f"enter quit   esc back{save}",
            actions={"save": "dismiss('save')"} if self.can_save else {},
        )
        self.push_screen(question, take)

    def action_open(self) -> None:
        """Ask for a file, and open it on its tab."""
        from bptui.screens.open import OpenScreen

        self.push_screen(OpenScreen(self._take_file))

    def _take_file(self, name: str) -> TargetChoice | str:
        """Open a file on its tab.

        Args:
            name: the file, and flags.

        Returns:
            The columns, if a target has to be chosen first; why the file can't be opened; or an empty text if
            it was opened.
        """
        from bptui.startup.start_settings import StartSettings

        opened = self._files.open(name, self._open)
        if not isinstance(opened, StartSettings):
            return opened
        problem = self._views[opened.start].open_run(opened, name.partition(" --")[0])
        if not problem:
            self._tell(opened.notes)
            self.call_later(self.action_open_tab, opened.start)
        return problem

    def action_learn(self) -> None:
        """Ask for a function, and learn it on the open tab."""
        from bptui.screens.function import FunctionScreen

        config = self.view.session.config
        self.push_screen(FunctionScreen(config.task, config.function, self._take_function))

    def _take_function(self, function: str) -> str:
        """Learn a function on the open tab; return why that is not possible, or an empty text."""
        from bpengine import ConfigError, DataError

        try:
            self._do(self.view.session.learn, function)
        except (ConfigError, DataError) as error:
            return str(error)
        return ""

    def action_open_box(self) -> None:
        """Pause, and show the next step of the run number by number."""
        self._open_box()

    def _open_box(self, weight: Link | None = None) -> None:
        from bptui.screens.box import BoxScreen
        from bptui.views.step_effect import effect_figure

        view = self.view
        if not any(
            isinstance(screen, BoxScreen) for screen in self.screen_stack
        ):  # the palette opens over it
            self._push(BoxScreen(lambda: view.session, view.show_now, effect_figure, self._score, weight))

    def action_describe(self) -> None:
        """Describe the run in words."""
        from bptui.describe import describe
        from bptui.screens.words import WordsScreen

        view = self.view
        self.push_screen(WordsScreen(describe(view.with_fitting_advice(view.session.snapshot()))))

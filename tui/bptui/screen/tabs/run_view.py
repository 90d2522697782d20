"""A tab: its panels, and the session behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from bpengine import FIELDS, Field, Trainer
from bptui.experiments.runner import Runner
from bptui.screen.drawing.panel_legend import PanelHelp
from bptui.screen.tabs import panel_help
from bptui.screen.tabs.arrangement import PROJECTED, LessonPlace, arrangement_for, lesson_place
from bptui.screen.tabs.error_curve import moved
from bptui.screen.tabs.frame_loop import Frames, TrainingThread
from bptui.screen.tabs.key_hints import Situation, settings_out_of_sight
from bptui.screen.tabs.panel_area import PanelView
from bptui.screen.tabs.panel_layout import PanelLayout
from bptui.screen.tabs.panels import NAMES, PANELS, ViewOptions, cursor_of
from bptui.screen.terminal.capabilities import is_projected
from bptui.screen.widgets.hyperparameters import HyperparameterPanel
from bptui.screen.widgets.network import NetworkPanel
from bptui.screen.widgets.plot import ErrorCurve, Plot, SamplePlot
from bptui.screen.widgets.status_line import Scrubbed, status_text
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.commands import SessionNow
from bptui.session.document import SessionState
from bptui.session.plane import suited
from bptui.session.session import P, Session
from bptui.session.snapshot import Snapshot
from bptui.session.units import nearest_unit, sizes_of, unit_edits
from bptui.settings.start_settings import FRAMES_PER_SECOND

if TYPE_CHECKING:  # without a lesson, neither is loaded
    from bptui.lessons.lesson_snapshot import LessonSnapshot
    from bptui.screen.widgets.lesson import LessonPanel

TIMELINE_ROWS = 32
"""The fewest rows of a terminal on which the timeline has its own row. On smaller ones, where the plots need
the space, it shares the status line while an earlier epoch is viewed."""


class RunView(PanelView):
    """One run in its panels, with the status line below."""

    @dataclass
    class Focused(Message):
        """A panel was clicked."""

        panel: str
        """Its name."""
        is_double: bool
        """Whether it was a double click that opened nothing in the panel, and so maximizes or restores it."""

    BINDINGS = [
        Binding(key, f"lesson_key({key!r})", show=False)
        for key in (*"0123456789", "minus", "full_stop", "enter")
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    """The run as it is shown. The panels show this snapshot."""
    options: reactive[ViewOptions] = reactive(ViewOptions(), repaint=False)
    """What is shown of the run, and how."""
    panel_layout: reactive[PanelLayout] = reactive(PanelLayout(), repaint=False)
    """Which panels the user wants to see, and which one is focused."""
    situation: reactive[Situation] = reactive(Situation(), repaint=False)
    """What the hints about keys and panels depend on."""

    def __init__(
        self,
        session: Session,
        *,
        runner: Runner,
        paused: bool,
        fps: int = FRAMES_PER_SECOND,
        thread: TrainingThread | None = None,
        id: str,
    ) -> None:
        widgets = {panel.name: panel.make(id=panel.name, classes="panel") for panel in PANELS}
        super().__init__(widgets, {panel.name: panel.first_title for panel in PANELS}, id=id)
        self.frames = Frames(self, session, runner, fps=fps, thread=thread, show=self._show)
        self._starts_by_itself = not paused
        self._shown: frozenset[str] = frozenset()
        self._lesson: LessonPanel | None = None
        self._pointed = ""
        self._is_shown_again: bool | None = None
        """Whether the panels are shown again after the keys that came together; None without such keys."""

    @property
    def session(self) -> Session:
        """The session, after the slice of training in progress has ended. Do not store it."""
        return self.frames.session

    def on_mount(self) -> None:
        """Arrange the panels."""
        self.frames.begin()
        self.app.theme_changed_signal.subscribe(self, lambda _: self.on_resize())  # titles have colors
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Request the focus for the panel that was clicked."""
        for node in event.widget.ancestors_with_self if event.widget else ():
            if node.id in self._widgets:
                opens = isinstance(node, (HyperparameterPanel, NetworkPanel))
                self.post_message(self.Focused(str(node.id), event.chain == 2 and not opens))

    def on_hyperparameter_panel_chosen(self, event: HyperparameterPanel.Chosen) -> None:
        """Choose the setting that was clicked, and show its help."""
        self.choose_setting(event.number)

    def on_sample_plot_chosen(self, event: SamplePlot.Chosen) -> None:
        """Choose the picture that was clicked or reached by the arrow keys."""
        self.change_options(sample=event.number)

    def on_sample_plot_turned(self, event: SamplePlot.Turned) -> None:
        """Show the plot over other columns."""
        if self.options.plane is not None:
            columns = len(self.session.dataset.raw_columns)
            self.change_options(plane=self.options.plane.moved(columns, event.across, event.up))

    @property
    def chosen_sample(self) -> int | None:
        """The number of the picture that is chosen in the sheet; None if there is none."""
        plot, dataset = self._widgets["plot"], self.session.dataset
        assert isinstance(plot, SamplePlot)  # which knows of the last key before `options` does
        sample = None if plot.sheet is None else plot.sheet.chosen
        return sample if sample is not None and sample < len(dataset.test or dataset) else None

    def on_plot_legend_changed(self, event: Plot.LegendChanged) -> None:
        """Change the title of a plot."""
        name = str(event.plot.id)
        self._titles.set(name, event.legend, focused=self.panel_layout.focused == name)

    def on_resize(self) -> None:
        """Show the panels that fit the new size."""
        if self._arrange():
            self.frames.show_now()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action may run: a key of a lesson only where the step takes it."""
        if action == "lesson_key":
            return self._lesson is not None and self._lesson.takes(str(parameters[0]))
        return super().check_action(action, parameters)

    async def action_lesson_key(self, key: str) -> None:
        """Answer the question of the lesson, or open the next lesson."""
        if self._lesson is not None:
            await self._lesson.take(key)

    def type_answer(self) -> None:
        """Begin to type the number that the lesson asks for."""
        if self._lesson is not None:
            self._lesson.begin()

    @property
    def lesson_pages(self) -> int:
        """How many pages the step of the lesson has in its panel."""
        return 1 if self._lesson is None else self._lesson.pages

    def show_lesson(self, lesson: LessonSnapshot | None) -> None:
        """Show a step of a lesson and highlight the panel that it points at, or show no lesson any more."""
        from bptui.screen.widgets.lesson import LessonPanel

        if self._lesson is None:
            self._lesson = LessonPanel()
            self._area.mount(self._lesson)
        before, place = self._lesson.lesson, self._lesson_place
        self._lesson.lesson = lesson
        self.change_options(in_lesson=lesson is not None)
        pointed = "" if lesson is None else lesson.panel
        is_new = (
            before is None or lesson is None or (before.place, before.state) != (lesson.place, lesson.state)
        )
        if is_new or place != self._lesson_place or pointed != self._pointed:
            self._pointed = pointed
            self._arrange()
            self.frames.show_now()

    @property
    def _lesson_place(self) -> LessonPlace | None:
        if self._lesson is None or self._lesson.lesson is None:
            return None
        size = self.app.size
        return lesson_place(*size, self._lesson.rows_for(self._lesson.lesson, size.width))

    @property
    def room(self) -> tuple[int, int, bool]:
        """The columns and rows of the panels, and whether that of a lesson is among them."""
        place, (width, height) = self._lesson_place, self.app.size
        room = (width, height, False) if place is None else place.room_beside(width, height)
        return (*PROJECTED, room[2]) if is_projected(self.app) else room

    def continue_from(self, state: SessionState, *, paused: bool) -> None:
        """Replace the run that the tab was opened with by the run of an earlier session.

        Args:
            state: the state of the session.
            paused: whether the run stays paused even if it was running.
        """
        self._starts_by_itself = False
        self.session.take_state(state, paused=paused)

    def open_run(self, run: Trainer, name: str, *, suited: bool = False, begins: bool = False) -> None:
        """Replace the run by another one, which begins by itself or waits; see `Session.open`."""
        self.session.open(run, name=name, suited=suited)
        self._starts_by_itself = begins
        if self.frames.is_open:
            self.frames.show_now()

    def open(self, *, begin: bool = True) -> None:
        """Show the tab.

        Args:
            begin: whether the run starts when the tab is first shown, unless it was opened paused.
        """
        if begin and self._starts_by_itself:
            self._starts_by_itself = False
            notice = self.session.notice
            self.session.do(commands.toggle)
            self.session.do(commands.say, notice)
        self._focus_panel()
        self.frames.open()

    def close(self) -> None:
        """Hide the tab: the run pauses until `open`."""
        self.frames.close()

    def on_unmount(self) -> None:
        """End the training."""
        self.session.cloud.stop()

    def do(
        self, command: Callable[Concatenate[SessionNow, P], Transition], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Give a command to the session, and show what it did; see `Session.do`."""
        self.session.do(command, *args, **kwargs)
        self.frames.show_now()

    def _show(self, snapshot: Snapshot) -> None:
        """Show a snapshot in all panels."""
        self.snapshot = snapshot

    def change_options(self, **changes: Any) -> None:
        """Change what is shown; see `ViewOptions`."""
        self.options = replace(self.options, **changes)

    def on_error_curve_cursor_moved(self, event: ErrorCurve.CursorMoved) -> None:
        """Read the error curve at another epoch."""
        if self.snapshot is not None:
            cursor = cursor_of(self.snapshot, self.options)
            self.change_options(cursor=moved(self.snapshot, cursor, event.strides))

    def on_error_curve_cursor_left(self) -> None:
        """Remove the cursor of the error curve; leave an earlier epoch if that has set the cursor."""
        if self.options.cursor is None:
            self.leave()
        self.change_options(cursor=None)

    def on_scrubbed(self, event: Scrubbed) -> None:
        """View the epoch that was clicked."""
        self.change_options(cursor=None)
        self.do(commands.view, event.epoch, reported=True)

    def scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch, or one farther away."""
        self.change_options(cursor=None)
        self.do(commands.scrub, direction, far=far)

    def leave(self) -> bool:
        """Stop what is in progress, or show the latest epoch again; return whether there was either."""
        session = self.session
        if session.in_progress:
            session.do(commands.stop)
        elif session.is_viewing:
            session.do(commands.leave_view)
        else:
            return False
        self.frames.show_now()
        return True

    def help(self) -> tuple[tuple[str, PanelHelp], ...]:
        """The title and the help of each panel, the focused one first, then of the lines below the panels."""
        focused = self.panel_layout.focused
        panels = sorted(PANELS, key=lambda panel: panel.name != focused)
        below = (("timeline", panel_help.TIMELINE), ("status", panel_help.STATUS))
        return (*((panel.name, panel.help) for panel in panels), *below)

    @property
    def field(self) -> Field:
        """The chosen setting."""
        return FIELDS[self.options.setting]

    def settings_in_sight(self) -> bool:
        """Whether the settings are visible. If not, say how to show them: only visible settings change."""
        problem = settings_out_of_sight(self.situation)
        if problem:
            self.do(commands.say, problem)
        return not problem

    def choose_setting(self, number: int) -> None:
        """Choose a setting by its index into FIELDS, which wraps around, and show its help."""
        self.change_options(setting=number % len(FIELDS))
        self.do(commands.say, self.session.told(self.field).explained)

    def choose_page(self, direction: int) -> None:
        """Choose the setting a page down (1) or up (-1), but not beyond the ends, and show its help."""
        number = self.options.setting + direction * self._settings_panel.page
        self.choose_setting(min(max(number, 0), len(FIELDS) - 1))

    @property
    def _settings_panel(self) -> HyperparameterPanel:
        panel = self._widgets["settings"]
        assert isinstance(panel, HyperparameterPanel)
        return panel

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show the new snapshot in the visible panels."""
        if snapshot is None:
            return
        self._update_situation()
        self._status.shown = status_text(self.with_fitting_advice(snapshot))
        self._timeline.timeline = snapshot.timeline
        unit = nearest_unit(self.options.unit, sizes_of(snapshot))
        if unit != self.options.unit:  # another network
            self.change_options(unit=unit)  # which shows everything
        else:
            self._show_panels()

    def with_fitting_advice(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot, without advice about the arrow keys if they do not change settings now."""
        return snapshot if self.situation.arrows_change_settings else snapshot.without_arrows

    def watch_options(self) -> None:
        """Show the same run in another way."""
        self._update_situation()
        if self._measure_what_is_shown() and self.frames.is_open:
            self.frames.show_now()
        else:
            self._show_panels()

    def _measure_what_is_shown(self) -> bool:
        """Let the session measure the sharpness where a panel shows it; return whether that has changed."""
        stability, curve = self.session.stability, self.options.rates and "error" in self._shown
        before, now = (stability.follows, stability.has_curve), ("diagnostics" in self._shown, curve)
        stability.follows, stability.has_curve = now
        return before != now

    def watch_panel_layout(self) -> None:
        """Show the panels of the new layout."""
        if self.is_mounted:
            self._arrange()
            self._focus_panel()
            self.frames.show_now()

    def _show_panels(self) -> None:
        """Show the panels, and once more after the keys that came with this one: pasted ones are hundreds."""
        if self._is_shown_again is None:
            self._is_shown_again = False
            self._show_panels_now()
            self.call_next(self._show_panels_again)
        else:
            self._is_shown_again = True

    def _show_panels_again(self) -> None:
        is_due, self._is_shown_again = self._is_shown_again, None
        if is_due:
            self._show_panels_now()

    def _show_panels_now(self) -> None:
        if self.snapshot is None:
            return
        for panel in PANELS:
            if self._widgets[panel.name].display:
                title = panel.show(self._widgets[panel.name], self.snapshot, self.options)
                if title is not None:
                    self._titles.set(panel.name, title, focused=panel.name == self.panel_layout.focused)

    def _arrange(self) -> bool:
        """Show the panels that are visible now; return whether they have changed."""
        if self._lesson is not None:
            place = self._lesson_place
            self._lesson.display = place is not None
            if place is not None:
                self._lesson.put(is_column=place.is_column, breadth=place.breadth)
        arrangement = arrangement_for(*self.room)
        self._area.use(arrangement)
        shown = self.panel_layout.shown(*self.room)
        before, self._shown = self._shown, shown
        self._timeline.display = self.app.size.height >= TIMELINE_ROWS
        self._status.has_timeline = not self._timeline.display
        for name, widget in self._widgets.items():
            widget.display = name in shown
            is_focused = name == self.panel_layout.focused
            widget.set_class(is_focused, "-focused")
            widget.set_class(name == self._pointed, "-pointed")
            widget.set_class(name in arrangement.in_turn, "-in-turn")
            self._titles.paint(name, focused=is_focused)
        self._measure_what_is_shown()
        self._update_situation()
        return shown != before

    def _update_situation(self) -> None:
        layout, shown, snapshot = self.panel_layout, self._shown, self.snapshot
        edits: tuple[tuple[str, str], ...] = ()
        if snapshot is not None and layout.focused == "network":
            edits = unit_edits(snapshot, nearest_unit(self.options.unit, sizes_of(snapshot)))
        self.situation = Situation(
            state="running" if snapshot is None else snapshot.status.stage,
            what_if=snapshot is not None and snapshot.comparison.what_if,
            pinned=snapshot is not None and snapshot.comparison.is_pinned,
            scrubs=snapshot is not None and snapshot.timeline.latest >= 0,
            viewing=snapshot is not None and snapshot.timeline.viewed is not None,
            focused=layout.focused,
            zoomed=layout.zoomed,
            edits=edits,
            has_sheet=snapshot is not None and snapshot.run.dataset.picture is not None,
            has_plane=snapshot is not None and suited(self.options.plane, snapshot.run.dataset) is not None,
            shown=tuple(name for name in NAMES if name in shown),
            elsewhere=tuple(name for name in NAMES if name not in shown | layout.hidden),
            hidden=tuple(name for name in NAMES if name in layout.hidden),
        )

    def _focus_panel(self) -> None:
        self._widgets[self.panel_layout.focused].focus(scroll_visible=False)

"""A tab: its panels, and the session behind them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from bpengine import FIELDS, ConfigError, DataError, Field
from bpengine.wording import printable_path
from bptui.drawing.signs import PanelHelp
from bptui.drawing.unit_facts import unit_edits
from bptui.drawing.unit_position import nearest_unit, sizes_of
from bptui.session.pins import is_pinned
from bptui.session.session import Session
from bptui.session.session_state import SessionState
from bptui.session.snapshot import Snapshot, State
from bptui.session.speed import TICK_SECONDS
from bptui.starts.runner import Runner
from bptui.startup.start_settings import FRAMES_PER_SECOND, StartSettings
from bptui.terminal.driver import writer_is_busy
from bptui.views import panel_help
from bptui.views.arrangement import arrangement_for
from bptui.views.held_frame import HeldFrame, waits_for_starts
from bptui.views.key_hints import Situation, settings_out_of_sight
from bptui.views.panel_area import PanelArea, PanelTitles
from bptui.views.panel_layout import PanelLayout
from bptui.views.panels import NAMES, PANELS, Panel, ViewOptions
from bptui.views.timed_view import TIMELINE_ROWS, TimedView
from bptui.views.training import TrainingThread, train
from bptui.widgets.hyperparameters import HyperparameterPanel
from bptui.widgets.network import NetworkPanel
from bptui.widgets.status import StatusLine
from bptui.widgets.timeline import TimelineRow

_SETTINGS = next(panel for panel in PANELS if panel.name == "settings")


class RunView(TimedView):
    """One run in its panels, with the status line below."""

    @dataclass
    class Focused(Message):
        """A panel was clicked."""

        panel: str
        """Its name."""
        is_double: bool
        """Whether it was a double click that opened nothing in the panel, and so maximizes or restores it."""

    panel_layout: reactive[PanelLayout] = reactive(PanelLayout(), repaint=False)
    """Which panels the user wants to see, and which one is focused."""
    situation: reactive[Situation] = reactive(Situation(), repaint=False)
    """What the hints about keys and panels depend on."""

    def __init__(
        self,
        session: Session,
        *,
        paused: bool,
        fps: int = FRAMES_PER_SECOND,
        thread: TrainingThread | None = None,
        runner: Runner,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._session = session
        self._thread = thread
        if thread is not None:
            session.cloud.use(runner, lambda: self.call_later(self._take_news))
        self._starts_by_itself = not paused
        self.may_train: Callable[[], bool] = lambda: True  # asked before each tick
        self._is_open = False
        self._drawn = 0.0
        self._held = HeldFrame(self, self._show_or_hold)
        self._answer: Snapshot | None = None  # newer than `snapshot`, where the plots have to wait
        self._frame_seconds = 1 / fps
        self._status = StatusLine()
        self._widgets: dict[str, Widget] = {panel.name: panel.make(id=panel.name) for panel in PANELS}
        for widget in self._widgets.values():
            widget.add_class("panel")
            widget.can_focus = True  # so that keys reach the bindings of the focused panel first
        self._area = PanelArea(*self._widgets.values())
        self._timeline = TimelineRow()
        self._titles = PanelTitles(self._widgets)
        self._shown: frozenset[str] = frozenset()

    @property
    def session(self) -> Session:
        """The session, after the slice of training in progress has ended. Do not store it."""
        if self._thread is not None:
            self._thread.finish()
        return self._session

    def compose(self) -> ComposeResult:
        """Yield the panels, and below them the timeline and the status line."""
        yield self._area
        yield self._timeline
        yield self._status

    def on_mount(self) -> None:
        """Arrange the panels. The timer runs only while the run is running and the tab is open."""
        self._timer = self.set_interval(TICK_SECONDS, self._tick, pause=True)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._arrange())  # titles have colors
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

    def on_hyperparameter_panel_finding(self, event: HyperparameterPanel.Finding) -> None:
        """Say how to find a setting."""
        self._update_situation()
        if not event.begins:
            return
        self.session.say("Type a part of a setting's name; enter keeps the choice, esc goes back.")
        self.show_now()

    def on_network_panel_chosen(self, event: NetworkPanel.Chosen) -> None:
        """Choose the unit that was clicked or reached by the arrow keys."""
        self.change_options(unit=event.unit)

    def on_resize(self) -> None:
        """Show the panels that fit the new size."""
        if self._arrange():
            self.show_now()

    def continue_from(self, state: SessionState, options: ViewOptions | None, *, paused: bool) -> None:
        """Replace the run that the tab was opened with by the run of an earlier session.

        Args:
            state: the state of the session.
            options: what was shown; None if the tab was never shown.
            paused: whether the run stays paused even if it was running.
        """
        self._starts_by_itself = False
        self.session.take_state(state, paused=paused)
        if options is not None:
            self.options = options

    def open_run(self, opened: StartSettings, name: str) -> str:
        """Replace the run by that of a file. Return why that failed; empty on success."""
        task = opened.start
        try:
            self.session.open(
                opened.configs[task],
                opened.sources[task],
                opened.restored,
                name=printable_path(name),
            )
        except (ConfigError, DataError) as error:
            return str(error)
        self._starts_by_itself = False
        if self._is_open:
            self.show_now()
        return ""

    def open(self, *, begin: bool = True) -> None:
        """Show the tab.

        Args:
            begin: whether the run starts when the tab is first shown, unless it was opened paused.
        """
        self._is_open = True
        if begin and self._starts_by_itself:
            self._starts_by_itself = False
            self.session.toggle()
        self._focus_panel()
        self.show_now()

    def close(self) -> None:
        """Hide the tab: the run pauses until `open`."""
        self._is_open = False
        self._timer.pause()

    def on_unmount(self) -> None:
        """End the training."""
        self.session.cloud.stop()

    def show_now(self) -> None:
        """Draw the run as it is now, and start the timer if the run is running on the open tab."""
        session = self.session
        shown = self.snapshot if self._thread is not None and self._is_open else None
        snapshot = session.snapshot()
        if shown is not None and self._waits_for_starts(snapshot):
            self._held.hold(snapshot)
        self._show_or_hold(snapshot)
        if self._is_open and _goes_on(snapshot):
            self._timer.resume()
        else:
            self._timer.pause()

    def _waits_for_starts(self, snapshot: Snapshot) -> bool:
        """Whether the plots wait for the starts; not below a screen (the box) that shows no starts."""
        waits = waits_for_starts(snapshot, in_progress=self._session.in_progress)
        return self.screen.is_active and waits

    def _show_or_hold(self, snapshot: Snapshot) -> None:
        """Draw the whole frame or, while the plots wait for the starts, only what is quick to draw."""
        self._drawn = time.monotonic()
        if self._held.is_holding and self._waits_for_starts(snapshot):
            self._held.hold(snapshot)
            self._show_answer(snapshot)  # which says what the starts do
            return
        self._held.drop()
        self._answer, self.snapshot = None, snapshot

    def _show_answer(self, snapshot: Snapshot) -> None:
        """Draw what a key has changed and what is quick to draw: the status line and the settings."""
        self._answer = self._status.snapshot = snapshot
        self._show(_SETTINGS, snapshot)

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
            self.session.say(problem)
            self.show_now()
        return not problem

    def choose_setting(self, number: int) -> None:
        """Choose a setting by its index into FIELDS, which wraps around, and show its help."""
        self.change_options(setting=number % len(FIELDS))
        self.session.explain(self.field)
        self.show_now()

    def choose_page(self, direction: int) -> None:
        """Choose the setting a page down (1) or up (-1), but not beyond the ends, and show its help."""
        number = self.options.setting + direction * self._settings_panel.page
        self.choose_setting(min(max(number, 0), len(FIELDS) - 1))

    def find_setting(self) -> None:
        """Begin to search for a setting: the next keys are typed text."""
        self._settings_panel.action_find()

    @property
    def _settings_panel(self) -> HyperparameterPanel:
        panel = self._widgets["settings"]
        assert isinstance(panel, HyperparameterPanel)
        return panel

    def _tick(self) -> None:
        if not self.may_train():
            return
        if self._thread is None:
            self._draw(train(self._session, self._frame_due()))
        elif not self._thread.is_training:
            self._thread.start(self._session, self._frame_due(), lambda: self.call_later(self._end_slice))

    def _take_news(self) -> None:
        """Show what the cloud has reached, without waiting for the next tick."""
        session = self._session
        idle = self._thread is not None and not self._thread.is_training
        if idle and self._is_open and session.cloud.has_news and session.state is not State.RUNNING:
            self._tick()

    def _frame_due(self) -> float:
        """When the next frame is due: not before the terminal has taken the last one.

        While the run is not running, progress of the cloud is drawn at once: a key press may wait for it.
        """
        now, session = time.monotonic(), self._session
        waits = session.cloud.has_news and session.state is not State.RUNNING
        due = now if waits else self._drawn + self._frame_seconds
        return max(due, now + TICK_SECONDS if writer_is_busy(self.app) else now)

    def _end_slice(self) -> None:
        """Show what the thread has trained, while it trains on."""
        if self._thread is None or not self._thread.is_done:
            return  # a key press has already waited for the thread
        snapshot = self._thread.finish()
        if self._session.state is State.RUNNING and self._is_open and self._session.is_flat_out:
            self._drawn = time.monotonic() if snapshot is not None else self._drawn
            self._tick()
        self._draw(snapshot)
        if snapshot is None:
            self._take_news()  # which has arrived in the meantime

    def _draw(self, snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        self._show_or_hold(snapshot)
        if not _goes_on(snapshot):
            self._timer.pause()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show the new snapshot in the visible panels."""
        if snapshot is None:
            return
        self._update_situation()
        self._status.snapshot = self.with_fitting_advice(snapshot)
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
        self._show_panels()

    def watch_panel_layout(self) -> None:
        """Show the panels of the new layout."""
        if self.is_mounted:
            self._arrange()
            self._focus_panel()
            self.show_now()

    def _show_panels(self) -> None:
        if self.snapshot is None:
            return
        for panel in PANELS:
            if self._widgets[panel.name].display:
                self._show(panel, (self._answer if panel is _SETTINGS else None) or self.snapshot)

    def _show(self, panel: Panel, snapshot: Snapshot) -> None:
        title = panel.show(self._widgets[panel.name], snapshot, self.options)
        if title is not None:
            self._titles.set(panel.name, title, focused=panel.name == self.panel_layout.focused)

    def _arrange(self) -> bool:
        """Show the panels that are visible now; return whether they have changed."""
        self._area.use(arrangement_for(*self.app.size))
        shown = self.panel_layout.shown(*self.app.size)
        before, self._shown = self._shown, shown
        self._timeline.display = self.app.size.height >= TIMELINE_ROWS
        self._status.has_timeline = not self._timeline.display
        for name, widget in self._widgets.items():
            widget.display = name in shown
            is_focused = name == self.panel_layout.focused
            widget.set_class(is_focused, "-focused")
            self._titles.paint(name, focused=is_focused)
        self._update_situation()
        return shown != before

    def _update_situation(self) -> None:
        layout, shown, snapshot = self.panel_layout, self._shown, self.snapshot
        edits: tuple[tuple[str, str], ...] = ()
        if snapshot is not None and layout.focused == "network":
            edits = unit_edits(snapshot, nearest_unit(self.options.unit, sizes_of(snapshot)))
        self.situation = Situation(
            state="running" if snapshot is None else snapshot.status.state,
            what_if=snapshot is not None and snapshot.comparison.what_if,
            pinned=snapshot is not None and is_pinned(snapshot),
            scrubs=snapshot is not None and snapshot.timeline.latest >= 0,
            viewing=snapshot is not None and snapshot.timeline.viewed is not None,
            focused=layout.focused,
            zoomed=layout.zoomed,
            edits=edits,
            finding=self._settings_panel.wanted is not None,
            shown=tuple(name for name in NAMES if name in shown),
            elsewhere=tuple(name for name in NAMES if name not in shown | layout.hidden),
            hidden=tuple(name for name in NAMES if name in layout.hidden),
        )

    def _focus_panel(self) -> None:
        self._widgets[self.panel_layout.focused].focus(scroll_visible=False)


def _goes_on(snapshot: Snapshot) -> bool:
    """Whether the timer has to go on: the run is running, or the other starts are being trained."""
    cloud = snapshot.comparison.cloud
    return snapshot.status.state is State.RUNNING or (cloud is not None and cloud.is_working)

"""The open box: the next step of the run, number by number, over the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding

from bpengine.explain.derivation.symbols import ParameterPlace
from bpengine.training.edits import BIAS
from bpengine.training.edits import Input as Source
from bptui.screen.overlays.box_page import BoxPage, EffectFigure
from bptui.screen.overlays.box_text import box_help, chain_text
from bptui.screen.overlays.dialog import RunDialog, scroll_page
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.overlays.help_pages import panel_section
from bptui.screen.overlays.questions import AskScreen, weight_of
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.widgets.rows import WeightOpened
from bptui.session import commands
from bptui.session.activity import Transition
from bptui.session.session import Session
from bptui.session.units import Link
from bptui.session.worked_step.chain import chain_words, edited_at_number, parameter_of
from bptui.session.worked_step.page import in_words
from bptui.session.worked_step.position import MAX_UNITS, BoxWalk
from bptui.session.worked_step.prediction import Prediction, Score
from bptui.session.worked_step.stepper import Stepper
from bpwords import Sentence, joined, word

PACES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How many strides per second the box can play."""


class BoxScreen(RunDialog):
    """Shows the next step of a run, and walks through it.

    Args:
        session: returns the session of the run; see `Stepper`.
        refresh: shows the tab's run as it is now, and then calls `show` with its snapshot.
        effect: makes the plot.
        score: counts the predictions.
        weight: the weight or bias whose chain of derivatives is shown first; None to show the step's first
            number.
        sample: the sample that each step has in place of its batch; None for the steps of the run.
    """

    ACTIONS = {
        "less": "walk(-1)",
        "more": "walk(1)",
        "much_less": "sample(-1)",
        "much_more": "sample(1)",
        "up": "stride(1)",
        "down": "stride(-1)",
        "toggle_run": "play",
        "faster": "pace(1)",
        "slower": "pace(-1)",
        "scrub_back": "scrub(-1)",
        "scrub_on": "scrub(1)",
        "scrub_far_back": "scrub(-1, True)",
        "scrub_far_on": "scrub(1, True)",
        "page_up": "scroll(-1)",
        "page_down": "scroll(1)",
        "help": "help",
        "open_box": "dismiss",
        "toggle_pin": "predict",
        "edit": "enter",
        "focus_next": "weight(1)",
        "focus_previous": "weight(-1)",
        "describe": "describe",
        "freeze": "freeze",
        "knock_out": "knock_out",
        "undo": "undo",
        "redo": "redo",
    }

    BINDINGS = [Binding("escape,q", "close", "Close", show=False), Binding("f1", "help", show=False)]

    DEFAULT_CSS = "BoxScreen { background: $background; }"

    def __init__(
        self,
        session: Callable[[], Session],
        refresh: Callable[[], None],
        effect: EffectFigure,
        score: Score,
        weight: Link | None = None,
        sample: int | None = None,
    ) -> None:
        super().__init__(session().snapshot())
        self._session, self._refresh_run, self._first_weight = session, refresh, weight
        self._page = BoxPage(effect)
        self._pace = 1
        self._playing = False
        self.stepper = Stepper(session, sample)
        self._prediction = Prediction(score)
        self._shows_chain = self._shows_effect = False

    def compose(self) -> ComposeResult:
        """Yield the page."""
        yield self._page

    def on_mount(self) -> None:
        """Show the run, which has been paused."""
        self._timer = self.set_interval(1 / PACES[self._pace], self._play_on, pause=True)
        self.stepper.follow()
        if not self.stepper.waits:
            self._open_first_weight()
        self.app.call_after_refresh(self._complete)  # also if the box is closed at once

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        self._show_page()

    def _complete(self) -> None:
        """Show what is left, now that the box is on the screen: the tab below it, and the plot.

        The step of a large network or batch is still to be traced as well.
        """
        self._shows_effect = True
        self._refresh_run()
        if self not in self.app.screen_stack:
            return
        if self.stepper.waits:  # and no key was faster
            self.stepper.trace_next()
            self._open_first_weight()
        self._show_page()

    def _open_first_weight(self) -> None:
        if self._first_weight is not None:
            self._open_weight(self._first_weight)

    def show_run(self) -> None:
        """Show the step of the run."""
        self.stepper.follow()
        self._show_page()

    def _show_page(self) -> None:
        self._page.show(
            self._snapshot,
            self.stepper,
            self._prediction,
            epochs_done=self._session().epochs_done,
            pace=PACES[self._pace],
            playing=self._playing,
            chain=self._chain() if self._shows_chain else None,
            with_effect=self._shows_effect,
        )

    def _chain(self) -> Text:
        """The chain of the current weight or bias, or how to reach a weight."""
        walk = self.stepper.walk
        parameter = None if walk is None else parameter_of(walk)
        if walk is None or parameter is None:
            return Text(word("Go to a weight, a bias or a unit to see its chain of derivatives."))
        return chain_text(walk, self._session().check_derivative(parameter, self.stepper.sample))

    def on_key(self, event: events.Key) -> None:
        """Take typed characters as an answer while a number is asked for."""
        walk, prediction = self.stepper.walk, self._prediction
        if walk is None or not prediction.asks(walk):
            return
        if event.key == "backspace":
            prediction.erase()
        elif event.character is None or not prediction.type(walk, event.character):
            return
        event.stop()
        event.prevent_default()
        self._show_page()

    def action_walk(self, direction: int) -> None:
        """Go forward (1) or back (-1) by a stride. While a number is asked for, forward reveals it."""
        walk = self.stepper.walk
        if direction > 0 and walk is not None and self._prediction.asks(walk):
            self._prediction.reveal(walk)
            self._show_page()
        else:
            self._walk(direction)

    def action_predict(self) -> None:
        """Ask for each number before it is shown, or show all numbers again."""
        self._shows_chain = False
        if self.stepper.walk is not None:
            self.stepper.problem = ""
        self._prediction.toggle()
        self._page.scroll.scroll_home(animate=False)
        self._set_playing(False)  # which shows the page

    def action_enter(self) -> None:
        """Take the typed value; otherwise show the current weight's chain or, from there, ask for a value."""
        walk = self.stepper.walk
        if walk is not None and self._prediction.asks(walk):
            self._prediction.enter(walk)
        elif walk is None or self._prediction.is_on:  # a chain would show numbers that are to be predicted
            self._shows_chain = False
        elif self._shows_chain and parameter_of(walk) is not None:
            self._ask_for_weight(walk)
            return
        elif parameter_of(walk) is None:
            self.action_weight(1)
        else:
            self._shows_chain = True
        self._page.scroll.scroll_home(animate=False)
        self._show_page()

    def _ask_for_weight(self, walk: BoxWalk) -> None:
        chosen = edited_at_number(walk)
        if chosen is None:
            return
        layer, unit, source = chosen
        begin = BIAS if source is None else source
        asked = weight_of(self._snapshot, (layer, unit), partial(self._edit, commands.edit), begin)
        self.app.push_screen(AskScreen(asked))

    def action_freeze(self) -> None:
        """Freeze or unfreeze the current weight, bias or unit."""
        chosen = self._chosen()
        if chosen is not None:
            self._edit(commands.toggle_edit, "freeze", chosen[:2], chosen[2])

    def action_knock_out(self) -> None:
        """Knock out the current unit, or bring it back."""
        chosen = self._chosen()
        if chosen is not None:
            self._edit(commands.toggle_edit, "knock_out", chosen[:2])

    def action_undo(self) -> None:
        """Undo the last edit, or the steps back beyond the point where the box was opened."""
        self._edit(commands.undo)

    def action_redo(self) -> None:
        """Redo what was undone."""
        self._edit(commands.redo)

    def _chosen(self) -> tuple[int, int, Source] | None:
        """What an edit applies to; None while numbers are predicted, or if there is nothing to edit."""
        walk = self.stepper.walk
        if walk is None or self._prediction.is_on:
            return None
        chosen = edited_at_number(walk)
        if chosen is None:
            self.stepper.problem = word(
                "This number belongs to no unit: go to a unit or a weight to edit it."
            )
            self._show_page()
        return chosen

    def _edit(self, command: Callable[..., Transition], *about: object) -> None:
        """Make an edit in the session, and stay at the same number."""
        self._set_playing(False)
        session = self._session()
        session.do(command, *about)
        self._refresh_run()  # which calls `show`
        if self.stepper.waits:
            self.stepper.trace_next()  # which would remove the notice later
        self.stepper.problem = session.notice
        self._show_page()

    def action_close(self) -> None:
        """Stop what is in progress, leave the chain of a weight, or close the box."""
        session = self._session()
        if session.in_progress:
            session.do(commands.stop)
            self._set_playing(False)
            self._refresh_run()  # which calls `show`
        elif self._shows_chain:
            self._shows_chain = False
            self._show_page()
        else:
            self.dismiss()

    def action_stride(self, direction: int) -> None:
        """Choose a longer (1) or a shorter (-1) stride."""
        self.stepper.change_stride(direction)
        self._show_page()

    def action_sample(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) sample of the batch."""
        if self.stepper.choose_sample(direction):
            self._prediction.move()
        self._show_page()

    def action_scrub(self, direction: int, far: bool = False) -> None:
        """View the next (1) or the previous (-1) reported epoch, unless the user has to type a number."""
        walk = self.stepper.walk
        if walk is not None and self._prediction.asks(walk):
            return
        self._set_playing(False)
        session = self._session()
        session.do(commands.scrub, direction, far=far)
        self.stepper.trace_next()
        self.stepper.problem = self.stepper.problem or session.notice or session.viewed
        self._refresh_run()

    def action_play(self) -> None:
        """Play, or stop playing. While the box plays, it asks for no predictions."""
        if self._prediction.is_on:
            self._prediction.toggle()
        self._set_playing(not self._playing)

    def action_pace(self, direction: int) -> None:
        """Play faster (1) or slower (-1)."""
        self._pace = min(max(self._pace + direction, 0), len(PACES) - 1)
        self._timer.stop()
        self._timer = self.set_interval(1 / PACES[self._pace], self._play_on, pause=not self._playing)
        self._show_page()

    def action_weight(self, direction: int) -> None:
        """Show the chain of the next (1) or previous (-1) weight or bias of the network."""
        walk = self.stepper.walk
        if walk is None or self._prediction.is_on:
            return
        self._shows_chain, self.stepper.problem = True, ""
        walk.to_gradient(direction)
        self._show_page()

    def on_weight_opened(self, event: WeightOpened) -> None:
        """Show the chain of the weight or bias that was clicked."""
        event.stop()
        if not self._prediction.is_on:
            self._set_playing(False)
            self._open_weight(event.link)

    def _open_weight(self, link: Link) -> None:
        walk = self.stepper.walk
        if walk is None:
            return
        if walk.go_to_gradient_of(ParameterPlace(*link)):
            self._shows_chain, self.stepper.problem = True, ""
            self._page.scroll.scroll_home(animate=False)
        else:
            visits = Sentence("The box visits {most} units and inputs of a layer, and not this weight.")
            self.stepper.problem = visits(most=MAX_UNITS)
        self._show_page()

    def action_describe(self) -> None:
        """Describe in words what is shown."""
        walk = self.stepper.walk
        if walk is None:
            return
        self._set_playing(False)
        run = self._snapshot.run
        words = in_words(walk, run.dataset, run.samples, self._prediction.guidance(walk))
        parameter = parameter_of(walk)
        if self._shows_chain and parameter is not None:
            words = joined(
                words, chain_words(walk, self._session().check_derivative(parameter, self.stepper.sample))
            )
        self.app.push_screen(WordsScreen(("", words), title=word("the number in words", "title")))

    def action_scroll(self, direction: int) -> None:
        """Scroll the formulas up or down by most of a page."""
        scroll_page(self._page.scroll, direction)

    def action_help(self) -> None:
        """Explain the box."""
        self._set_playing(False)
        task = self._snapshot.run.config.task
        self.app.push_screen(HelpScreen([panel_section("box", box_help(), task)]))

    def _set_playing(self, playing: bool) -> None:
        self._playing = playing
        if playing:
            self._timer.resume()
        else:
            self._timer.pause()
        self._show_page()

    def _play_on(self) -> None:
        """Go forward by a stride; stop at the end of the run."""
        if self._session().in_progress:
            return
        if not self._walk(1):
            self._set_playing(False)

    def _walk(self, direction: int) -> bool:
        before = self._session().run
        stepper = self.stepper
        moved = stepper.on() if direction > 0 else stepper.back()
        self._prediction.move()
        self._page.scroll.scroll_home(animate=False)
        if self._session().run is not before or self._session().in_progress:
            self._refresh_run()  # which calls `show`
        else:
            self._show_page()
        return moved and stepper.walk is not None

"""What opens over the panels of a run that is steered, and what becomes of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bpengine import ChoiceField
from bpengine.files import write_whole
from bpsteer.settings import Value, value_text
from bptui.commands.matching import abbreviates, score
from bptui.screen.drawing.panel_legend import Sign, signs_of
from bptui.screen.drawing.timeline import SIGNS
from bptui.screen.overlays.choice import ChoiceScreen
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.overlays.help import HelpScreen
from bptui.screen.overlays.help_pages import START, HelpSection, Line, key_section
from bptui.screen.overlays.palette_entries import PaletteEntry
from bptui.screen.overlays.questions import AskScreen, file_of, value_of
from bptui.screen.overlays.reading import WordsScreen
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.widgets.footer import CANCEL, KeyHint
from bptui.screen.widgets.hyperparameters import shortened
from bptui.session.saving.saving import Saving, picture_saving
from bptui.session.snapshot import MarkKind
from bptui.steering.commands import COMMANDS, TOPICS, key
from bptui.steering.shown import cursor_at, described
from bptui.steering.steer_view import SteerView
from bptui.steering.steering import Steering, SteerSnapshot
from bpwords import printable
from bpwords.numbers import number

_ABOUT = (
    "You are attached to a training that runs elsewhere. Changes take effect between two of its steps, and "
    "everybody who is attached sees them. Leaving changes nothing."
)
_CURVES = "Each metric over the steps. A saved state, a change and a branch have a sign on the timeline, too."
_SIGNS = (
    Sign("⠂", "a branch that was left, or an earlier run", signs_of("compared")[0].style),
    *signs_of("cursor"),
    *signs_of("mark"),
    Sign(SIGNS[MarkKind.STATE], "saved state"),
    Sign(SIGNS[MarkKind.BRANCH], "return to a saved state"),
    Sign("0.1 → 0.2", "the training has not taken the change yet"),
)


class SteerDialogs:
    """Dialogs about a run.

    Args:
        view: the panels.
        steering: the run.
    """

    def __init__(self, view: SteerView, steering: Steering) -> None:
        self._view, self._steering = view, steering

    def help(self) -> None:
        """Show the help: what this screen is, and a page of keys for each topic."""
        lines = tuple(map(Line, _SIGNS))
        sections = [
            HelpSection("steering", START, _ABOUT),
            HelpSection("curves", START, _CURVES, lines),
            *(key_section(topic, COMMANDS) for topic in TOPICS),
        ]
        self._view.app.push_screen(HelpScreen(sections, (START, *TOPICS)))

    def describe(self) -> None:
        """Describe the run in words."""
        self._view.app.push_screen(WordsScreen(*described(self._steering.snapshot())))

    def edit(self) -> None:
        """Ask for a value of the chosen setting."""
        setting = self._view.setting
        if setting is None:
            self._steering.say("This run has no settings.")
            return
        field = setting.field

        def take(value: Value | None) -> None:
            if value is not None:
                self._steering.ask("set", name=setting.name, value=value)

        if isinstance(field, ChoiceField):
            present = value_text(setting.value)
            value = present if present in field.choices else field.choices[0]
            screen = ChoiceScreen(field, value, 1)
            self._view.app.push_screen(screen, lambda name: take(name and setting.parsed(name)))
        else:
            value_now = setting.value if setting.value is not None else field.minimum
            self._view.app.push_screen(AskScreen(value_of(field, value_now, take)))

    def back(self) -> None:
        """Ask for a saved state, and return to it."""
        snapshot = self._steering.snapshot()
        rows = dict(_states(snapshot))
        if not rows:
            none = f"{key('save_state')} saves one" if not snapshot.status.is_over else "the run is over"
            self._steering.say(f"There is no saved state to return to: {none}.")
            return
        cursor = cursor_at(snapshot, self._view.options.cursor)
        wanted = snapshot.status.step if cursor is None else cursor
        # Without a cursor, the newest earlier one.
        nearest = min(rows, key=lambda at: (cursor is None and int(at) >= wanted, abs(int(at) - wanted)))
        field = ChoiceField(
            label="return to the state before step",
            help="The run is paused there. The current state is saved first: you can return to it, too.",
            groups=(tuple(rows),),
            helps=rows,
        )

        def take(step: str | None) -> None:
            if step is not None:
                self._steering.ask("back", step=int(step))

        self._view.app.push_screen(ChoiceScreen(field, nearest, 1, marked="the nearest one"), take)

    def stop(self) -> None:
        """Ask whether to stop the training."""
        snapshot = self._steering.snapshot()
        if snapshot.status.is_over:
            self._steering.say("The training has ended.")
            return

        def take(answer: str | None) -> None:
            if answer == "enter":
                self._steering.ask("stop")

        question = Confirmation(
            f"Stop the training {printable(snapshot.status.name)} before its next step?",
            details=f"Its loop ends; it can't be continued. {key('quit')} leaves without stopping it.",
            keys=(KeyHint("enter", "stop"), CANCEL),
            actions={},
        )
        self._view.app.push_screen(question, take)

    def save(self) -> None:
        """Ask what to save and where, and save it."""
        rows, snapshot = screen_strips(self._view.app), self._steering.snapshot()

        def write_record(path: Path) -> None:
            write_whole(path, Path(snapshot.status.record).read_bytes())

        savings = [picture_saving(rows)]
        if snapshot.status.record:
            savings.append(
                Saving("record", "record of the run: bpsteer.start(..., replay=FILE)", ".jsonl", write_record)
            )

        stem = f"{snapshot.status.name}-{snapshot.status.step}"
        self._view.app.push_screen(AskScreen(file_of(savings, stem, self._steering.say)))

    def setting_entries(self, text: str) -> Iterator[PaletteEntry]:
        """An entry of the palette for each setting, which asks for its value.

        Args:
            text: what was typed, which may abbreviate their names.
        """
        for setting in self._steering.snapshot().status.settings:
            title = f"{printable(setting.name, 60)} = {printable(value_text(setting.value))}"
            run = partial(self._choose_and_edit, setting.name)
            name = setting.name
            rank = 3 if abbreviates(text, name) and not score(text, (name,)) else 0
            yield PaletteEntry("settings", name, title, setting.allowed, (name,), run, rank=rank)

    def _choose_and_edit(self, name: str) -> None:
        self._view.choose_setting(name)
        self.edit()


def _states(snapshot: SteerSnapshot) -> Iterator[tuple[str, str]]:
    """The steps of the saved states, the newest first, each with what is known of it."""
    states = snapshot.status.states
    newest = {state.step: state for state in states}  # to which the run returns if there are several
    for state in reversed(states):
        if newest[state.step] is state:
            branch = [f"branch {state.branch}"] if state.branch else []
            metrics = [
                f"{shortened(name, 20)} {'not finite' if value is None else number(value)}"
                for name, value in state.metrics.items()
            ]
            yield str(state.step), ", ".join([*branch, *metrics])

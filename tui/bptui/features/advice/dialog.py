"""A dialog that tries changes of the settings, and lists what helps."""

from __future__ import annotations

from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from bpengine.many.advice import Advice, Trial, TriedChange
from bptui.features.advice.plan import Advising, advising_for
from bptui.features.advice.words import certainty, errors, listed_trials, progress
from bptui.formatting import with_arrows
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogOptions, prose
from bptui.screen.widgets.footer import CLOSE, KeyHint, choose
from bptui.session import commands
from bptui.session.description.words import caveat
from bpwords import Sentence, columns, joined, word

FIGURES_WIDTH = 27
"""The columns of the figures in a row, including the space before them."""
MIN_TEXT_WIDTH, MAX_TEXT_WIDTH = 12, 47
"""The limits of a change's characters in a row; the line below the list shows the whole change."""


class AdviceScreen(Dialog[TriedChange]):
    """Lists changes as they are tried; returns the change to apply, or None after escape.

    Args:
        advising: the experiment, which begins with the dialog and ends with it.

    Attributes:
        is_done: whether the list is complete.
    """

    ACTIONS = {"advise": "dismiss"}
    DEFAULT_CSS = """
    AdviceScreen {
        #advice { width: 80; }
        DialogOptions { max-height: 12; }
        &.-tall DialogOptions { max-height: 22; }
        #columns, #chosen { color: $text-muted; }
        #chosen { height: 2; }
    }
    """

    def __init__(self, advising: Advising) -> None:
        super().__init__()
        self._advising = advising
        self.is_done = False
        self._chosen: TriedChange | None = None
        self._summary = Static(markup=False)
        self._columns = Static(id="columns", markup=False)
        self._rows = DialogOptions(markup=False)
        self._details = Static(id="chosen", markup=False)
        self._columns.display = self._details.display = False  # until there is a row

    def compose(self) -> ComposeResult:
        """Yield a line about the experiment, the list, and the chosen change in full."""
        keys = choose(), KeyHint("enter", "take it"), CLOSE
        parts = self._summary, self._columns, self._rows, self._details
        yield DialogFrame(
            *parts,
            title=joined(word("what would help?"), caveat(self._advising.edited)),
            keys=keys,
            id="advice",
        )

    def on_mount(self) -> None:
        """Begin the experiment."""
        self.carry_out(self._advising, self._advising.runner, self._show_findings)

    def _show_findings(self) -> None:
        """Show the new results; the chosen change stays chosen wherever it moves in the list."""
        advising = self._advising
        advice = advising.advice
        self.is_done = advising.has_ended
        state = word("Training the first starts…") if advice is None else progress(advice)
        note = word(advising.note)
        self._summary.update(prose(note if advising.has_failed else joined(state, note)))
        if advice is not None:
            self._columns.display = self._details.display = bool(advice.trials)
            self._fill(advice)

    def on_resize(self) -> None:
        """Fit the rows to the terminal."""
        if self._advising.advice is not None:
            self._fill(self._advising.advice)

    def _fill(self, advice: Advice) -> None:
        room = self.size.width - FIGURES_WIDTH - 5  # the frame and a scroll bar
        width = min(max(room, MIN_TEXT_WIDTH), MAX_TEXT_WIDTH)
        error = set_cell_size("", 18 - columns(word("median error"))) + word("median error")
        self._columns.update(f"{'':{width}}  {error}  {word('better')}")
        options, chosen = list[Option](), None
        for heading, trials in listed_trials(advice):
            options.append(Option(Content(Sentence("{text}:")(text=heading)), disabled=True))
            for trial in trials:
                if trial.change == self._chosen:
                    chosen = len(options)
                options.append(Option(Content(row(trial, width)), id=str(advice.trials.index(trial))))
        self._rows.clear_options().add_options(options)  # one by one, each would lay out all of them
        self._rows.highlighted = chosen if chosen is not None else 1

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the whole change, and remember it if the user chose it."""
        trial = self._trial(event.option)
        if trial is not None:
            said = Sentence("{change}: {certainty}.")
            text = said(change=with_arrows(trial.change.text), certainty=certainty(trial))
            self._details.update(prose(text))
            if event.option_index != 1 or self._chosen is not None:
                self._chosen = trial.change

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the change."""
        trial = self._trial(event.option)
        if trial is not None:
            self.dismiss(trial.change)

    def _trial(self, option: Option) -> Trial | None:
        advice = self._advising.advice
        return None if advice is None or option.id is None else advice.trials[int(option.id)]


def row(trial: Trial, width: int = MAX_TEXT_WIDTH) -> str:
    """A line of the list; the change takes `width` characters."""
    text = with_arrows(trial.change.text)
    if columns(text) > width:
        text = f"{set_cell_size(text, width - 3)}..."
    figures = f"{with_arrows(errors(trial, 2)):>18}  {trial.better}/{trial.starts}"
    return f"{set_cell_size(text, width)}  {figures}"


def open_dialog(app: BptuiApp) -> None:
    """Find out by experiment which changes help, and apply the chosen one."""

    def take(change: TriedChange | None) -> None:
        if change is not None:
            view.do(commands.take, change.values, with_arrows(change.text))

    view = app.view
    app.push_screen(AdviceScreen(advising_for(view.session, app.experiment_limits())), take)

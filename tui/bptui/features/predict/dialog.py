"""The dialog that asks for a value of each input, and says what the run predicts."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from bpengine.training.predictions import TypedError
from bptui.commands import arrow_keys
from bptui.features.predict.pad import PadScreen
from bptui.features.predict.words import DIVERGED, Answered, answered, asked
from bptui.screen.actions.opening import push
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import DialogFrame, DialogInput, DialogMessage, RunDialog
from bptui.screen.widgets.footer import CLOSE, KeyHint
from bptui.session import commands
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bpwords import Sentence, as_sentence, word

MAX_INPUTS = 100
"""The most values that are asked for: each takes 17 ms to show."""
_OTHER_ROWS = 7
"""The rows of the frame, the answer and the longest message."""


class PredictScreen(RunDialog):
    """Asks for a value of each input; the answer follows what is typed, and the run.

    Args:
        session: the run.
    """

    BINDINGS = [
        Binding("up", "app.focus_previous", "Previous", show=False, priority=True),
        Binding("down", "app.focus_next", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    PredictScreen {
        #inputs { height: auto; scrollbar-size-vertical: 1; }
        &.-full DialogFrame { height: 100%; }
        &.-full #inputs { height: 1fr; }
        #inputs Horizontal { height: 1; }
        .name { width: 18; height: 1; padding: 0 1 0 0; text-overflow: ellipsis; text-wrap: nowrap; }
        DialogInput { width: 18; }
        .hint {
            width: 1fr; height: 1; padding: 0 0 0 1; color: $text-muted;
            text-overflow: ellipsis; text-wrap: nowrap;
        }
        #answer { text-style: bold; height: auto; margin: 1 0 0 0; }
        #message { min-height: 1; max-height: 3; }
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session.snapshot())
        self._session = session
        self._dataset = session.dataset
        self._asked = asked(self._dataset)
        self._inputs = [
            DialogInput(column.typical, placeholder=column.hint, select_on_focus=True, compact=True)
            for column in self._asked
        ]
        self._found = Answered("", "")
        self._answer, self._message = Static(id="answer", markup=False), DialogMessage()

    def compose(self) -> ComposeResult:
        """Yield a row for each input with its name and a hint, the answer, and a line for messages."""
        rows = [
            Horizontal(
                Static(column.name, markup=False, classes="name"),
                field,
                Static(column.hint, markup=False, classes="hint"),
            )
            for column, field in zip(self._asked, self._inputs, strict=True)
        ]
        moves = (KeyHint(arrow_keys("up", "down"), "others"),) if len(rows) > 1 else ()
        yield DialogFrame(
            VerticalScroll(*rows, id="inputs", can_focus=False),
            self._answer,
            self._message,
            title=Sentence("predict {target}")(target=self._dataset.target),
            keys=(KeyHint(word("type", "key"), "values"), *moves, CLOSE),
            id="predict",
        )

    def on_resize(self) -> None:
        """Take the whole height, and scroll the inputs, if there are too many of them."""
        self.set_class(len(self._inputs) + _OTHER_ROWS > self.size.height, "-full")

    def on_input_changed(self) -> None:
        """Answer what is typed."""
        self.show_run()

    def on_input_submitted(self) -> None:
        """Go to the next input."""
        self.app.action_focus_next()

    def show_run(self) -> None:
        """Answer with the run as it is now, or say what can't be used; close if the run has other data."""
        if self._session.dataset is not self._dataset:
            self.dismiss()
            return
        answered = self._answered()
        if answered != self._found:
            self._found = answered
            self._answer.update(answered.text)
            self._message.say(answered.note, error=not answered.text)

    def _answered(self) -> Answered:
        """What the run answers or, as a note, why it does not."""
        if self._session.stage is Stage.DIVERGED:
            return Answered("", as_sentence(word(DIVERGED)))
        texts = [field.value for field in self._inputs]
        try:
            return answered(self._dataset, self._asked, texts, self._session.outputs)
        except TypedError as error:
            return Answered("", Sentence("{text}.")(text=error))


def open_dialog(app: BptuiApp) -> None:
    """Ask for values of the inputs or for a picture, and say what the run predicts."""
    view = app.view
    if view.session.stage is Stage.DIVERGED:
        view.do(commands.say, as_sentence(word(DIVERGED)))
    elif view.session.dataset.picture is not None:
        push(PadScreen(view.session, view.chosen_sample), view)
    elif (count := len(view.session.dataset.raw_columns)) > MAX_INPUTS:
        refusal = Sentence("{n} values are too many to type: save the run, and use bptui predict on a file.")
        view.do(commands.say, refusal(n=count))
    else:
        push(PredictScreen(view.session), view)

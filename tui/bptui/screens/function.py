"""A dialog for typing a function to learn, which is checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input, Static

from bpengine import FormulaError, Task
from bpengine.data.formulas import parse
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage

_EXAMPLES: dict[Task, str] = {"regression": "sin(x) + 0.3*sin(3*x)", "classification": "y > x**3 - x"}
_EXPLAINED: dict[Task, str] = {
    "regression": "The network learns the value of a formula of x.",
    "classification": "The network learns where a comparison of x and y is true.",
}
_WORDS = "+ - * / % ** ( )   pi e   sin cos tan exp log sqrt abs sign min max …"
_COMPARING = "< <= > >= == !=   and or not   "


class FunctionScreen(Dialog[None]):
    """Asks for a formula until it can be learned.

    Args:
        task: the task of the open tab.
        function: the current formula; empty if there is none.
        learn: begins to learn a formula, and returns why that is not possible, or an empty text.
    """

    DEFAULT_CSS = """
    FunctionScreen #pointer { color: $text-error; text-style: bold; padding: 0 3; height: 1; }
    FunctionScreen #message { min-height: 2; }
    """

    def __init__(self, task: Task, function: str, learn: Callable[[str], str]) -> None:
        super().__init__()
        self._for = task
        self._function = function
        self._learn = learn
        self._refused = ""  # the formula that the message says is refused

    def compose(self) -> ComposeResult:
        """Yield the input for the formula, a line that points at an error, and a line for messages."""
        yield DialogFrame(
            Static(_EXPLAINED[self._for], markup=False),
            DialogInput(self._function, placeholder=_EXAMPLES[self._for], select_on_focus=True),
            Static(id="pointer", markup=False),
            DialogMessage(self._words),
            title="learn a function",
            keys="enter learn   esc cancel",
            id="function",
        )

    @property
    def _words(self) -> str:
        return (_COMPARING if self._for == "classification" else "") + _WORDS

    def on_input_changed(self) -> None:
        """Check the formula once the box has scrolled to its cursor."""
        self.call_after_refresh(self._check)

    def _check(self) -> None:
        if not self.is_mounted:
            return
        box = self.query_one(Input)
        if self._refused and box.value == self._refused:
            return  # enter came before this check, whose message must not replace the answer to enter
        self._refused = ""
        try:
            if box.value.strip():
                parse(box.value, self._for)
        except FormulaError as error:
            self._say(error.reason, at=error.column - 1 - round(box.scroll_offset.x))
        else:
            self._say("")

    def _say(self, problem: str, at: int = -1) -> None:
        """Show a problem or, if there is none, the vocabulary of formulas.

        Args:
            problem: what is wrong; may be empty.
            at: the column of the error in the input; one outside of the input is not marked.
        """
        width = self.query_one(Input).content_size.width
        self.query_one("#pointer", Static).update(" " * at + "^" if 0 <= at <= width else "")
        self.query_one(DialogMessage).say(problem or self._words, error=bool(problem))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Learn the formula, or say why that is not possible."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        if not event.value.strip():
            self._say(f"type a formula such as {_EXAMPLES[self._for]}")
            return
        try:
            parse(event.value, self._for)
        except FormulaError:
            self._check()
            return
        problem = self._learn(event.value.strip())
        if problem:
            self._refused = event.value
            self._say(problem)
        else:
            self.dismiss()

"""The dialogs for formulas, which are checked while they are typed: a function to learn, and features."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Input, Static

from bpengine import ConfigError, Dataset, FormulaError, Task
from bpengine.data.features import FeatureError, FeatureMap
from bpengine.data.formulas import parse
from bpengine.data.formulas.fields import parts_of
from bpengine.wording import name_list
from bptui.screens.dialog import Dialog, DialogFrame, DialogInput, DialogMessage
from bptui.settings.options import FEATURES

_EXAMPLES: dict[Task, str] = {"regression": "sin(x) + 0.3*sin(3*x)", "classification": "y > x**3 - x"}
_EXPLAINED: dict[Task, str] = {
    "regression": "The network learns the value of a formula of x.",
    "classification": "The network learns where a comparison of x and y is true.",
}
_WORDS = "+ - * / % ** ( )   pi e   sin cos tan exp log sqrt abs sign min max …"
_COMPARING = "< <= > >= == !=   and or not   "


class FormulaScreen(Dialog[None]):
    """Asks for formulas until they can be used.

    Args:
        text: the text at the beginning.
        title: what the dialog is for.
        verb: what enter does.
        example: what can be typed.
        explanation: what the formulas do, in a sentence.
        words: the vocabulary of the formulas.
        problem_of: returns why a text is not allowed, and at which place, from 0; None if it is allowed.
        take: uses an allowed text, and returns why that is not possible, or an empty text.
    """

    DEFAULT_CSS = """
    FormulaScreen #pointer { color: $text-error; text-style: bold; padding: 0 3; height: 1; }
    FormulaScreen #message { min-height: 2; }
    """

    def __init__(
        self,
        text: str,
        *,
        title: str,
        verb: str,
        example: str,
        explanation: str,
        words: str,
        problem_of: Callable[[str], tuple[str, int] | None],
        take: Callable[[str], str],
    ) -> None:
        super().__init__()
        self._text, self._title, self._verb = text, title, verb
        self._example, self._explanation, self._words = example, explanation, words
        self._problem_of, self._take = problem_of, take
        self._refused = ""  # the text that the message says is refused

    def compose(self) -> ComposeResult:
        """Yield the input, a line that points at an error, and a line for messages."""
        yield DialogFrame(
            Static(self._explanation, markup=False),
            DialogInput(self._text, placeholder=self._example, select_on_focus=True),
            Static(id="pointer", markup=False),
            DialogMessage(self._words),
            title=self._title,
            keys=f"enter {self._verb}   esc cancel",
            id="function",
        )

    def on_input_changed(self) -> None:
        """Check the text once the box has scrolled to its cursor."""
        self.call_after_refresh(self._check)

    def _check(self) -> None:
        if not self.is_mounted:
            return
        box = self.query_one(Input)
        if self._refused and box.value == self._refused:
            return  # enter came before this check, whose message must not replace the answer to enter
        self._refused = ""
        problem = self._problem_of(box.value) if box.value.strip() else None
        if problem is None:
            self._say("")
        else:
            self._say(problem[0], at=problem[1] - round(box.scroll_offset.x))

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
        """Use the text, or say why that is not possible."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        if not event.value.strip():
            self._say(f"type a formula such as {self._example}")
            return
        if self._problem_of(event.value) is not None:
            self._check()
            return
        problem = self._take(event.value.strip())
        if problem:
            self._refused = event.value
            self._say(problem)
        else:
            self.dismiss()


def function_screen(task: Task, function: str, learn: Callable[[str], str]) -> FormulaScreen:
    """The dialog that asks for a formula until it can be learned.

    Args:
        task: the task of the open tab.
        function: the current formula; empty if there is none.
        learn: begins to learn a formula, and returns why that is not possible, or an empty text.
    """

    def problem_of(text: str) -> tuple[str, int] | None:
        try:
            parse(text, task)
        except FormulaError as error:
            return error.reason, error.column - 1
        return None

    return FormulaScreen(
        function,
        title="learn a function",
        verb="learn",
        example=_EXAMPLES[task],
        explanation=_EXPLAINED[task],
        words=(_COMPARING if task == "classification" else "") + _WORDS,
        problem_of=problem_of,
        take=learn,
    )


def features_screen(
    dataset: Dataset, features: tuple[str, ...], use: Callable[[tuple[str, ...]], str]
) -> FormulaScreen:
    """The dialog that asks for the features of a run until they suit its data.

    Args:
        dataset: the data.
        features: the current features.
        use: begins a run with the features, and returns why that is not possible, or an empty text.
    """

    def problem_of(text: str) -> tuple[str, int] | None:
        try:
            FeatureMap.of(FEATURES.parse(text), dataset.features, dataset.columns)
        except ConfigError as error:
            return error.reason, -1
        except FeatureError as error:
            start, part = parts_of(text)[error.number]
            return error.reason, start + len(part) - len(part.lstrip()) + max(error.column - 1, 0)
        return None

    names = name_list([*(column.name for column in dataset.columns)] or dataset.features)
    return FormulaScreen(
        FEATURES.format(features),
        title=f"{FEATURES.label} {FEATURES.symbol}",
        verb="set",
        example="x, y, x*y, sin(x)",
        explanation="The network's inputs: names and formulas with commas, or all.",
        words=f"{names}   {_WORDS}",
        problem_of=problem_of,
        take=lambda text: use(FEATURES.parse(text)),
    )

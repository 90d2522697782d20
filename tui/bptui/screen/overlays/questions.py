"""What is asked for: values, weights, formulas, names of files, a column; and the dialogs that ask."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static

from bpengine import ConfigError, DataError, Dataset, Edit, Field, FormulaError, Task
from bpengine.data.features import FeatureError, FeatureMap
from bpengine.data.formulas import parse
from bpengine.data.formulas.fields import parts_of
from bpengine.numbers import is_ambiguous, parse_real
from bpengine.training.edits import BIAS, Input
from bptui.commands import arrow_keys
from bptui.commands.grammar import RefusedError
from bptui.screen.overlays.dialog import Dialog, DialogFrame, DialogInput, DialogMessage, DialogOptions
from bptui.screen.terminal.textual_internals import bind_commands
from bptui.screen.widgets.footer import CANCEL, CLOSE, KeyHint, choose
from bptui.session.plane import Plane, plane_named, plane_text
from bptui.session.saving.saving import Saving, free_name
from bptui.session.snapshot import Snapshot
from bptui.session.units import Place, input_name, unit_name
from bptui.settings.options import FEATURES
from bpwords import Sentence, name_list, printable_path, word

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bptui.lessons.attempt import LessonWalk


MAX_NAME = 60
"""The most characters of the name of a learner."""
_MOST_PROBLEMS = 3
"""How many of the files that are no lessons are named."""
_SUMMARY_WIDTH = 23
"""The columns of the minutes and of what is done."""

_EXAMPLES: dict[Task, str] = {"regression": "sin(x) + 0.3*sin(3*x)", "classification": "y > x**3 - x"}
_EXPLAINED: dict[Task, str] = {
    "regression": "The network learns the value of a formula of x.",
    "classification": "The network learns where a comparison of x and y is true.",
}
_WORDS = "+ - * / % ** ( )   pi e   sin cos tan exp log sqrt abs sign min max …"
_REPLACES = Sentence("{name} exists: enter replaces it.")
_COMPARING = "< <= > >= == !=   and or not   "


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A text that is asked for.

    What is wrong with a text is raised as a RefusedError, a ConfigError or a DataError. A FormulaError also
    says at which place.
    """

    title: str
    """What the dialog is for."""
    about: RenderableType
    """What is asked for, above the text."""
    use: Callable[[str], object]
    """Uses a text that was checked, or raises why that is not possible."""
    text: str = ""
    """The text at the beginning."""
    keys: tuple[KeyHint, ...] = (KeyHint("enter", "set"), CANCEL)
    """What the keys do."""
    hint: str = ""
    """What is said below the text unless something is wrong with it."""
    placeholder: str = ""
    """What is shown in place of an empty text."""
    check: Callable[[str], object] | None = None
    """Raises what is wrong with a text; it is called while the text is typed, too, unless that is empty."""
    question: Callable[[str], str] | None = None
    """What has to be asked before a text is used; empty for nothing. A second enter says yes."""
    others: Callable[[str, int], Asked] | None = None
    """What the keys down (1) and up (-1) ask for instead, given the typed text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Rows of which one is to be chosen."""

    title: str
    """What the dialog is for."""
    about: RenderableType
    """What is to be chosen; empty if the title says it."""
    rows: Sequence[RenderableType]
    """The rows."""
    keys: tuple[KeyHint, ...]
    """What the keys do."""
    chosen: int = 0
    """The row that is chosen first, counted from 0."""
    closing: str = ""
    """The command whose key closes the dialog as well; empty for none."""
    width: int = 66
    """The most columns of the dialog."""


def value_of(field: Field, value: object, use: Callable[[Any], object]) -> Asked:
    """Ask for a value of a setting; `value` is the current one."""
    return Asked(
        title=f"{field.said} {field.symbol}",
        about=field.explained,
        text=field.format(value),
        hint=Sentence("Allowed: {allowed}.")(allowed=field.allowed),
        use=lambda text: use(field.parse(text.strip())),
    )


def weight_of(snapshot: Snapshot, unit: Place, use: Callable[[Edit], object], source: Input = BIAS) -> Asked:
    """Ask for a value of a unit's weight or bias.

    Args:
        snapshot: the run.
        unit: the unit.
        use: makes the edit.
        source: the input whose weight to begin with, or "bias".
    """
    layer, column = unit
    values = snapshot.network.layers[layer][:, column]
    bias = len(values) - 1
    row = source if isinstance(source, int) else bias
    edit = Edit("set", layer, column, BIAS if row == bias else row)
    if row == bias:
        what = word("the bias")
    elif layer == 0:
        what = Sentence("the weight from {name}")(name=input_name(snapshot, row))
    else:
        what = Sentence("the weight from unit {unit} of layer {layer}")(unit=row + 1, layer=layer)

    def use_value(text: str) -> None:
        try:
            value = parse_real(text)
            if not math.isfinite(value):
                raise ValueError("")
        except ValueError:
            refused = "must be a finite number, such as -0.42, 4.2e-2 or 0,3."
            if is_ambiguous(text):
                refused = "the comma may stand before decimals or between thousands"
            raise ConfigError(edit.target, word(refused)) from None
        use(replace(edit, value=value))

    return Asked(
        title=Sentence("set a weight of {unit}")(unit=unit_name(snapshot, unit)),
        about=word(", ", "legend").join((edit.target, what)),
        text=repr(float(values[row])),
        keys=(KeyHint("enter", "set"), KeyHint(arrow_keys("up", "down"), "others"), CANCEL),
        use=use_value,
        others=lambda _, direction: weight_of(snapshot, unit, use, (row + direction) % (bias + 1)),
    )


def function_of(task: Task, function: str, learn: Callable[[str], object]) -> Asked:
    """Ask for a formula until it can be learned.

    Args:
        task: the task of the open tab.
        function: the current formula; empty if there is none.
        learn: begins to learn a formula, or raises why that is not possible.
    """
    example = _EXAMPLES[task]

    def check(text: str) -> None:
        if not text.strip():
            raise RefusedError(Sentence("type a formula such as {example}")(example=example))
        parse(text, task)

    return Asked(
        title="learn a function",
        about=word(_EXPLAINED[task]),
        text=function,
        keys=(KeyHint("enter", "learn"), CANCEL),
        hint=(_COMPARING if task == "classification" else "") + _WORDS,
        placeholder=example,
        check=check,
        use=lambda text: learn(text.strip()),
    )


def features_of(
    dataset: Dataset, features: tuple[str, ...], use: Callable[[tuple[str, ...]], object]
) -> Asked:
    """Ask for the features of a run until they suit its data.

    Args:
        dataset: the data.
        features: the current features.
        use: begins a run with the features, or raises why that is not possible.
    """

    def check(text: str) -> None:
        try:
            FeatureMap.of(FEATURES.parse(text), dataset.features, dataset.columns)
        except ConfigError as error:
            raise RefusedError(error.reason) from None
        except FeatureError as error:
            start, part = parts_of(text)[error.number]
            indent = len(part) - len(part.lstrip())
            raise FormulaError(start + indent + max(error.column, 1), error.reason) from None

    names = name_list([*(column.name for column in dataset.columns)] or dataset.features)
    return Asked(
        title=f"{FEATURES.said} {FEATURES.symbol}",
        about=word("The network's inputs: names and formulas with commas, or all."),
        text=FEATURES.format(features),
        hint=f"{names}   {_WORDS}",
        placeholder="x, y, x*y, sin(x)",
        check=check,
        use=lambda text: use(FEATURES.parse(text)),
    )


def columns_of(dataset: Dataset, plane: Plane, use: Callable[[Plane], object]) -> Asked:
    """Ask for the two columns of the plot, and for a sample that the others are those of.

    Args:
        dataset: the data.
        plane: the current columns.
        use: shows others.
    """
    return Asked(
        title="any two columns",
        about=word("Two columns and, with at, the number of a sample that the others are those of."),
        text=plane_text(plane, dataset),
        hint=name_list([column.name for column in dataset.raw_columns]),
        check=lambda text: plane_named(text, dataset),
        use=lambda text: use(plane_named(text, dataset)),
    )


def file_of(savings: Sequence[Saving], stem: str, say: Callable[[str], object], chosen: int = 0) -> Asked:
    """Ask what to save and where, and save it.

    Args:
        savings: what can be saved.
        stem: the proposed name without its suffix.
        say: says what was saved.
        chosen: what to save first, counted from 0.
    """
    saving = savings[chosen]
    proposed = free_name(stem, saving.suffix)

    def question(name: str) -> str:
        replaces = not saving.problem(name) and saving.replaces(name)
        return _REPLACES(name=printable_path(name)) if replaces else ""

    def use(name: str) -> None:
        problem = saving.problem(name) or saving.save(name)
        if problem:
            raise RefusedError(problem)
        if not saving.is_late:
            say(Sentence("Saved {name}")(name=f"{printable_path(name)}{saving.ending(name)}"))

    def others(name: str, direction: int) -> Asked:
        asked = file_of(savings, stem, say, (chosen + direction) % len(savings))
        return asked if name == proposed else replace(asked, text=name)

    marks = ("▸" if number == chosen else " " for number in range(len(savings)))
    return Asked(
        title="save",
        about="\n".join(f"{mark} {saving.label}" for mark, saving in zip(marks, savings, strict=True)),
        text=proposed,
        keys=(choose(), KeyHint("enter", "save"), CANCEL),
        use=use,
        question=question,
        others=others,
    )


def learner(use: Callable[[str], object]) -> Asked:
    """Ask for the name that stands in what is handed in."""

    def check(text: str) -> None:
        if not 1 <= len(text.strip()) <= MAX_NAME or not text.isprintable():
            raise RefusedError(Sentence("A name has from 1 to {most} characters.")(most=MAX_NAME))

    about = word("Your name, as your teacher knows it. It stands in each file that you hand in.")
    keys = KeyHint("enter", "hand in"), CANCEL
    return Asked(title="hand in", about=about, keys=keys, check=check, use=lambda text: use(text.strip()))


def downloaded(savings: Sequence[Saving]) -> Listed:
    """Ask which of these files to download; the program names it."""
    rows = [saving.label.partition(" (")[0] for saving in savings]
    keys = choose(), KeyHint("enter", "download"), CANCEL
    return Listed(title="download", about="", rows=rows, keys=keys)


def task_of(whole_numbers: int) -> Listed:
    """Ask what so many different whole numbers in the column to predict are."""
    return Listed(
        title="column to predict",
        about=Sentence("{n} different whole numbers: classes, or a number?")(n=whole_numbers),
        rows=[word("classes"), word("a number")],
        keys=(choose(), KeyHint("enter", "take"), CLOSE),
    )


def lessons_of(walks: Sequence[LessonWalk], problems: Sequence[str] = ()) -> Listed:
    """Ask which lesson to open, at first the first one that is not done; `problems` are lines above them."""
    return Listed(
        title="lessons",
        about="\n".join((*problems[:_MOST_PROBLEMS], *([] if walks else [word("There are no lessons.")]))),
        rows=[_lesson_row(walk) for walk in walks],
        keys=(choose(), KeyHint("enter", "open"), CANCEL),
        chosen=next((number for number, walk in enumerate(walks) if not walk.is_done), 0),
        closing="lessons",
        width=78,
    )


def _lesson_row(walk: LessonWalk) -> Table:
    row = Table.grid(padding=(0, 1, 0, 0), expand=True)
    row.add_column(ratio=1, no_wrap=True, overflow="crop")
    row.add_column(width=_SUMMARY_WIDTH, no_wrap=True, overflow="crop")
    row.add_row(Text(walk.title), walk.summary)  # a title may contain brackets
    return row


QUESTION_SECONDS = 0.5
"""How long enter is ignored after a question: a key that is held down must not answer it."""


class AskScreen(Dialog[None]):
    """Asks for a text until it can be used.

    Args:
        asked: what is asked for.
    """

    BINDINGS = [
        Binding("up", "choose(-1)", "Previous", show=False, priority=True),
        Binding("down", "choose(1)", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    AskScreen {
        #pointer { display: none; color: $text-error; text-style: bold; padding: 0 3; height: 1; }
        &.-checked #pointer { display: block; }
        &.-checked #message { min-height: 2; }
    }
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self.set_class(asked.check is not None, "-checked")
        self._asked = asked
        self._about = Static(asked.about, markup=False)
        self._box = DialogInput(asked.text, placeholder=asked.placeholder, select_on_focus=True)
        self._pointer = Static(id="pointer", markup=False)
        self._message = DialogMessage(asked.hint)
        self._answered: str | None = None  # the text that the message is about since enter was pressed
        self._question_time = 0.0

    def compose(self) -> ComposeResult:
        """Yield what is asked for, the input, a line that points at an error, and a line for messages."""
        parts = self._about, self._box, self._pointer, self._message
        yield DialogFrame(*parts, title=self._asked.title, keys=self._asked.keys, id="asked")

    def action_choose(self, direction: int) -> None:
        """Ask for the next (1) or previous (-1) thing instead."""
        if self._asked.others is not None:
            self._asked = self._asked.others(self._box.value, direction)
            self._about.update(self._asked.about)
            self._say(self._asked.hint)
            if self._box.value != self._asked.text:
                self._box.value = self._asked.text
                self._box.select_all()

    def on_input_changed(self) -> None:
        """Check the text once the box has scrolled to its cursor."""
        self.call_after_refresh(self._check)

    def _check(self) -> None:
        text, check = self._box.value, self._asked.check
        if not self.is_mounted or text == self._answered:
            return  # this check must not replace an answer to enter, which came before it
        try:
            if check is not None and text.strip():
                check(text)
        except (RefusedError, ConfigError, DataError) as error:
            self._refuse(error)
        else:
            self._say(self._asked.hint)

    def on_input_submitted(self, event: DialogInput.Submitted) -> None:
        """Use the text, ask a question about it, or say why it is refused."""
        if not self.is_active:  # a key that arrived together with this one has closed or covered the dialog
            return
        text = event.value
        question = "" if self._asked.question is None else self._asked.question(text)
        if question and text != self._answered:
            self._say(question, about=text)
            self._question_time = time.monotonic()
        elif not question or time.monotonic() - self._question_time >= QUESTION_SECONDS:
            try:
                if self._asked.check is not None:
                    self._asked.check(text)
                self._asked.use(text)
            except (RefusedError, ConfigError, DataError) as error:
                self._refuse(error, about=text)
            else:
                self.dismiss()

    def _refuse(self, error: Exception, about: str | None = None) -> None:
        """Say what is wrong with the text and, below it, where."""
        if isinstance(error, FormulaError):
            at = error.column - 1 - round(self._box.scroll_offset.x)
            is_visible = 0 <= at <= self._box.content_size.width
            self._say(error.reason, is_error=True)
            self._pointer.update(" " * at + "^" if is_visible else "")
        else:
            self._say(str(error), is_error=True, about=about)

    def _say(self, text: str, *, is_error: bool = False, about: str | None = None) -> None:
        """Show a message; `about` is the text that was entered, if it answers enter."""
        self._answered = about
        self._pointer.update("")
        self._message.say(text, error=is_error)


class ListScreen(Dialog[int]):
    """Lists rows; returns the number of one, counted from 1, or None after escape.

    Args:
        listed: the rows.
    """

    is_question = True
    DEFAULT_CSS = "ListScreen DialogOptions { max-height: 14; }"

    def __init__(self, listed: Listed) -> None:
        super().__init__()
        bind_commands(self, {listed.closing: "dismiss"} if listed.closing else {})
        self._listed = listed

    def compose(self) -> ComposeResult:
        """Yield what is to be chosen, and the rows."""
        listed = self._listed
        about = Static(listed.about, markup=False)
        about.display = listed.about != ""
        rows = DialogOptions(*listed.rows, markup=False)
        rows.highlighted = listed.chosen if listed.rows else None
        frame = DialogFrame(about, rows, title=listed.title, keys=listed.keys)
        frame.styles.width = listed.width
        yield frame

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the row."""
        self.dismiss(event.option_index + 1)

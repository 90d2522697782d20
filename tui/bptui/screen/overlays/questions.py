"""What the dialogs ask for, without a screen: values, weights, formulas, names of files, a column."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from bpengine import ConfigError, Dataset, Edit, Field, FormulaError, Task
from bpengine.data.features import FeatureError, FeatureMap
from bpengine.data.formulas import parse
from bpengine.data.formulas.fields import parts_of
from bpengine.numbers import is_ambiguous, parse_real
from bpengine.training.edits import BIAS, Input
from bpengine.wording import name_list, printable_path
from bptui.commands import arrow_keys
from bptui.commands.grammar import RefusedError
from bptui.session.plane import Plane, plane_named, plane_text
from bptui.session.saving.saving import Saving, free_name
from bptui.session.snapshot import Snapshot
from bptui.session.units.facts import input_name, unit_name
from bptui.session.units.positions import Place
from bptui.settings.options import FEATURES
from bpwords import Sentence, word

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
    keys: str = "enter set   esc cancel"
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
    keys: str
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
        keys=f"enter set   {arrow_keys('up', 'down')} others   esc cancel",
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
        keys="enter learn   esc cancel",
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
        keys=f"{arrow_keys('up', 'down')} choose   enter save   esc cancel",
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
    keys = "enter hand in   esc cancel"
    return Asked(title="hand in", about=about, keys=keys, check=check, use=lambda text: use(text.strip()))


def downloaded(savings: Sequence[Saving]) -> Listed:
    """Ask which of these files to download; the program names it."""
    rows = [saving.label.partition(" (")[0] for saving in savings]
    keys = f"{arrow_keys('up', 'down')} choose   enter download   esc cancel"
    return Listed(title="download", about="", rows=rows, keys=keys)


def task_of(whole_numbers: int) -> Listed:
    """Ask what so many different whole numbers in the column to predict are."""
    return Listed(
        title="column to predict",
        about=Sentence("{n} different whole numbers: classes, or a number?")(n=whole_numbers),
        rows=[word("classes"), word("a number")],
        keys=f"{arrow_keys('up', 'down')} choose   enter take   esc close",
    )


def lessons_of(walks: Sequence[LessonWalk], problems: Sequence[str] = ()) -> Listed:
    """Ask which lesson to open, at first the first one that is not done; `problems` are lines above them."""
    return Listed(
        title="lessons",
        about="\n".join((*problems[:_MOST_PROBLEMS], *([] if walks else [word("There are no lessons.")]))),
        rows=[_lesson_row(walk) for walk in walks],
        keys=f"{arrow_keys('up', 'down')} choose   enter open   esc cancel",
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

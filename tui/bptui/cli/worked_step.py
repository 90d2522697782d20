"""A training step as a document: the given numbers, then each number with its formula, worked or blank."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from bpengine import Dataset, Trace
from bpengine.explain.derivation import (
    PHASES,
    TEX,
    TEXT,
    Derived,
    Notation,
    Phase,
    Symbol,
    assignments,
    derive,
    derive_batch,
    digits_to_solve,
    equation,
    settings_of,
)
from bpengine.explain.derivation.rounding import DIGITS, MAX_DIGITS
from bpengine.network.network import parameter_count
from bpengine.network.optimizers import OPTIMIZERS
from bpengine.training.edits import edited_at
from bpengine.training.tracing import Parameters
from bptui.cli.formats import text_table
from bptui.session.worked_step.page import scaled_in_words
from bptui.session.worked_step.position import Guidance
from bpwords import printable
from bpwords.numbers import with_digits

MAX_LINE_WIDTH = 100
"""The most characters of a line of plain text. A longer equation continues in the next line."""


class TextSheet:
    """Plain text, in ASCII except for names."""

    notation: Notation = TEXT
    blank = "________"

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a heading; level 1 is the title."""
        yield ""
        if level > 2:
            yield f"{text}:"
        else:
            yield text
            yield ("=" if level == 1 else "-") * len(text)

    def paragraph(self, text: str) -> Iterator[str]:
        """Yield a paragraph."""
        yield from textwrap.wrap(text, MAX_LINE_WIDTH, break_on_hyphens=False)

    def equation(self, parts: Sequence[str]) -> Iterator[str]:
        """Yield a line that sets its parts equal; a long one is broken before an equals sign."""
        line = "  " + " = ".join(parts)
        if len(line) <= MAX_LINE_WIDTH:
            yield line
            return
        yield f"  {parts[0]} = {parts[1]}"
        for part in parts[2:]:
            yield f"  {' ' * len(parts[0])} = {part}"

    def table(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """Yield a table; the first row has the headings, and all numbers are right-aligned."""
        yield from text_table(rows)

    def name(self, name: str) -> str:
        """The name of a class or column, on one line."""
        return printable(name)


class MarkdownSheet(TextSheet):
    """Markdown with TeX between dollar signs, as GitHub and most other programs show it."""

    notation = TEX
    blank = r"\underline{\qquad\qquad}"

    def heading(self, level: int, text: str) -> Iterator[str]:
        """Yield a heading; level 1 is the title."""
        yield from ("", f"{'#' * level} {text}", "")

    def paragraph(self, text: str) -> Iterator[str]:
        """Yield a paragraph."""
        yield from (text, "")

    def equation(self, parts: Sequence[str]) -> Iterator[str]:
        """Yield an item of a list that sets its parts equal."""
        yield f"- ${' = '.join(parts)}$"

    def table(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """Yield a table; the first row has the headings."""
        head, *body = rows
        yield f"| {' | '.join(head)} |"
        yield f"| --- |{' ---: |' * (len(head) - 1)}"
        for row in body:
            yield f"| {' | '.join(row)} |"
        yield ""

    def name(self, name: str) -> str:
        """The same, with markup escaped."""
        return re.sub(r"([\\`*_{}\[\]<>()#+\-.!|$~&])", r"\\\1", printable(name))


def text_of_lines(lines: Iterable[str]) -> str:
    """The lines as one text, without blank lines at its ends or more than one in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


SHEETS = {"text": TextSheet(), "markdown": MarkdownSheet()}
"""The kinds of document, by the values of `--format`."""


MAX_UNITS = 12
"""The most units of a layer, and the most inputs of a unit, whose numbers are written."""


MAX_COLUMNS = 6
"""The most units in one table, so that it fits on a sheet."""


IN_FULL: dict[Guidance, tuple[Phase, ...]] = {
    Guidance.WORKED: tuple(PHASES),
    Guidance.HALF: ("forward", "loss"),
    Guidance.NONE: (),
}
"""The phases of which a worksheet shows everything. Of the others, it shows the formulas or, without help,
only the symbols."""


def worked_step(sheet: TextSheet, trace: Trace, dataset: Dataset, row: int) -> Iterator[str]:
    """Yield the lines of a document with every number worked.

    Args:
        sheet: the kind of document.
        trace: the step.
        dataset: the training data.
        row: the index in the batch of the sample whose forward pass and deltas are shown.
    """
    yield from sheet.heading(1, f"Epoch {trace.epoch}, sample {trace.sample + row}")
    for text in (*_settings(trace), _position(trace, row)):
        yield from sheet.paragraph(text)
    yield from sheet.heading(2, "Given")
    yield from _sample(sheet, trace, dataset, row)
    yield from _given(sheet, trace)
    items = ((None, derived) for derived in derive(trace, row, most=MAX_UNITS))
    yield from _numbers(sheet, trace, items, _Printing(2))
    if max(trace.sizes) > MAX_UNITS:
        total = parameter_count(trace.sizes)
        yield ""
        yield from sheet.paragraph(
            f"At most {MAX_UNITS} units and inputs of a layer are shown; the network has {total} parameters. "
            "bptui trace --format json has all numbers."
        )
    yield from sheet.heading(2, "Result")
    yield from _result(sheet, trace)
    yield from sheet.paragraph(
        "Results are rounded to five digits; the numbers in a formula have as many digits as its result "
        "needs."
    )


def exercise(
    sheet: TextSheet, trace: Trace, dataset: Dataset, guidance: Guidance, *, is_solved: bool, explain: bool
) -> Iterator[str]:
    """Yield the lines of a step of a worksheet, with all samples of its batch.

    The given numbers have as many digits as it takes to compute the others from them.

    Args:
        sheet: the kind of document.
        trace: the step.
        dataset: the training data.
        guidance: how much is shown.
        is_solved: whether the answers are shown, too.
        explain: whether to say what each quantity is for, and how exact the numbers are.
    """
    samples = range(len(trace.indices))
    of_batch = len(samples) > 1
    last = f"s {trace.sample}-{trace.sample + samples[-1]}" if of_batch else f" {trace.sample}"
    kind = Guidance.WORKED if is_solved else guidance
    yield from sheet.heading(2, f"Epoch {trace.epoch}, sample{last} ({kind.value})")
    for text in _settings(trace):
        yield from sheet.paragraph(text)
    batch = (
        f"The step has a batch of {len(samples)} samples, numbered from 1 here. The forward pass, the loss "
        "and the deltas are those of one sample each; the gradient is the mean over the samples."
    )
    yield from sheet.paragraph(batch if of_batch else _position(trace, 0))
    digits = DIGITS if guidance is Guidance.WORKED else digits_to_solve(trace, IN_FULL[guidance])
    yield from sheet.heading(3, "Given")
    for row in samples:
        if of_batch:
            yield from sheet.heading(4, f"Sample {row + 1}, index {trace.indices[row]} in the training data")
        yield from _sample(sheet, trace, dataset, row, digits, formulas=row == 0)
    if of_batch:
        yield from sheet.heading(4, "The step")
    yield from _given(sheet, trace, digits)
    printing = _Printing(3, kind, IN_FULL[guidance], digits, explain=explain)
    yield from _numbers(sheet, trace, derive_batch(trace), printing)
    if kind is Guidance.WORKED:
        yield from sheet.heading(3, "Result")
        yield from _result(sheet, trace)
        if explain:
            yield from sheet.paragraph("All numbers are rounded to five digits.")


def _settings(trace: Trace) -> Iterator[str]:
    config = trace.config
    network = "-".join(map(str, trace.sizes))
    yield (
        f"This is update {trace.updates} of a {config.task} run with seed {config.seed}: "
        f"a {network} network ({', '.join(dict.fromkeys(config.activations)) or 'no hidden units'}), "
        f"{config.optimizer}, learning rate {trace.learning_rate:g}."
    )
    if trace.edits:
        out = [
            f"unit {unit + 1} of layer {number}"
            for number, layer in enumerate(trace.layers, start=1)
            for unit in layer.knocked_out
        ]
        knocked_out = f" Knocked out, so that their outgoing weights are 0: {', '.join(out)}." if out else ""
        yield f"The run was {edited_at(trace.edits)}.{knocked_out}"


def _position(trace: Trace, row: int) -> str:
    count, position = len(trace.indices), f"The sample has index {trace.indices[row]} in the training data"
    if count == 1:
        return f"{position}. Samples, indices and epochs count from 0; inputs, units and layers from 1."
    return (
        f"{position}. It is number {row + 1} of a batch of {count}. The forward pass, the loss and the "
        "deltas are those of this sample; the gradient and the update are those of the whole batch."
    )


def _sample(
    sheet: TextSheet, trace: Trace, dataset: Dataset, row: int, digits: int = DIGITS, *, formulas: bool = True
) -> Iterator[str]:
    """The inputs and targets of a sample, and how they were scaled: the first sample says it in full."""
    if dataset.feature_map is not None:
        yield from sheet.paragraph(_place(sheet, trace, dataset, row))
    in_words = scaled_in_words(
        dataset, trace.inputs[row], trace.targets[row], formulas=formulas, name_text=sheet.name
    )
    if in_words:
        yield from sheet.paragraph(" ".join(in_words))
    for letter, values in (("x", trace.inputs), ("t", trace.targets)):
        for index, value in enumerate(values[row, :MAX_UNITS].tolist(), start=1):
            yield from _setting(sheet, Symbol(letter, None, (index,)), value, digits)
    if trace.has_dropout:
        yield from sheet.paragraph(f"Dropout {trace.config.dropout:g}: units whose m is 0 are left out.")
        for number, layer in enumerate(trace.layers[:-1], start=1):
            for index, value in enumerate(layer.mask[row, :MAX_UNITS].tolist(), start=1):
                yield from _setting(sheet, Symbol("m", number, (index,)), value, digits)
    if trace.config.task == "classification":
        name = sheet.name(dataset.classes[int(trace.targets[row].argmax())])
        yield ""
        wrong = dataset.mislabeled is not None and trace.indices[row] in dataset.mislabeled
        own = ", a wrong label that was drawn at random" if wrong else ""
        yield from sheet.paragraph(f"The target is the class {name}{own}.")


def _place(sheet: TextSheet, trace: Trace, dataset: Dataset, row: int) -> str:
    """Where a sample is from whose values its features are computed."""
    pairs = list(zip(dataset.features, trace.coordinates[row].tolist(), strict=True))[:MAX_UNITS]
    place = ", ".join(f"{sheet.name(name)} = {with_digits(value, DIGITS)}" for name, value in pairs)
    return f"The inputs are features of the sample at {place}."


def _given(sheet: TextSheet, trace: Trace, digits: int = DIGITS) -> Iterator[str]:
    """The settings, the weights and biases and the optimizer's buffers."""
    for symbol, value in settings_of(trace):
        yield from _setting(sheet, symbol, value, digits)
    letters = [letter for letter, _ in assignments(OPTIMIZERS[trace.config.optimizer].formula)[:-1]]
    for number, layer in enumerate(trace.layers, start=1):
        yield from _matrix(sheet, f"W, b of layer {number}", layer.before, digits)
        for letter, buffer in zip(letters, layer.buffers, strict=True):
            yield from _matrix(sheet, f"{letter} of layer {number}", buffer, digits)


def _setting(sheet: TextSheet, symbol: Symbol, value: float, digits: int) -> Iterator[str]:
    return sheet.equation((sheet.notation.symbol(symbol), sheet.notation.number(value, digits)))


def _matrix(sheet: TextSheet, name: str, parameters: Parameters, digits: int) -> Iterator[str]:
    """Tables with a row for each input and one for the bias, and a column for each unit."""
    units = len(parameters.biases)
    for start in range(0, min(units, MAX_UNITS), MAX_COLUMNS):
        part = range(start, min(start + MAX_COLUMNS, units, MAX_UNITS))
        rows = [[name, *(f"unit {unit + 1}" for unit in part)]]
        named = [(f"input {number}", row) for number, row in enumerate(parameters.weights[:MAX_UNITS], 1)]
        for label, values in (*named, ("bias", parameters.biases)):
            rows.append([label, *(with_digits(value, digits) for value in values[part])])
        yield ""
        yield from sheet.table(rows)


@dataclass(frozen=True)
class _Printing:
    """How the numbers of a step are printed."""

    level: int
    """The level of the heading of a phase."""
    guidance: Guidance = Guidance.WORKED
    given: tuple[Phase, ...] = ()
    """The phases whose results are given, so that they need `digits`."""
    digits: int = DIGITS
    explain: bool = True
    """Whether to say what each quantity is for."""


def _numbers(
    sheet: TextSheet, trace: Trace, items: Iterable[tuple[int | None, Derived]], printing: _Printing
) -> Iterator[str]:
    explained: set[str] = set()
    of_batch = len(trace.indices) > 1
    for (row, phase), of_phase in groupby(
        items, key=lambda item: (item[0] if of_batch else None, item[1].phase)
    ):
        sample = "" if row is None else f"Sample {row + 1}. "
        yield from sheet.heading(printing.level, f"{sample}{PHASES[phase]}")
        derived_of_phase = (derived for _, derived in of_phase)
        for title, of_section in groupby(derived_of_phase, key=partial(_title, trace)):
            section = list(of_section)
            if title:
                yield from sheet.heading(printing.level + 1, title)
            for quantity in dict.fromkeys(derived.quantity for derived in section):
                if printing.explain and quantity.name not in explained:
                    explained.add(quantity.name)
                    yield from sheet.paragraph(quantity.why)
            for derived in section:
                yield from sheet.equation(_parts(sheet, derived, printing))


def _title(trace: Trace, derived: Derived) -> str:
    """The heading of a section; empty for the loss, whose part of the step has a heading."""
    section, layer = derived.quantity.section, derived.place.layer
    if section == derived.phase:
        return ""
    if layer is None or section == "gradient clipping":
        return section.capitalize()
    name = "Output layer" if layer == len(trace.layers) - 1 else f"Layer {layer + 1}"
    return f"{name}, {section}"


def _parts(sheet: TextSheet, derived: Derived, printing: _Printing) -> list[str]:
    """The sides of the equation: symbol, formula, numbers and result, without repetitions."""
    # What is frozen can't be known otherwise.
    is_given = derived.phase in printing.given or derived.quantity.name in ("frozen weight", "frozen bias")
    symbol, formula, numbers, result = equation(
        derived, sheet.notation, printing.digits if is_given else DIGITS
    )
    if printing.guidance is Guidance.NONE and not is_given:
        return [symbol, sheet.blank]
    if printing.guidance is Guidance.HALF and not is_given:
        return [symbol, formula, sheet.blank]
    return [symbol, formula, result] if numbers == result else [symbol, formula, numbers, result]


def _result(sheet: TextSheet, trace: Trace) -> Iterator[str]:
    what = "loss of this sample" if len(trace.indices) == 1 else "mean loss of this batch"
    before, after = trace.mean_loss, trace.new_mean_loss
    digits = DIGITS
    while (
        with_digits(before, digits) == with_digits(after, digits) and before != after and digits < MAX_DIGITS
    ):
        digits += 1
    change = "falls" if after < before else "rises"
    changes = f"{change} from {with_digits(before, digits)} to" if before != after else "stays"
    masked = " and the same units left out" if trace.has_dropout else ""
    yield from sheet.paragraph(
        f"With the new weights and biases{masked}, the {what} {changes} {with_digits(after, digits)}."
    )

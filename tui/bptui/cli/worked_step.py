"""A training step as a document: the given numbers, then each number with its formula, worked or blank."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import partial
from itertools import groupby

from bpengine import Dataset, Trace
from bpengine.arrays import Array
from bpengine.derivation import (
    PHASES,
    Derived,
    Symbol,
    assignments,
    derive,
    equation,
    settings_of,
)
from bpengine.edits import edited_at
from bpengine.network import parameter_count
from bpengine.optimizers import OPTIMIZERS
from bpengine.tracing import Parameters
from bpengine.wording import printable
from bptui.cli.sheets import TextSheet

MAX_UNITS = 12
"""The most units of a layer, and the most inputs of a unit, whose numbers are written."""


MAX_COLUMNS = 6
"""The most units in one table, so that it fits on a sheet."""


class Help(Enum):
    """How much of a step a worksheet shows."""

    WORKED = "worked"
    HALF = "half worked"
    """Up to the loss, everything is shown; after that, only the formulas."""
    BLANK = "all yours"
    """Only the symbols are shown."""


def worked_step(
    sheet: TextSheet,
    trace: Trace,
    dataset: Dataset,
    row: int,
    *,
    level: int = 1,
    help: Help = Help.WORKED,
    explain: bool = True,
) -> Iterator[str]:
    """Yield the lines of the document.

    Args:
        sheet: the kind of document.
        trace: the step.
        dataset: the training data.
        row: the index in the batch of the sample whose forward pass and deltas are shown.
        level: the level of the first heading.
        help: how much is shown.
        explain: whether to say what each quantity is for, and how exact the numbers are.
    """
    note = "" if level == 1 else f" ({help.value})"
    yield from sheet.heading(level, f"Epoch {trace.epoch}, sample {trace.sample + row}{note}")
    for text in _settings(trace, row):
        yield from sheet.paragraph(text)
    yield from sheet.heading(level + 1, "Given")
    yield from _given(sheet, trace, dataset, row)
    yield from _numbers(sheet, trace, row, level, help, explain=explain)
    if help is Help.WORKED:
        yield from sheet.heading(level + 1, "Result")
        yield from _result(sheet, trace)
        if explain:
            yield from sheet.paragraph("All numbers are rounded to five digits.")


def _settings(trace: Trace, row: int) -> Iterator[str]:
    config, count = trace.config, len(trace.indices)
    network = "-".join(map(str, trace.sizes))
    yield (
        f"This is update {trace.updates} of a {config.task} run with seed {config.seed}: "
        f"a {network} network ({', '.join(dict.fromkeys(config.activations))}), "
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
    position = f"The sample has index {trace.indices[row]} in the training data"
    if count == 1:
        yield f"{position}. Samples, indices and epochs count from 0; inputs, units and layers from 1."
    else:
        yield (
            f"{position}. It is number {row + 1} of a batch of {count}. The forward pass, the loss and the "
            "deltas are those of this sample; the gradient and the update are those of the whole batch."
        )


def _given(sheet: TextSheet, trace: Trace, dataset: Dataset, row: int) -> Iterator[str]:
    for symbol, value in (
        *_elements("x", trace.inputs[row]),
        *_elements("t", trace.targets[row]),
        *settings_of(trace),
    ):
        yield from sheet.equation((sheet.notation.symbol(symbol), sheet.notation.number(value)))
    if trace.config.task == "classification":
        name = printable(dataset.classes[int(trace.targets[row].argmax())])
        yield ""
        yield from sheet.paragraph(f"The target is the class {sheet.escaped(name)}.")
    letters = [letter for letter, _ in assignments(OPTIMIZERS[trace.config.optimizer].formula)[:-1]]
    for number, layer in enumerate(trace.layers, start=1):
        kept = [each for each in (layer.first_moment, layer.second_moment) if each is not None]
        yield from _matrix(sheet, f"W, b of layer {number}", layer.before)
        for letter, buffer in zip(letters, kept, strict=True):
            yield from _matrix(sheet, f"{letter} of layer {number}", buffer)


def _elements(letter: str, values: Array) -> Iterator[tuple[Symbol, float]]:
    for index, value in enumerate(values[:MAX_UNITS].tolist(), start=1):
        yield Symbol(letter, None, (index,)), value


def _matrix(sheet: TextSheet, name: str, parameters: Parameters) -> Iterator[str]:
    """Tables with a row for each input and one for the bias, and a column for each unit."""
    inputs, units = parameters.weights.shape
    shown = min(units, MAX_UNITS)
    for start in range(0, shown, MAX_COLUMNS):
        part = range(start, min(start + MAX_COLUMNS, shown))
        rows = [[name, *(f"unit {unit + 1}" for unit in part)]]
        for index in range(inputs)[:MAX_UNITS]:
            rows.append([f"input {index + 1}", *_cells(parameters.weights[index, part])])
        rows.append(["bias", *_cells(parameters.biases[part])])
        yield ""
        yield from sheet.table(rows)


def _cells(values: Array) -> list[str]:
    return [f"{value:.5g}" for value in values]


def _numbers(
    sheet: TextSheet, trace: Trace, row: int, level: int, help: Help, *, explain: bool
) -> Iterator[str]:
    explained: set[str] = set()
    items = derive(trace, row, most=MAX_UNITS)
    for phase, of_phase in groupby(items, key=lambda derived: derived.phase):
        yield from sheet.heading(level + 1, PHASES[phase])
        for title, of_section in groupby(of_phase, key=partial(_title, trace)):
            section = list(of_section)
            if title:
                yield from sheet.heading(level + 2, title)
            for quantity in dict.fromkeys(derived.quantity for derived in section):
                if explain and quantity.name not in explained:
                    explained.add(quantity.name)
                    yield from sheet.paragraph(quantity.why)
            for derived in section:
                yield from sheet.equation(_parts(sheet, derived, help))
    if max(trace.sizes) > MAX_UNITS:
        total = parameter_count(trace.sizes)
        yield ""
        yield from sheet.paragraph(
            f"At most {MAX_UNITS} units and inputs of a layer are shown; the network has {total} parameters. "
            "bptui trace --format json has all numbers."
        )


def _title(trace: Trace, derived: Derived) -> str:
    """The heading of a section; empty for the loss, whose part of the step has a heading."""
    section, layer = derived.quantity.section, derived.place.layer
    if section == derived.phase:
        return ""
    if layer is None or section == "gradient clipping":
        return section.capitalize()
    name = "Output layer" if layer == len(trace.layers) - 1 else f"Layer {layer + 1}"
    return f"{name}, {section}"


def _parts(sheet: TextSheet, derived: Derived, help: Help) -> list[str]:
    """The sides of the equation: symbol, formula, numbers and result, without repetitions."""
    symbol, formula, numbers, result = equation(derived, sheet.notation)
    if help is Help.BLANK:
        return [symbol, sheet.blank]
    if help is Help.HALF and derived.phase in ("backward", "update"):
        return [symbol, formula, sheet.blank]
    return [symbol, formula, result] if numbers == result else [symbol, formula, numbers, result]


def _result(sheet: TextSheet, trace: Trace) -> Iterator[str]:
    what = "loss of this sample" if len(trace.indices) == 1 else "mean loss of this batch"
    before, after = trace.mean_loss, trace.new_mean_loss
    change = "falls" if after < before else "rises" if after > before else "stays"
    yield from sheet.paragraph(
        f"With the new weights and biases, the {what} {change} from {before:.5g} to {after:.5g}."
    )

"""The text about one number of a step: formula, numbers, result, and the reason for the formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array
from bpengine.explain.derivation import PHASES, TEXT, Derived, equation
from bptui.commands import keys_of
from bptui.formatting import unit_of, without_unit
from bptui.session.worked_step.position import MAX_UNITS, STRIDES, BoxWalk, Guidance, Stride
from bpwords import Sentence, columns, headed, joined, printable, word
from bpwords.numbers import number

MAX_COLUMNS = 12
"""The most inputs that are described."""
_DIGITS = 5


def scaled_in_words(
    dataset: Dataset,
    inputs: Array,
    targets: Array,
    *,
    formulas: bool = False,
    name_text: Callable[[str], str] = printable,
) -> list[str]:
    """A sentence for each input that is scaled, and for the target of a regression if it is.

    Args:
        dataset: the data set of the sample.
        inputs: the scaled inputs of the sample, shape (d,), or none of them.
        targets: its scaled targets, shape (k,), or none of them.
        formulas: whether to say how they are scaled.
        name_text: how the name of a column is written.
    """
    of_inputs = zip(dataset.input_names, inputs, dataset.scaling.offset, dataset.scaling.scale, strict=False)
    scaling = dataset.target_scaling
    names = () if dataset.classes else (dataset.target,) * len(targets)
    of_targets = zip(names, targets, scaling.offset, scaling.scale, strict=False)
    sentences = []
    for column, value, offset, scale in chain(list(of_inputs)[:MAX_COLUMNS], of_targets):
        if (offset, scale) == (0, 1):
            continue
        name, original = name_text(without_unit(column)), number(value * scale + offset, _DIGITS)
        said, scaled = Sentence("{name} is {value}, scaled to {scaled}."), number(value)
        scaled = headed(scaled, _formula(name, offset, scale)) if formulas else scaled
        sentences.append(said(name=name, value=f"{original}{unit_of(column)}", scaled=scaled))
    return sentences


def _formula(name: str, offset: float, scale: float) -> str:
    """The scaling of a column."""
    moved = f"({name} {'-' if offset > 0 else '+'} {number(abs(offset), _DIGITS)})" if offset else name
    return moved if scale == 1 else f"{moved} / {number(scale, _DIGITS)}"


@dataclass(frozen=True, slots=True)
class Page:
    """One number in words and formulas."""

    name: str
    """What it is: the symbol and the name of the quantity."""
    where: str
    """The unit that it belongs to; empty if it belongs to the whole network."""
    formula: str
    numbers: str
    """The formula with its numbers plugged in; empty if that would only repeat the result."""
    result: str
    why: str


def page_of(derived: Derived, last_layer: int, guidance: Guidance | None = None) -> Page:
    """The page of a number.

    Args:
        derived: the number.
        last_layer: the index of the output layer.
        guidance: what is shown while the number is asked for; None to show everything.
    """
    symbol, formula, numbers, result = equation(derived, TEXT)
    if guidance is not None:
        numbers = numbers if guidance is Guidance.WORKED and numbers != result else ""
        formula = "..." if guidance is Guidance.NONE else formula
        result = "?"
    return Page(
        name=f"{symbol}  {word(derived.quantity.name, 'quantity')}",
        where=_where(derived, last_layer),
        formula=f"{symbol} = {formula}",
        numbers="" if numbers == result else numbers,
        result=result,
        why=word(derived.quantity.why),
    )


def _where(derived: Derived, last_layer: int) -> str:
    layer, unit, source = derived.place
    if layer is None or unit is None:
        return ""
    what = Sentence("output {unit}" if layer == last_layer else "unit {unit} of layer {layer}")
    to = what(unit=unit + 1, layer=layer + 1)
    if source is None:
        return to
    of = Sentence("input {unit}" if layer == 0 else "unit {unit} of layer {layer}")
    return Sentence("from {of} to {to}")(of=of(unit=source + 1, layer=layer), to=to)


def scaling_of(walk: BoxWalk, dataset: Dataset) -> str:
    """How the inputs or the target in the current number were scaled; empty if it has none, or they were not.

    The first number has the formula of the inputs, the loss that of the target.
    """
    inputs, targets = walk.trace.inputs[walk.row], walk.trace.targets[walk.row]
    if walk.number.phase == "loss":
        return joined(*scaled_in_words(dataset, inputs[:0], targets, formulas=True))
    if walk.number.quantity.name != "weighted sum" or walk.number.place.layer != 0:
        return ""
    return joined(*scaled_in_words(dataset, inputs, targets[:0], formulas=walk.index == 0))


def first_fitting(variants: Sequence[str], width: int) -> str:
    """The first text that fits a line of this width, or else the last one."""
    return next((variant for variant in variants if columns(variant) <= width), variants[-1])


def headings(walk: BoxWalk, samples: int) -> tuple[str, ...]:
    """Where the step is in the run, and what happens in this part of it; then shorter versions.

    Args:
        walk: the step.
        samples: how many samples an epoch has.
    """
    trace = walk.trace
    last = trace.sample + len(trace.indices) - 1
    phase = word(PHASES[walk.number.phase])
    part = phase.replace("：", ":").partition(":")[0]
    if walk.alone is not None:
        said = Sentence("Epoch {epoch}, sample {sample} as a batch of its own.")(
            epoch=trace.epoch, sample=walk.alone + 1
        )
        return joined(said, phase), joined(said, part)
    if walk.batch == 1:
        where = Sentence("Epoch {epoch}, sample {sample} of {samples}.")
        said = where(epoch=trace.epoch, sample=trace.sample, samples=samples)
        return joined(said, phase), joined(said, part)
    if walk.number.is_of_batch:
        shown = Sentence("mean over the batch of {batch}"), Sentence("mean over {batch}")
    else:
        shown = Sentence("sample {number} of {batch} of the batch"), Sentence("number {number}")
    whole, brief = (text(batch=walk.batch, number=walk.row + 1) for text in shown)
    at_length = Sentence("Epoch {epoch}, samples {from}-{to} of {samples}, {which}.")
    briefly = Sentence("Epoch {epoch}, samples {from}-{to}, {which}.")
    values = {"epoch": trace.epoch, "from": trace.sample, "to": last, "samples": samples}
    said = at_length(**values, which=whole)
    return joined(said, phase), joined(said, part), joined(briefly(**values, which=brief), part)


def heading_without_step(epochs_done: int, sample: int, samples: int) -> str:
    """The heading if there is no next step: how many epochs, and samples of the next epoch, are done."""
    if epochs_done and not sample:
        return Sentence("After epoch {epoch}")(epoch=epochs_done - 1)
    where = Sentence("Epoch {epoch}, sample {sample} of {samples}")
    return where(epoch=epochs_done, sample=sample, samples=samples)


def in_words(walk: BoxWalk, dataset: Dataset, samples: int, guidance: Guidance | None = None) -> str:
    """The current number in a few sentences; see `scaling_of`, `headings` and `page_of` for the arguments."""
    page = page_of(walk.number, len(walk.trace.layers) - 1, guidance)
    equation = " = ".join(part for part in (page.formula, page.numbers, page.result) if part)
    number = Sentence("{name} ({where}): {equation}." if page.where else "{name}: {equation}.")
    said = number(name=page.name, where=page.where, equation=equation)
    heading = Sentence("{text}.")(text=headings(walk, samples)[0])
    return joined(heading, said, page.why, scaling_of(walk, dataset))


def strides_lines(stride: Stride, batch: int, walk: BoxWalk | None) -> tuple[str, ...]:
    """The strides with their keys, the chosen one in brackets, and the position; then shorter versions.

    Args:
        stride: the chosen stride.
        batch: how many samples a step has.
        walk: the step; None if there is none.
    """
    names = ["batch" if named is Stride.STEP and batch > 1 else named.value for named in STRIDES]
    said = [word(name, "stride") for name in names]
    line = " ".join(
        f"‹{name}›" if named is stride else name for named, name in zip(STRIDES, said, strict=True)
    )
    keys = f"{Sentence('stride {arrows}')(arrows=keys_of('up', 'down'))} "
    if walk is None:
        return f"{keys}{line}", line
    place = f"  {walk.index + 1}/{len(walk.numbers)}"
    units = "" if walk.is_complete else f"  {Sentence('{most} units')(most=MAX_UNITS)}"
    return f"{keys}{line}{place}{units}", f"{line}{place}{units}", f"{line}{place}", line

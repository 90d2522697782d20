"""The text about one number of a step: formula, numbers, result, and the reason for the formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpengine import Dataset
from bpengine.explain.derivation import PHASES, TEXT, Derived, equation
from bptui.box.walk import MAX_UNITS, STRIDES, BoxWalk, Stride
from bptui.commands import keys_of
from bptui.describe.guidance import Guidance
from bptui.describe.scaling import scaled_in_words


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
        name=f"{symbol}  {derived.quantity.name}",
        where=_where(derived, last_layer),
        formula=f"{symbol} = {formula}",
        numbers="" if numbers == result else numbers,
        result=result,
        why=derived.quantity.why,
    )


def _where(derived: Derived, last_layer: int) -> str:
    layer, unit, source = derived.place
    if layer is None or unit is None:
        return ""
    what = f"output {unit + 1}" if layer == last_layer else f"unit {unit + 1} of layer {layer + 1}"
    if source is None:
        return what
    of = f"input {source + 1}" if layer == 0 else f"unit {source + 1} of layer {layer}"
    return f"from {of} to {what}"


def scaling_of(walk: BoxWalk, dataset: Dataset) -> str:
    """How the inputs or the target in the current number were scaled; empty if it has none, or they were not.

    The first number has the formula of the inputs, the loss that of the target.
    """
    inputs, targets = walk.trace.inputs[walk.row], walk.trace.targets[walk.row]
    if walk.number.phase == "loss":
        return " ".join(scaled_in_words(dataset, inputs[:0], targets, formulas=True))
    if walk.number.quantity.name != "weighted sum" or walk.number.place.layer != 0:
        return ""
    return " ".join(scaled_in_words(dataset, inputs, targets[:0], formulas=walk.index == 0))


def first_fitting(variants: Sequence[str], width: int) -> str:
    """The first text that fits a line of this width, or else the last one."""
    return next((variant for variant in variants if len(variant) <= width), variants[-1])


def headings(walk: BoxWalk, samples: int) -> tuple[str, ...]:
    """Where the step is in the run, and what happens in this part of it; then shorter versions.

    Args:
        walk: the step.
        samples: how many samples an epoch has.
    """
    trace = walk.trace
    last = trace.sample + len(trace.indices) - 1
    phase = PHASES[walk.number.phase]
    part = phase.partition(":")[0]
    if walk.batch == 1:
        where = f"Epoch {trace.epoch}, sample {trace.sample} of {samples}."
        return f"{where} {phase}", f"{where} {part}"
    where = f"Epoch {trace.epoch}, samples {trace.sample}-{last}"
    shown, briefly = (
        (f"mean over the batch of {walk.batch}", f"mean over {walk.batch}")
        if walk.number.is_of_batch
        else (f"sample {walk.row + 1} of {walk.batch} of the batch", f"number {walk.row + 1}")
    )
    return (
        f"{where} of {samples}, {shown}. {phase}",
        f"{where} of {samples}, {shown}. {part}",
        f"{where}, {briefly}. {part}",
    )


def heading_without_step(epochs_done: int, sample: int, samples: int) -> str:
    """The heading if there is no next step: how many epochs, and samples of the next epoch, are done."""
    if epochs_done and not sample:
        return f"After epoch {epochs_done - 1}"
    return f"Epoch {epochs_done}, sample {sample} of {samples}"


def in_words(walk: BoxWalk, dataset: Dataset, samples: int, guidance: Guidance | None = None) -> str:
    """The current number in a few sentences; see `scaling_of`, `headings` and `page_of` for the arguments."""
    page = page_of(walk.number, len(walk.trace.layers) - 1, guidance)
    equation = " = ".join(part for part in (page.formula, page.numbers, page.result) if part)
    where = f" ({page.where})" if page.where else ""
    scaling = scaling_of(walk, dataset)
    text = f"{headings(walk, samples)[0]}. {page.name}{where}: {equation}. {page.why}"
    return f"{text} {scaling}" if scaling else text


def strides_lines(stride: Stride, batch: int, walk: BoxWalk | None) -> tuple[str, ...]:
    """The strides with their keys, the chosen one in brackets, and the position; then shorter versions.

    Args:
        stride: the chosen stride.
        batch: how many samples a step has.
        walk: the step; None if there is none.
    """
    names = ["batch" if named is Stride.STEP and batch > 1 else named.value for named in STRIDES]
    line = " ".join(
        f"‹{name}›" if named is stride else name for named, name in zip(STRIDES, names, strict=True)
    )
    keys = f"stride {keys_of('up', 'down')} "
    if walk is None:
        return f"{keys}{line}", line
    place = f"  {walk.index + 1}/{len(walk.numbers)}"
    units = "" if walk.is_complete else f", {MAX_UNITS} units"
    return f"{keys}{line}{place}{units}", f"{line}{place}{units}", f"{line}{place}", line

"""How the numbers of a sample are scaled for the network, in words: x is 5.8, scaled to 0.846."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from bpengine import Dataset
from bpengine.arithmetic.arrays import Array
from bpengine.wording import printable
from bptui.formatting import unit_of, without_unit
from bpwords import Sentence
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
        formula = f": {_formula(name, offset, scale)}" if formulas else ""
        said = Sentence("{name} is {value}, scaled to {scaled}.")
        scaled = f"{number(value)}{formula}"
        sentences.append(said(name=name, value=f"{original}{unit_of(column)}", scaled=scaled))
    return sentences


def _formula(name: str, offset: float, scale: float) -> str:
    """The scaling of a column."""
    moved = f"({name} {'-' if offset > 0 else '+'} {number(abs(offset), _DIGITS)})" if offset else name
    return moved if scale == 1 else f"{moved} / {number(scale, _DIGITS)}"

"""The header of the export as C99: what to pass, what comes back, and the codes of texts and classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from bpengine.data.cells import date_text
from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import RawColumn
from bpengine.exports.identifiers import Identifiers, in_comment, quoted
from bpengine.exports.pathway import Pathway

WIDTH = 100
"""The most columns of long lines."""


@dataclass(frozen=True, slots=True)
class _Enum:
    """The codes of the texts of a column, or of the outputs."""

    name: str
    codes: tuple[str, ...]
    """Their identifiers."""
    texts: tuple[str, ...]

    def written(self) -> str:
        lines = [
            f"    {code}, /* {quoted(text)} */" for code, text in zip(self.codes, self.texts, strict=True)
        ]
        lines[-1] = lines[-1].replace(",", "", 1)
        return "\n".join([f"enum {self.name} {{", *lines, "};\n\n"])


_OUTPUTS = -1
"""The place of the outputs among the numbers of columns."""


def header(pathway: Pathway) -> str:
    """The content of the file."""
    name, outputs, enums = pathway.name, len(pathway.outputs), _enums(pathway)
    inputs = "".join(
        f" *   in[{number}]  {quoted(column.name)}{_meaning(column, enums.get(number))}\n"
        for number, column in enumerate(pathway.columns)
    )
    answer = f"out[0] is {quoted(pathway.target)}, in the units of the data"
    if _OUTPUTS in enums:
        what = "probability of each class" if pathway.is_classifier else "value of each target"
        answer = (
            f"out has the {what} of {quoted(pathway.target)}, in the order of enum {enums[_OUTPUTS].name}"
        )
    formulas = ", or -1 if a feature has no finite value" if pathway.formulas else ""
    result = (
        f"Return 0 and the answer: {answer}. For values without an answer, leave out as it was and return "
        f"the number, counted from 1, of an input that is not finite, is larger than {LARGEST:g} or is an "
        f"unknown code{formulas}."
    )
    guard = f"{name.upper()}_H"
    return f"""{opening(pathway)}#ifndef {guard}
#define {guard}

enum {{ {name}_inputs = {len(pathway.columns)}, {name}_outputs = {outputs} }};

{"".join(enum.written() for enum in enums.values())}#ifdef __cplusplus
extern "C" {{
#endif

/*
 * Compute the answer for one row.
 *
{inputs} *
{_comment(result)} */
int {name}_predict(const double *in, double *out);

#ifdef __cplusplus
}}
#endif

#endif
"""


def _enums(pathway: Pathway) -> dict[int, _Enum]:
    """The enums by the numbers of their columns; that of the outputs first, if there are several."""
    name = pathway.name
    kind = "class" if pathway.is_classifier else "target"
    identifiers = Identifiers(name, *(f"{name}_{part}" for part in ("predict", "inputs", "outputs", kind)))
    enums = {}
    if len(pathway.outputs) > 1:
        codes = tuple(identifiers.of(kind, output) for output in pathway.outputs)
        enums[_OUTPUTS] = _Enum(f"{name}_{kind}", codes, pathway.outputs)
    for number, column in enumerate(pathway.columns):
        if column.kind == "text":
            enum = identifiers.of(column.name)
            codes = tuple(identifiers.of(column.name, category) for category in column.categories)
            enums[number] = _Enum(enum, codes, column.categories)
    return enums


def _meaning(column: RawColumn, enum: _Enum | None) -> str:
    """What a value of a column is, as the rest of a line."""
    gap = ""
    if column.fill and column.kind == "text":
        gap = f"; gaps were filled with {quoted(column.categories[int(np.argmax(column.fill))])}"
    elif column.fill:
        gap = f"; gaps were filled with {column.fill[0] + column.origin!r}"
    if enum is not None:
        return f": one of enum {enum.name}{gap}"
    if column.kind == "boolean":
        return f": 0 for false, 1 for true{gap}"
    if column.kind == "date":
        example = f"{date_text(column.origin)} is {math.floor(column.origin)}"
        return f": a date, as days from 1970-01-01 ({example}){gap}"
    return gap


def _lines(value: Any, key: str) -> list[str]:
    """A fact of the run as lines of a comment."""
    if isinstance(value, dict):
        value = ", ".join(f"{name} {text}" for name, text in value.items())
    return wrap(in_comment(f"{key}: {value}"), WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def opening(pathway: Pathway) -> str:
    """The comment at the beginning of both files."""
    lines = ["A neural network that bptui has trained, in C99. The run that made it:"]
    for key, value in pathway.run.items():
        lines += _lines(value, key)
    return "/*\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def _comment(text: str) -> str:
    """A text as lines within a comment."""
    return "".join(f" * {line}\n" for line in wrap(text, WIDTH))

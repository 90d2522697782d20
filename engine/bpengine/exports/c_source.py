"""The export as C99: a header that also holds the definitions, without allocation and without stdio."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.data.checks import LARGEST
from bpengine.data.dates import date_text
from bpengine.data.raw_columns import RawColumn
from bpengine.exports.formulas import definitions, templates, translated
from bpengine.exports.identifiers import Identifiers, in_comment, quoted
from bpengine.exports.pathway import TOLERANCE, Pathway

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


def _header(pathway: Pathway) -> str:
    """The declarations."""
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
    return f"""#ifndef {guard}
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


def _opening(pathway: Pathway) -> str:
    """The comment at the beginning."""
    name = pathway.name.upper()
    lines = [
        "A neural network that bptui has trained, in C99.",
        f"One file of a program defines {name}_CODE before it includes this one.",
        f"This is its check: cc -std=c99 -D{name}_TEST -x c FILE -lm && ./a.out",
        "The run that made it:",
    ]
    for key, value in pathway.run.items():
        lines += _lines(value, key)
    return "/*\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def _comment(text: str) -> str:
    """A text as lines within a comment."""
    return "".join(f" * {line}\n" for line in wrap(text, WIDTH))


_HELPERS = {
    "gelu": """static double gelu(double z)
{
    return z * sigmoid(1.5957691216057308 * (z + 0.044715 * z * z * z)); /* 2 sqrt(2 / pi) */
}
""",
    "swish": """static double swish(double z)
{
    return z * sigmoid(z);
}
""",
    "sigmoid": """static double sigmoid(double z)
{
    double e = exp(-fabs(z)); /* at most 1, so that nothing overflows */

    return (z < 0 ? e : 1) / (1 + e);
}
""",
    "softplus": """static double softplus(double z)
{
    return (z > 0 ? z : 0) + log1p(exp(-fabs(z)));
}
""",
    "elu": """static double elu(double z)
{
    return z > 0 ? z : expm1(z);
}
""",
    "relu": """static double relu(double z)
{
    return z > 0 ? z : 0;
}
""",
    "leaky_relu": """static double leaky_relu(double z)
{
    return z > 0 ? z : 0.01 * z;
}
""",
    "modulo": """static double modulo(double a, double b)
{
    double rest = fmod(a, b); /* which has the sign of a; the modulus has that of b */

    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
""",
    "smaller": """static double smaller(double a, double b)
{
    return a < b || a != a ? a : b;
}
""",
    "larger": """static double larger(double a, double b)
{
    return a > b || a != a ? a : b;
}
""",
    "sign": """static double sign(double a)
{
    return a > 0 ? 1 : a < 0 ? -1 : a;
}
""",
    "code": """static int code(double value, int count)
{
    int found = value >= 0 && value < count ? (int)value : -1;

    return found == value ? found : -1;
}
""",
}
"""The definitions of functions."""

_ACTIVATIONS = {
    "sigmoid": "sigmoid(z)",
    "tanh": "tanh(z)",
    "relu": "relu(z)",
    "leaky-relu": "leaky_relu(z)",
    "elu": "elu(z)",
    "softplus": "softplus(z)",
    "swish": "swish(z)",
    "gelu": "gelu(z)",
    "sin": "sin(z)",
    "identity": "z",
}
_OPERATIONS = templates(
    {sign: f"({{}} {sign} {{}})" for sign in ("+", "-", "*", "/")}
    | {name: f"{name}({{}})" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log", "sign")}
    | {name: f"{name}({{}})" for name in ("log2", "log10", "sqrt", "floor", "ceil")}
    | {"**": "pow({}, {})", "%": "modulo({}, {})", "min": "smaller({}, {})", "max": "larger({}, {})"}
    | {"arcsin": "asin({})", "arccos": "acos({})", "arctan": "atan({})", "abs": "fabs({})"}
    | {"round": "nearbyint({})", "negative": "(-{})"}
)


def written(pathway: Pathway) -> str:
    """The content of the file."""
    body, name = _body(pathway), pathway.name.upper()
    calls = re.sub(r"/\*.*?\*/", "", body)  # a name of the user's may look like a call
    code = f"{_constants(pathway)}\n{definitions(_HELPERS, calls)}{body}{_test(pathway)}"
    return (
        f"{_opening(pathway)}{_header(pathway)}\n"
        f"#if defined({name}_CODE) || defined({name}_TEST)\n#include <math.h>\n\n{code}#endif\n"
    )


def _constants(pathway: Pathway) -> str:
    parts = [
        "/* Features are scaled before the network sees them: (feature - offset) / scale. */\n",
        _array("offsets", pathway.scaling.offset),
        _array("scales", pathway.scaling.scale),
        "\n/* A row for each unit of a layer, and a column for each of its inputs. */\n",
    ]
    for number, layer in enumerate(pathway.layers, 1):
        parts.append(_array(f"weights_{number}", layer.weights.T))
        parts.append(_array(f"biases_{number}", layer.biases))
    if not pathway.is_classifier:
        parts.append("\n/* From the outputs to the units of the data. */\n")
        parts.append(_array("target_offsets", pathway.target_scaling.offset))
        parts.append(_array("target_scales", pathway.target_scaling.scale))
    return "".join(parts)


def _array(name: str, values: Array) -> str:
    sizes = "".join(f"[{size}]" for size in values.shape)
    return f"static const double {name}{sizes} = {{{_rows(values)}}};\n"


def _rows(values: Array) -> str:
    """The numbers between the outer braces, in lines."""
    if values.ndim > 1:
        return "\n" + "".join(f"    {{{_rows(row)}}},\n" for row in values)
    text = ", ".join(map(repr, values.tolist()))
    return "\n        ".join(wrap(text, WIDTH))


def _body(pathway: Pathway) -> str:
    """The function that predicts."""
    outputs = len(pathway.outputs)
    widest = max(2, *(layer.weights.shape[1] for layer in pathway.layers), len(pathway.parts))
    lines = [
        f"int {pathway.name}_predict(const double *in, double *out)",
        "{",
        f"    double x[{pathway.coordinates}] = {{0}}, features[{len(pathway.parts)}];",
        f"    double a[{widest}], b[{widest}];",
        "    int i, j;",
        *(["    int k;"] if any(column.kind == "text" for column in pathway.columns) else []),
        "",
        f"    for (i = 0; i < {len(pathway.columns)}; i++)",
        f"        if (!(fabs(in[i]) <= {LARGEST!r})) /* NaN is not */",
        "            return i + 1;",
        *_coordinates(pathway),
        *_features(pathway),
        f"    for (i = 0; i < {len(pathway.parts)}; i++)",
        "        a[i] = (features[i] - offsets[i]) / scales[i];",
    ]
    given, result = "a", "b"
    for number, layer in enumerate(pathway.layers, 1):
        inputs, units = layer.weights.shape
        lines += [
            f"    for (j = 0; j < {units}; j++) {{",
            f"        double z = biases_{number}[j];",
            f"        for (i = 0; i < {inputs}; i++)",
            f"            z += weights_{number}[j][i] * {given}[i];",
            f"        {result}[j] = {_ACTIVATIONS[layer.activation]};",
            "    }",
        ]
        given, result = result, given
    if pathway.is_classifier:
        lines += [
            f"    double largest = {given}[0], sum = 0;",
            f"    for (j = 1; j < {outputs}; j++)",
            f"        if ({given}[j] > largest)",
            f"            largest = {given}[j];",
            f"    for (j = 0; j < {outputs}; j++)",
            f"        sum += {given}[j] = exp({given}[j] - largest); /* at most 1 */",
            f"    for (j = 0; j < {outputs}; j++)",
            f"        out[j] = {given}[j] / sum;",
        ]
    else:
        lines += [
            f"    for (j = 0; j < {outputs}; j++)",
            f"        out[j] = {given}[j] * target_scales[j] + target_offsets[j];",
        ]
    return "\n".join([*lines, "    return 0;", "}", ""])


def _coordinates(pathway: Pathway) -> Iterator[str]:
    """The statements that turn the inputs into coordinates."""
    if pathway.is_plain:
        yield f"    for (i = 0; i < {pathway.coordinates}; i++)"
        yield "        x[i] = in[i];"
        return
    place = 0
    for number, column in enumerate(pathway.columns):
        if column.kind == "text":
            yield f"    if ((k = code(in[{number}], {column.width})) < 0)"
            yield f"        return {number + 1};"
            yield f"    x[{place} + k] = 1;" if place else "    x[k] = 1;"
        else:
            origin = f" - {column.origin!r}" if column.origin else ""
            yield f"    x[{place}] = in[{number}]{origin};"
        place += column.width


def _features(pathway: Pathway) -> Iterator[str]:
    """The statements that turn the coordinates into features."""
    if not pathway.has_features:
        yield f"    for (i = 0; i < {len(pathway.parts)}; i++)"
        yield "        features[i] = x[i];"
        return
    for number, (part, name) in enumerate(zip(pathway.parts, pathway.input_names, strict=True)):
        value = (
            f"x[{part}]" if isinstance(part, int) else translated(part, "x[{}]".format, _number, _OPERATIONS)
        )
        yield f"    features[{number}] = {value}; /* {quoted(name)} */"
    if pathway.formulas:
        yield f"    for (i = 0; i < {len(pathway.parts)}; i++)"
        yield f"        if (!(fabs(features[i]) <= {LARGEST!r}))"
        yield "            return -1;"


def _number(value: float) -> str:
    """A constant of a formula."""
    if math.isfinite(value):
        return f"({value!r})" if value < 0 else repr(value)
    return "NAN" if math.isnan(value) else "INFINITY" if value > 0 else "(-INFINITY)"


def _test(pathway: Pathway) -> str:
    """The program that checks the test vectors."""
    vectors, outputs = pathway.vectors, len(pathway.outputs)
    rows = np.array([_numbers(pathway, row) for row in vectors.rows]).reshape(len(vectors.rows), -1)
    texts = [number for number, column in enumerate(pathway.columns) if column.kind == "text"]
    refused = [(0, "NAN"), (len(pathway.columns) - 1, "INFINITY"), *((number, "-1") for number in texts)]
    refused += [(number, str(pathway.columns[number].width)) for number in texts]
    checks = "".join(
        f"    for (j = 0; j < {len(pathway.columns)}; j++)\n        in[j] = rows[0][j];\n"
        f"    in[{number}] = {value};\n"
        f"    missed += {pathway.name}_predict(in, out) == 0;\n"
        for number, value in refused
    )
    what = "probabilities" if pathway.is_classifier else "answers"
    return f"""
#ifdef {pathway.name.upper()}_TEST
#include <stdio.h>

/* Rows at, between and beyond the training samples, and the {what} of the run. */
{_array("rows", rows)}{_array("answers", vectors.answers)}
/* A difference is measured in this, or relative to the answer if that is larger. */
{_array("units", vectors.scales)}
int main(void)
{{
    double in[{len(pathway.columns)}], out[{outputs}], worst = 0;
    int i, j, missed = 0;

    for (i = 0; i < {len(rows)}; i++) {{
        if ({pathway.name}_predict(rows[i], out) != 0) {{
            missed++;
            continue;
        }}
        for (j = 0; j < {outputs}; j++) {{
            double size = fabs(answers[i][j]) > units[j] ? fabs(answers[i][j]) : units[j];
            double difference = fabs(out[j] - answers[i][j]) / size;
            worst = difference > worst ? difference : worst;
            missed += !(difference <= {TOLERANCE});
        }}
    }}
    /* What is not finite, and unknown codes, must be refused. */
{checks}    printf("%d test vectors, largest difference %.1e (allowed: {TOLERANCE})\\n", {len(rows)}, worst);
    if (missed)
        printf("%d answers differ from those of the run\\n", missed);
    return missed > 0;
}}
#endif
"""


def _numbers(pathway: Pathway, row: tuple[float | str, ...]) -> list[float]:
    """The inputs in C of a row."""
    return [
        float(column.categories.index(cell)) if isinstance(cell, str) else cell
        for column, cell in zip(pathway.columns, row, strict=True)
    ]

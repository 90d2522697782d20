"""What the exported Python modules have in common: their head, how they read a row, and their own check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pprint import pformat
from typing import Any

from bpengine.data.checks import LARGEST
from bpengine.data.raw_columns import BOOLEANS, MISSING_NUMBERS, MISSING_TEXTS, RawColumn
from bpengine.exports.formulas import translated
from bpengine.exports.pathway import TOLERANCE, Pathway, as_text, column_description
from bpwords import printable

WIDTH = 100

_ROWS = """
A row has one value for each of COLUMNS, as in the file that the network was trained with. This compares the
answers with those of the run: """
_MOMENT = '''
def days_of(text):
    """The days from 1970-01-01 to a date such as 2024-01-31, 2024-01 or 2024-01-31T12:00."""
    match = re.fullmatch(r"(\\d{4})[-/](\\d{2})(?:[-/](\\d{2})([T ]\\d{2}:\\d{2}\\S*)?)?", text, re.ASCII)
    if not match:
        raise ValueError(f"must be a date such as 2024-01-31, got {text!r}")
    year, month, day, time = match.groups()
    moment = datetime.fromisoformat(f"{year}-{month}-{day or '01'}{time or ''}")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() / 86400
'''
_READERS = {
    "text": """    if kind == "text":
        text = " ".join(text.split())
        text = text if text in column["texts"] else text.removesuffix(".0")
        if text not in column["texts"]:
            raise ValueError(f"must be one of {', '.join(column['texts'])}, got {text!r}")
        return [float(text == each) for each in column["texts"]]
""",
    "date": """    if kind == "date":
        return [days_of(text) - column["from"]]
""",
    "boolean": f"""    if kind == "boolean" and text.lower() in {("1", *(pair[1] for pair in BOOLEANS))}:
        return [1.0]
    if kind == "boolean" and text.lower() in {("0", *(pair[0] for pair in BOOLEANS))}:
        return [0.0]
    if kind == "boolean" and isinstance(value, str):
        raise ValueError(f"must be true or false, got {{text!r}}")
""",
}
"""How values that are not numbers are read."""


def spaced(parts: Iterable[str]) -> str:
    """The parts of a module as one text, with two blank lines around each function."""
    return re.sub(r"\n{2,}(?=def |class |@|if __name__)", "\n\n\n", "".join(parts))


def literal(value: Any, prefix: str = "") -> str:
    """A Python value as the source of several lines, after a prefix on the first line."""
    text = pformat(value, width=WIDTH - len(prefix), compact=True, sort_dicts=False)
    return prefix + text.replace("\n", "\n" + " " * len(prefix))


def head(pathway: Pathway, docstring: str, command: str, *uses: str) -> str:
    """The docstring of a module, its imports, and the run that made it.

    Args:
        pathway: what is exported.
        docstring: what the module is and has.
        command: what checks it.
        uses: the lines of its imports besides those of the standard library.
    """
    has_dates = any(column.kind == "date" for column in pathway.columns)
    lines = (
        ["import re", "import sys", "from datetime import datetime, timezone"]
        if has_dates
        else ["import sys"]
    )
    imports = "\n".join((*lines, "", *uses))
    return (
        f'"""{docstring}{_ROWS}{command}\n"""\n\n{imports}\n\n# The run that made this file.\n'
        + literal({"model": pathway.name, **pathway.run}, "RUN = ")
        + "\n\n# The values of a row, in this order.\n"
        + literal([column_description(column) for column in pathway.columns], "COLUMNS = ")
        + "\n# What is predicted.\n"
        + literal(list(pathway.outputs), "CLASSES = " if pathway.is_classifier else "TARGETS = ")
        + "\n"
    )


def reader(pathway: Pathway) -> str:
    """The functions that turn the values of a row into numbers."""
    kinds = {column.kind for column in pathway.columns}
    gap = ""
    if any(column.fill for column in pathway.columns):
        more = tuple(sorted(MISSING_NUMBERS - MISSING_TEXTS))
        gap = f"""    word = text.lower()
    words = column.get("gap words", [])
    is_gap = word in words or word.removesuffix(".0") in words or word in {tuple(sorted(MISSING_TEXTS))}
    if "gap" in column and (is_gap or (kind != "text" and word in {more})):
        return column["gap"]  # what such gaps were filled with for training
"""
    moment = _MOMENT if "date" in kinds else ""
    others = "".join(text for kind, text in _READERS.items() if kind in kinds)
    width = f"{len(pathway.columns)} value{'s' * (len(pathway.columns) != 1)}"
    return f'''{moment}
def numbers_of(column, value):
    """The number that a value stands for, in a list; of a text, a number for each of the column's texts."""
    kind, text = column["kind"], "" if value is None else str(value).strip()
{gap}{others}    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = float("nan")
    if not abs(number) <= {LARGEST}:
        raise ValueError(f"must be a number from {-LARGEST:g} to {LARGEST:g}, got {{text!r:.80}}")
    return [number]


def coordinates_of(rows):
    """The numbers for each row, as a list of lists."""
    found = []
    for count, row in enumerate(rows):
        values = list(row) if hasattr(row, "__len__") and not isinstance(row, str) else [row]
        if len(values) != len(COLUMNS):
            raise ValueError(f"row {{count}}: must have {width}, got {{len(values)}}")
        numbers = []
        for column, value in zip(COLUMNS, values, strict=True):
            try:
                numbers += numbers_of(column, value)
            except ValueError as error:
                raise ValueError(f"row {{count}}, {{column['name']}}: {{error}}") from None
        found.append(numbers)
    return found

'''


def features(
    pathway: Pathway,
    indent: str,
    number: Callable[[float], str],
    operations: Mapping[str, Callable[..., str]],
) -> str:
    """The features as lines of a list of columns, computed from those of the array x.

    Args:
        pathway: what is exported.
        indent: the spaces before each line.
        number: writes a constant of a formula.
        operations: write the operations of formulas.
    """

    def column(place: int) -> str:
        return f"x[:, {place}]"

    values = (
        column(part) if isinstance(part, int) else translated(part, column, number, operations)
        for part in pathway.parts
    )
    return "".join(
        f"{indent}{value},  # {printable(name, 80)}\n"
        for value, name in zip(values, pathway.input_names, strict=True)
    )


def vectors(pathway: Pathway) -> str:
    """The test vectors."""
    test_vectors = pathway.vectors
    pairs = [
        ([_shown(column, cell) for column, cell in zip(pathway.columns, row, strict=True)], answer)
        for row, answer in zip(test_vectors.rows, test_vectors.answers.tolist(), strict=True)
    ]
    what = "probabilities" if pathway.is_classifier else "answers"
    return (
        f"# Rows at, between and beyond the training samples, each with the {what} of the run.\n"
        + literal(pairs, "VECTORS = ")
        + "\n"
    )


def _shown(column: RawColumn, cell: float | str) -> float | str:
    """A number as a number, and everything else as it stands in a file."""
    return cell if column.kind in ("number", "boolean") else as_text(column, cell)


def check(pathway: Pathway, answers: str) -> str:
    """The function that compares the vectors, and the end of the module.

    Args:
        pathway: what is exported.
        answers: an expression for the answers for `rows`, as a list of lists.
    """
    measured = "of probabilities" if pathway.is_classifier else "deviations of the targets"
    scales = [float(scale) for scale in pathway.vectors.scales]
    return f'''

def check():
    """Compare the answers with those of the run, and return the exit status."""
    rows = [row for row, _ in VECTORS]
    worst, missed = 0.0, 0
    for found, (_, expected) in zip({answers}, VECTORS, strict=True):
        for one, other, scale in zip(found, expected, {scales}, strict=True):  # {measured}
            difference = abs(one - other) / max(scale, abs(other))
            worst = max(worst, difference)
            missed += not difference <= {TOLERANCE}
    print(f"{{len(VECTORS)}} test vectors, largest difference {{worst:.1e}} (allowed: {TOLERANCE})")
    if missed:
        print(f"{{missed}} answers differ from those of the run", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(check())
'''

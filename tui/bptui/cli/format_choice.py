"""The format of results that are lines, as flags and the name of the file select it."""

from __future__ import annotations

from pathlib import Path

from bpengine.wording import must_be, printable_path
from bptui.cli.parsing import BadUseError

FORMATS = ("text", "jsonl", "csv")
OTHER_ENDINGS = (".bptui", ".json", ".png", ".svg")
"""The endings of files that are not lines of results."""


def format_of(output: Path | None, requested: str | None) -> str:
    """The format of the results: the one that the ending of the file's name or --format names, else text.

    Raises:
        BadUseError: the ending and --format contradict each other, or the ending is not that of results.
    """
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and suffix in OTHER_ENDINGS:
        allowed = "a name that ends in .csv, .jsonl or .txt"
        raise BadUseError(f"argument --output: {must_be(allowed, printable_path(output))}")
    named = suffix.removeprefix(".")
    if named not in FORMATS:
        return requested or "text"
    if requested not in (None, named):
        raise BadUseError(
            f"argument --format: {must_be(f'{named} for a file ending in {suffix}', requested)}"
        )
    return named

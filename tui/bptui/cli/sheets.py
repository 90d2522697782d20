"""Document formats for derivations: plain text for a terminal, and Markdown with TeX formulas."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from bpengine.explain.derivation import TEX, TEXT, Notation
from bpengine.wording import printable
from bptui.cli.formats import text_table

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


def joined(lines: Iterable[str]) -> str:
    """The lines as one text, without blank lines at its ends or more than one in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


SHEETS = {"text": TextSheet(), "markdown": MarkdownSheet()}
"""The kinds of document, by the values of `--format`."""

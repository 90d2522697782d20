"""Legends: what the signs of a picture mean, in one line with each sign in its style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bptui.drawing.spans import Span

MAX_LENGTH = 46
"""The most characters of the plot's title in a terminal of 80 columns, with the focus mark."""


@dataclass(frozen=True, slots=True)
class Legend:
    """A line of spans; `str` is its text."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, *parts: str | Span | Legend, between: str = " ") -> Self:
        """Join the parts that are not empty."""
        spans: list[Span] = []
        for part in parts:
            more = (
                part.spans if isinstance(part, Legend) else (Span(part) if isinstance(part, str) else part,)
            )
            if any(span.text for span in more):
                spans += [Span(between), *more] if spans else more
        return cls(tuple(spans))

    @classmethod
    def fitting(cls, *variants: Self) -> Self:
        """The first variant that fits above the plot at 80 columns, or the last one."""
        return next((each for each in variants if len(str(each)) <= MAX_LENGTH), variants[-1])

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)

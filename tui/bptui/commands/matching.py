"""How well typed words name something: by its names, beginnings of their words, or a sentence about it."""

from __future__ import annotations

import re
from collections.abc import Iterable


def score(query: str, names: Iterable[str], sentence: str = "") -> int:
    """How well a query names something.

    Args:
        query: what was typed.
        names: its names and synonyms.
        sentence: what else is said about it.

    Returns:
        5 if the query is a name, 4 if all its words are words of one name, 3 if they begin words of one name,
        2 if they are words of the names and the sentence together, 1 if they begin such words, and otherwise
        0.
    """
    wanted = _words(query)
    named = [(name, _words(name)) for name in names]
    if any(query.casefold().strip() == name.casefold() or (wanted and wanted == of) for name, of in named):
        return 5
    if not wanted:
        return 0
    if any(set(wanted) <= set(of) for _, of in named):
        return 4
    if any(_begin(wanted, of) for _, of in named):
        return 3
    every = {word for _, of in named for word in of} | set(_words(sentence))
    if set(wanted) <= every:
        return 2
    return 1 if _begin(wanted, every) else 0


def _words(text: str) -> list[str]:
    """The words of a text: sine-border has two."""
    return re.findall(r"[^\W_]+(?:\.\d+)?", text.casefold())


def _begin(wanted: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each wanted word begins one of the words."""
    return all(any(word.startswith(each) for word in words) for each in wanted)

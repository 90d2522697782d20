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


def abbreviates(text: str, name: str) -> bool:
    """Whether a text has letters of the words of a name, in order, as lr, lrate and lr 2 do.

    Each letter follows the one before it in "learning rate of group 2", or else begins a later word.
    """
    words, place = f" {' '.join(_words(name))}", 0
    for letter in "".join(text.casefold().split()):
        follows = words.startswith(letter, place + 1)
        place = place + 1 if follows else words.find(f" {letter}", place + 1) + 1
        if not place:
            return False
    return place > 0


def meant(text: str, names: Iterable[str]) -> list[str]:
    """The names that a text means best: by their words or initials, by a part, or as it abbreviates them."""
    ranks: dict[str, float] = {}
    for name in names:
        initials = "".join(word[0] for word in _words(name))
        part = 0.5 * (text.casefold() in name.casefold())
        ranks[name] = score(text, (name, initials)) or part or 0.2 * abbreviates(text, name)
    return [name for name, rank in ranks.items() if rank == max(ranks.values()) > 0]


def _words(text: str) -> list[str]:
    """The words of a text: sine-border has two."""
    return re.findall(r"[^\W_]+(?:\.\d+)?", text.casefold())


def _begin(wanted: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each wanted word begins one of the words."""
    return all(any(_is_begun(word, beginning) for word in words) for beginning in wanted)


def _is_begun(word: str, beginning: str) -> bool:
    """Whether a word begins with this; Chinese has no spaces, so that a word may begin anywhere in it."""
    return word.startswith(beginning) or (not beginning.isascii() and beginning in word)

"""How messages put what people gave: on one line, whatever stands in it."""

from __future__ import annotations

import os
from collections.abc import Sequence

_MAX_PATH_LENGTH = 80


def printable(text: str, most: int = 40) -> str:
    """The text with all but printable characters escaped, cut to about `most` characters."""
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text[: most + 1]
    )
    return escaped if len(escaped) <= most else escaped[: most - 1] + "…"


def either(names: Sequence[str]) -> str:
    """The names as alternatives: a, b or c."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def printable_path(path: str | os.PathLike[str]) -> str:
    """A file's name; of a long one the end, which tells more than its beginning."""
    name = os.fspath(path) or "."
    escaped = printable(name[-_MAX_PATH_LENGTH - 1 :], 10 * _MAX_PATH_LENGTH + 20)  # an escape has up to 10
    return escaped if len(escaped) <= _MAX_PATH_LENGTH else "…" + escaped[1 - _MAX_PATH_LENGTH :]

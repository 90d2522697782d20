"""How messages put what people gave: on one line, whatever stands in it."""

from __future__ import annotations

import os


def printable(text: str, most: int = 40) -> str:
    """The text with all but printable characters escaped, cut to about `most` characters."""
    escaped = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text[: most + 1]
    )
    return escaped if len(escaped) <= most else escaped[: most - 1] + "…"


def printable_path(path: str | os.PathLike[str]) -> str:
    """A file's name; of a long one the end, which tells more than its beginning."""
    name = os.fspath(path) or "."
    return printable(name if len(name) <= 80 else "…" + name[-79:], 80)

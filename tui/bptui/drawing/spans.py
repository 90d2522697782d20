"""Rows of text in a few looks, as pictures made of characters are handed to their widgets."""

from __future__ import annotations

Run = tuple[str, str | None]
"""Characters in one look: the text and the role that colors it; None for plain ones."""


def padded(line: list[Run], width: int) -> list[Run]:
    """Of the width: cut off, or with blanks as part of the last run, so that few codes are sent."""
    row: list[Run] = []
    room = max(width, 0)
    for text, role in line:
        if room and text:
            row.append((text[:room], role))
            room -= len(row[-1][0])
    if room and row:
        row[-1] = (row[-1][0] + " " * room, row[-1][1])
    elif room:
        row.append((" " * room, None))
    return row

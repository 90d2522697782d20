"""Sends the terminal no more than what changes: Textual writes whole rows, and each run's look in full.

A frame comes as text with moves of the cursor and looks (SGR) between. What the terminal shows is kept here
cell by cell; cells that stay as they are are stepped over, and of a look only what is different is sent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len

_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_LOOK = re.compile(r"\x1b\[[\d;]*m")
_TOKEN = re.compile(
    r"\x1b\[(?P<look>[\d;]*)m|(?P<text>[^\x00-\x1f\x7f-\x9f]+)|(?P<unknown>[\x00-\x1f\x7f-\x9f])"
)
_SURE = re.compile("[ -~\u2500-\u259f\u2800-\u28ff]*")
"""ASCII, lines, blocks and braille; of other characters some terminals make two, whatever tables say."""
_STEP = 4
"""Cells that take no more to send again than to step over."""

Look = tuple[frozenset[str], str, str]
"""Attributes, color and background, as SGR parameters; empty for the terminal's own."""
Cell = tuple[str, Look]

_PLAIN: Look = (frozenset(), "", "")
_SEEN_ON_BLANKS = frozenset(("4", "5", "6", "7", "9", "21", "53"))
"""Underline, blinking, reverse and the like."""


class CellDiff:
    """What the terminal shows, and what to send so that it shows the next frame."""

    def __init__(self) -> None:
        self._resized: tuple[int, int] | None = None
        self.forget()

    def resize(self, width: int, height: int) -> None:
        """The window has another size; Textual is going to draw all of it.

        What the terminal makes of the frames that still come before that, nobody knows.
        """
        self._resized = width, height

    def forget(self) -> None:
        """From now on the terminal may show anything."""
        self._rows: dict[int, list[Cell | None]] = {}
        self._written: dict[int, list[tuple[int, str]]] = {}  # to each row the last time: where, and what

    def changes(self, output: str) -> str:
        """What to send for a frame, nothing if it looks like the last; what is no frame is sent as it is.

        A frame is pieces of rows, each after a move of the cursor, and a last move.
        """
        nothing, *moves = _MOVE.split(output)
        if nothing or not moves or moves[-1]:
            return output
        *moves, last_row, last_column, _ = moves  # where Textual wants the cursor
        rows: dict[int, list[tuple[int, str]]] = {}
        for row, column, text in zip(moves[::3], moves[1::3], moves[2::3], strict=True):
            rows.setdefault(int(row) - 1, []).append((int(column) - 1, text.rstrip("\r\n")))
        if rows and self._resized and self._resized == (_width(rows[min(rows)]), len(rows)):
            self._resized = None
            self.forget()
        self._sent: list[str] = []
        self._look = _PLAIN
        self._at: tuple[int, int] | None = None  # the cursor; None where nobody knows
        for y, pieces in rows.items():
            if self._written.get(y) == pieces:
                continue
            self._written[y] = pieces
            for x, text in pieces:
                if not self._write_piece(y, x, text):
                    self.forget()
                    return output
        if self._sent:
            self._sent.append("" if self._look == _PLAIN else "\x1b[0m")
            self._move(int(last_row) - 1, int(last_column) - 1)
        return "".join(self._sent)

    def _write_piece(self, y: int, x: int, piece: str) -> bool:
        """Send what changes; False if it's nothing that Textual is known to write."""
        look = _PLAIN
        for token in _TOKEN.finditer(piece):
            if token.lastgroup == "text":
                x = self._write(y, x, token["text"], look)
            elif token.lastgroup == "look":
                look = _after(look, token["look"])
            else:
                return False
        return True

    def _write(self, y: int, x: int, text: str, look: Look) -> int:
        """Send the cells that change; return where the text ends."""
        row = self._rows.setdefault(y, [])
        row.extend([None] * (x + len(text) - len(row)))
        if not text.isascii() and any(map(_is_odd, text)):
            # Wide or combined: terminals don't agree on the width, so all of it is sent and nothing known.
            self._send(y, x, text, look)
            self._rows[y] = row[:x]
            self._at = None
            return x + cell_len(text)
        blank = _of_blanks(look)
        new = [(" ", blank) if letter == " " else (letter, look) for letter in text]
        old = row[x : x + len(text)]
        if old == new:
            return x + len(text)
        row[x : x + len(text)] = new
        start, after = -1, -_STEP  # of the stretch to send: its first cell, and the one after its last change
        for number, (before, now) in enumerate(zip(old, new, strict=True)):
            if before != now:
                if number - after >= _STEP:
                    if start >= 0:
                        self._send(y, x + start, text[start:after], look)
                    start = number
                after = number + 1
        self._send(y, x + start, text[start:after], look)
        return x + len(text)

    def _send(self, y: int, x: int, text: str, look: Look) -> None:
        self._move(y, x)
        if text.strip(" ") or _of_blanks(self._look) != _of_blanks(look):
            self._sent.append(_from_to(self._look, look))
            self._look = look
        self._sent.append(text)
        self._at = (y, x + len(text)) if _SURE.fullmatch(text) else None

    def _move(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        if self._at is not None and self._at[0] == y and self._at[1] < x:
            self._sent.append(f"\x1b[{x - self._at[1]}C")
        else:
            self._sent.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = y, x


def _width(pieces: list[tuple[int, str]]) -> int:
    """Of a row from its first piece to the last one's end."""
    return pieces[-1][0] + cell_len(_LOOK.sub("", pieces[-1][1]))


@lru_cache(4096)
def _is_odd(letter: str) -> bool:
    return cell_len(letter) != 1


@lru_cache(4096)
def _of_blanks(look: Look) -> Look:
    """What of a look is seen where there are only spaces; all of it if any."""
    attributes, _, background = look
    return (frozenset(), "", background) if _SEEN_ON_BLANKS.isdisjoint(attributes) else look


@lru_cache(4096)
def _after(look: Look, parameters: str) -> Look:
    """The look after an SGR sequence."""
    attributes, color, background = look
    parts = iter(parameters.split(";"))
    for part in parts:
        if part in ("", "0"):
            attributes, color, background = _PLAIN
        elif part in ("38", "48"):
            kind = next(parts)
            value = ";".join((part, kind, *(next(parts) for _ in range(3 if kind == "2" else 1))))
            color, background = (value, background) if part == "38" else (color, value)
        elif re.fullmatch("[39][0-7]|39", part):
            color = "" if part == "39" else part
        elif re.fullmatch("(4|10)[0-7]|49", part):
            background = "" if part == "49" else part
        else:
            attributes |= {part}
    return attributes, color, background


@lru_cache(4096)
def _from_to(now: Look, then: Look) -> str:
    """The shortest SGR sequence from one look to another."""
    every = [*sorted(then[0]), *filter(None, then[1:])]
    parameters = ["0", *every]
    if now[0] <= then[0]:
        changed = [
            (new or default)
            for old, new, default in zip(now[1:], then[1:], ("39", "49"), strict=True)
            if old != new
        ]
        parameters = min(
            parameters, [*sorted(then[0] - now[0]), *changed], key=lambda part: len(";".join(part))
        )
    return f"\x1b[{';'.join(parameters)}m" if parameters else ""

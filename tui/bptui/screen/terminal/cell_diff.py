"""Cell diff: sends the terminal only the cells that change.

Textual writes whole rows, and the full style of each piece of text. A frame is text with cursor movements and
styles (SGR sequences) between the pieces. This module records what the terminal shows, cell by cell. Cells
that do not change are skipped, and only the style parameters that differ from the style before are sent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len

_CURSOR_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_SGR = re.compile(r"\x1b\[[\d;]*m")
_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[\d;]*)m|(?P<text>[^\x00-\x1f\x7f-\x9f]+)|(?P<unknown>[\x00-\x1f\x7f-\x9f])"
)
_KNOWN_WIDTH = re.compile("[ -~\u2500-\u259f\u2800-\u28ff]*")
"""ASCII, box drawing, blocks and braille. Some terminals draw other characters two cells wide even if the
Unicode tables say one."""
_MIN_GAP = 4
"""A shorter run of unchanged cells is sent again, since a cursor movement would take as many bytes."""

Style = tuple[frozenset[str], str, str]
"""Attributes, color and background, as SGR parameters. An empty color is the terminal's default."""
Cell = tuple[str, Style]

_PLAIN: Style = (frozenset(), "", "")
_VISIBLE_ON_BLANKS = frozenset(("4", "5", "6", "7", "9", "21", "53"))
"""Attributes that can be seen on a space: underline, blinking, reverse and the like."""


class CellDiff:
    """Compares each frame with what the terminal shows."""

    def __init__(self) -> None:
        self._new_size: tuple[int, int] | None = None
        self.forget()

    def resize(self, width: int, height: int) -> None:
        """Note that the window has a new size, for which Textual will draw a frame of all rows.

        Frames of the old size may still come before it. What the terminal shows of them is unknown, so the
        first frame of the new size is sent whole.
        """
        self._new_size = width, height

    def forget(self) -> None:
        """Assume nothing about what the terminal shows."""
        self._rows: dict[int, list[Cell | None]] = {}
        self._last_pieces: dict[int, list[tuple[int, str]]] = {}  # by row, each piece with its column

    def changes(self, output: str) -> str:
        """Return what to send for a frame; empty if the frame changes nothing.

        A frame is pieces of rows, each after a cursor movement, and one last cursor movement. Output that is
        not a frame is returned as it is.
        """
        before, *parts = _CURSOR_MOVE.split(output)
        if before or not parts or parts[-1]:
            return output
        *parts, last_row, last_column, _ = parts  # where Textual wants the cursor to be
        rows: dict[int, list[tuple[int, str]]] = {}
        for row, column, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            rows.setdefault(int(row) - 1, []).append((int(column) - 1, text.rstrip("\r\n")))
        if rows and self._new_size and self._new_size == (_width(rows[min(rows)]), len(rows)):
            self._new_size = None
            self.forget()
        self._sent: list[str] = []
        self._style = _PLAIN
        self._cursor: tuple[int, int] | None = None  # None where the position is unknown
        for y, pieces in rows.items():
            if self._last_pieces.get(y) == pieces:
                continue
            self._last_pieces[y] = pieces
            for x, text in pieces:
                if not self._write_piece(y, x, text):
                    self.forget()
                    return output
        if self._sent:
            self._sent.append("" if self._style == _PLAIN else "\x1b[0m")
            self._move_to(int(last_row) - 1, int(last_column) - 1)
        return "".join(self._sent)

    def _write_piece(self, y: int, x: int, piece: str) -> bool:
        """Send what changes in a piece; return False if the piece contains an unknown sequence."""
        style = _PLAIN
        for token in _TOKEN.finditer(piece):
            if token.lastgroup == "text":
                x = self._write_text(y, x, token["text"], style)
            elif token.lastgroup == "sgr":
                style = _apply(style, token["sgr"])
            else:
                return False
        return True

    def _write_text(self, y: int, x: int, text: str, style: Style) -> int:
        """Send the cells that change; return the column after the text."""
        row = self._rows.setdefault(y, [])
        row.extend([None] * (x + len(text) - len(row)))
        if not text.isascii() and any(map(_is_not_one_cell, text)):
            # Terminals do not agree on the width of wide and combining characters. Therefore the whole text
            # is sent, and the content of the row from here on is unknown.
            self._send(y, x, text, style)
            self._rows[y] = row[:x]
            self._cursor = None
            return x + cell_len(text)
        blank_style = _on_blanks(style)
        new = [(" ", blank_style) if character == " " else (character, style) for character in text]
        old = row[x : x + len(text)]
        if old == new:
            return x + len(text)
        row[x : x + len(text)] = new
        start, end = -1, -_MIN_GAP  # the stretch to send next: its first cell, and the cell after its last
        for index, (old_cell, new_cell) in enumerate(zip(old, new, strict=True)):
            if old_cell != new_cell:
                if index - end >= _MIN_GAP:
                    if start >= 0:
                        self._send(y, x + start, text[start:end], style)
                    start = index
                end = index + 1
        self._send(y, x + start, text[start:end], style)
        return x + len(text)

    def _send(self, y: int, x: int, text: str, style: Style) -> None:
        self._move_to(y, x)
        if text.strip(" ") or _on_blanks(self._style) != _on_blanks(style):
            self._sent.append(_transition(self._style, style))
            self._style = style
        self._sent.append(text)
        self._cursor = (y, x + len(text)) if _KNOWN_WIDTH.fullmatch(text) else None

    def _move_to(self, y: int, x: int) -> None:
        if self._cursor == (y, x):
            return
        if self._cursor is not None and self._cursor[0] == y and self._cursor[1] < x:
            self._sent.append(f"\x1b[{x - self._cursor[1]}C")
        else:
            self._sent.append(f"\x1b[{y + 1};{x + 1}H")
        self._cursor = y, x


def _width(pieces: list[tuple[int, str]]) -> int:
    """The width of a row, up to the end of its last piece."""
    x, text = pieces[-1]
    return x + cell_len(_SGR.sub("", text))


@lru_cache(4096)
def _is_not_one_cell(character: str) -> bool:
    return cell_len(character) != 1


@lru_cache(4096)
def _on_blanks(style: Style) -> Style:
    """The part of a style that can be seen on spaces."""
    attributes, _, background = style
    return (frozenset(), "", background) if _VISIBLE_ON_BLANKS.isdisjoint(attributes) else style


@lru_cache(4096)
def _apply(style: Style, parameters: str) -> Style:
    """The style after an SGR sequence with these parameters."""
    attributes, color, background = style
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
def _transition(old: Style, new: Style) -> str:
    """The shortest SGR sequence that leads from one style to another."""
    parameters = ["0", *sorted(new[0]), *filter(None, new[1:])]
    if old[0] <= new[0]:
        changed = [
            (new_color or default)
            for old_color, new_color, default in zip(old[1:], new[1:], ("39", "49"), strict=True)
            if old_color != new_color
        ]
        parameters = min(
            parameters, [*sorted(new[0] - old[0]), *changed], key=lambda choice: len(";".join(choice))
        )
    return f"\x1b[{';'.join(parameters)}m" if parameters else ""

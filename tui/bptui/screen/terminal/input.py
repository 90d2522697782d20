"""The terminal's input: decodes keys, mouse events and answers from arbitrary bytes."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator

from textual import events
from textual.message import Message

from bptui.screen.terminal.textual_internals import make_input_parser
from bpwords import NARROW

MAX_PASTE = 1_000
"""The characters of a paste that are kept: more than any value of a setting has."""
MIN_BURST = 32
"""The fewest printable characters that, arriving together, count as a paste: more than anybody types."""
FLOOD = 1_000
"""The fewest characters that, arriving together, count as a flood. In a flood, at most `REPEATS` equal
characters in a row are read: parsing a megabyte of them would take too long."""
REPEATS = 32
SETTLE_SECONDS = 0.09
"""Silence after which the beginning of a marker counts as keys, for example as the escape key."""
SILENCE_SECONDS = 1.0
"""Silence after which everything incomplete is dropped, including a paste that never ends."""

_ESCAPE, _CTRL_C = "\x1b", "\x03"
_PASTE_BEGIN, _PASTE_END = "\x1b[200~", "\x1b[201~"
_C1 = re.compile("[\x80-\x9f]")
"""Control characters that no key sends. Drawn, they may begin a sequence that the terminal obeys."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Those that a paste may contain, but for tabs and the ends of lines."""
_REPEATED = re.compile(rf"(.{{1,16}}?)\1{{{REPEATS},}}", re.DOTALL)
_TOKEN = re.compile(rf"{re.escape(_PASTE_BEGIN)}|(?P<burst>[^\x00-\x1f\x7f]{{{MIN_BURST},}})")


class InputDecoder:
    """Turns bytes into Textual's messages; drops what can't be understood."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("ignore")
        self._parser = make_input_parser()
        self._paste: str | None = None  # the part of an unfinished paste that has arrived
        self._rest = ""  # the end of the input, if it may be the beginning of a paste marker
        self._last_input = 0.0
        self.is_waiting = False
        """Whether calls of `tick` may still yield something, or drop what is incomplete."""

    def feed(self, data: bytes, now: float) -> Iterator[Message]:
        """Yield the messages in bytes that arrived at this time, in seconds.

        Of several mouse moves in a row, only the last is yielded.
        """
        self._last_input, self.is_waiting = now, True
        text = self._rest + _C1.sub("", self._decoder.decode(data))
        self._rest = ""
        if len(text) >= FLOOD:
            text = _REPEATED.sub(lambda found: REPEATS * found[1], text)
        move: Message | None = None
        for message in self._messages(text):
            if move is not None and not isinstance(message, events.MouseMove):
                yield move
            move = message if isinstance(message, events.MouseMove) else None
            if move is None:
                yield message
        if move is not None:
            yield move

    def tick(self, now: float) -> Iterator[Message]:
        """Yield the messages that are complete because nothing has followed so far."""
        if self._rest and self._paste is None and now - self._last_input >= SETTLE_SECONDS:
            rest, self._rest = self._rest, ""
            if rest == _ESCAPE:
                yield events.Key("escape", _ESCAPE)
            else:
                yield from self._parsed(rest)
        yield from self._safely(self._parser.tick())
        if now - self._last_input >= SILENCE_SECONDS:
            if self._paste is not None:
                yield self._pasted("")
            self._rest = ""
            self._parser = make_input_parser()
            self.is_waiting = False

    def _messages(self, text: str) -> Iterator[Message]:
        while text:
            if self._paste is not None:
                inside, end, text = text.partition(_PASTE_END)
                if not end:
                    inside, self._rest = _without_half(inside, _PASTE_END)
                    self._paste = (self._paste + inside)[:MAX_PASTE]
                    return
                yield self._pasted(inside)
                continue
            token = _TOKEN.search(text)
            if token is None:
                text, self._rest = _without_half(text, _PASTE_BEGIN)
                yield from self._parsed(text)
                return
            yield from self._parsed(text[: token.start()])
            text = text[token.end() :]
            if token["burst"]:
                yield events.Paste(token["burst"][:MAX_PASTE])
            else:
                self._paste = ""

    def _pasted(self, more: str) -> events.Paste:
        text, self._paste = (self._paste or "") + more, None
        return events.Paste(_CONTROL.sub("", text[:MAX_PASTE]))

    def _parsed(self, text: str) -> Iterator[Message]:
        """Yield the keys, mouse events and answers in a text without a paste.

        An incomplete sequence does not swallow ctrl+c. Full-width signs, which the input methods of Chinese
        send, count as those of ASCII.
        """
        for piece in re.split(f"(?=[{_ESCAPE}{_CTRL_C}])", text.translate(NARROW)):
            if piece.startswith(_CTRL_C):
                self._parser = make_input_parser()
            if piece:
                yield from self._safely(self._parser.feed(piece))

    def _safely(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Yield messages until Textual's parser fails, for example at a key beyond Unicode."""
        try:
            yield from messages
        except Exception:
            self._parser = make_input_parser()


def _without_half(text: str, marker: str) -> tuple[str, str]:
    """Split off the end of the text if it may be the beginning of a marker."""
    for length in range(min(len(text), len(marker) - 1), 0, -1):
        if marker.startswith(text[-length:]):
            return text[:-length], text[-length:]
    return text, ""

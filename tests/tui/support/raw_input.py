"""Bytes that a terminal should never send, and a terminal that sends them."""

from __future__ import annotations

import os
import random
import select
import time
from typing import Any

import pyte

from tests.tui.support.terminal import BPTUI, DEADLINE, Terminal

PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"
_NOT_SENT = bytes.maketrans(b"q\x03\x11\x1c", b"w\x02\x10\x1d")
"""Keys that end the app become others; so does ctrl+\\, which a terminal obeys once the app has ended."""


class RawTerminal(Terminal):
    """The app on a terminal that sends any bytes. What is drawn is not interpreted, which would take long."""

    def __init__(self, *arguments: str, **options: Any) -> None:
        super().__init__(*BPTUI, *arguments, **options)
        self._probes = 0

    def show(self) -> None:
        """Draw nothing."""

    def send_bytes(self, data: bytes) -> None:
        """Send while reading, since the app might wait for room for its output."""
        os.set_blocking(self._master, False)
        until = time.monotonic() + DEADLINE
        while data and self.process.poll() is None:
            assert time.monotonic() < until, "the app reads no more input"
            if select.select([], [self._master], [], 0)[1]:
                data = data[os.write(self._master, data[:2048]) :]
            self.pump(0.0 if data else 0.001)

    def answer_seconds(self) -> float:
        """Close what is open, make the window too small, and return the seconds until the app says so."""
        self._probes += 1
        columns, rows = 38 + self._probes % 22, 8 + self._probes % 9
        begin = time.monotonic()
        self.send_bytes(PASTE_END)
        start = len(self.output)
        self.resize(columns, rows)
        text = f"this terminal has {columns} and {rows}"
        screen, drawn = pyte.Screen(columns, rows), start
        stream = pyte.ByteStream(screen)

        def is_sent() -> bool:
            skipping_no_blank = self.output[start:].replace(b"\x1b[1C", b" ")
            return text.encode() in skipping_no_blank

        while self.process.poll() is None:
            self.send_bytes(b"\x1b")
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                if is_sent():
                    return time.monotonic() - begin
                self.pump(0.02)
            # Of a text that differs in one digit from that before, only the digit is sent.
            stream.feed(bytes(self.output[drawn:]))  # only once, since a large frame takes a while
            drawn = len(self.output)
            if text in "\n".join(screen.display):
                return time.monotonic() - begin
            assert time.monotonic() < begin + DEADLINE, f"no answer; the screen: {screen.display}"
        return 0.0


def hostile(chance: random.Random) -> bytes:
    """One event: mostly short, sometimes broken, sometimes huge."""
    kinds = (_key, _sequence, _extended_key, _mouse, _answer, _broken_text, _noise, _paste, _huge)
    return chance.choices(kinds, (8, 6, 6, 6, 4, 3, 3, 2, 0.1))[0](chance)


def _number(chance: random.Random) -> int:
    return chance.choice(
        (0, 1, 2, 27, 127, 255, 55296, 1114111, 1114112, 2**31, 10**20, chance.randrange(300))
    )


def _key(chance: random.Random) -> bytes:
    keys = (b"\r", b"\t", b" ", b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1b[1;2C", b"\x10", b"\x1b")
    return chance.choice((*keys, bytes([chance.randrange(33, 127)]))).translate(_NOT_SENT)


def _sequence(chance: random.Random) -> bytes:
    numbers = ";".join(str(_number(chance)) for _ in range(chance.randrange(6)))
    begin = chance.choice(("\x1b[", "\x1b[?", "\x1b[<", "\x1bO", "\x1b]", "\x1bP", "\x9b"))
    return (begin + numbers + chance.choice("ABCDHRMmtuy~cIOPS$z")).encode()


def _extended_key(chance: random.Random) -> bytes:
    return f"\x1b[{_number(chance)};{_number(chance)}u".encode()


def _mouse(chance: random.Random) -> bytes:
    x, y = (chance.choice((-5, 0, 1, chance.randrange(600), 10**9)) for _ in range(2))
    button = chance.choice((0, 1, 2, 3, 32, 35, 64, 65, 66, 67, 255))
    return f"\x1b[<{button};{x};{y}{chance.choice('Mm')}".encode()


def _answer(chance: random.Random) -> bytes:
    size = ";".join(str(_number(chance)) for _ in range(4))
    return chance.choice(
        (
            b"\x1b[?2026;2$y",
            b"\x1b[?2048;2$y",
            b"\x1b[1;1R",
            b"\x1b[I",
            b"\x1b[O",
            f"\x1b[48;{size}t".encode(),
        )
    )


def _broken_text(chance: random.Random) -> bytes:
    whole = "é€😀\ud7ff\u202e".encode()
    begin = chance.randrange(len(whole))
    return whole[begin : begin + chance.randrange(1, 5)]


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(1, 60)).translate(_NOT_SENT)


def _paste(chance: random.Random) -> bytes:
    begin, end = (
        chance.choice((PASTE_BEGIN, b"", b"\x1b[200", b"\x1b[20")),
        chance.choice((PASTE_END, b"", b"\x1b[2")),
    )
    return (
        begin
        + chance.choice((b"9", b"12", b"0.5\r", b"\x1b[A", "é".encode())) * chance.randrange(1, 400)
        + end
    )


def _huge(chance: random.Random) -> bytes:
    content = chance.choice(
        (b"7", b"12", b"1\n", b"\x1b[<35;9;9M", b"\x1b[", b"\x00", b"\xff", b"\x1b[A", b"x\x1b")
    )
    begin, end = chance.choice(((PASTE_BEGIN, PASTE_END), (b"", b""), (b"\x1b[", b"u"), (b"\x1b]", b"\x07")))
    return begin + content * (1_000_000 // len(content)) + end

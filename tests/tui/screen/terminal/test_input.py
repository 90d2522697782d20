"""The decoder of input: what a person types comes out, however it is cut and whatever came before."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from bptui.screen.terminal.input import SETTLE_SECONDS, SILENCE_SECONDS, InputDecoder
from tests.tui.support.raw_input import PASTE_BEGIN, PASTE_END, hostile
from tests.tui.support.terminal import CTRL_C, ESCAPE, RIGHT


def decode(*pieces: bytes, pause: float = 0.01) -> list[events.Event]:
    """What the pieces are decoded to, if they arrive with pauses in between and nothing follows."""
    decoder, now, found = InputDecoder(), 0.0, []
    for piece in pieces:
        found += [*decoder.tick(now), *decoder.feed(piece, now), *decoder.tick(now)]
        now += pause
    found += [*decoder.tick(now + SETTLE_SECONDS)]
    return [message for message in found if isinstance(message, events.Event)]


def keys(messages: list[events.Event]) -> list[str]:
    return [message.key for message in messages if isinstance(message, events.Key)]


def test_escape_is_a_key_if_nothing_follows_soon() -> None:
    assert keys(decode(ESCAPE.encode())) == ["escape"]
    assert keys(decode(ESCAPE.encode(), b"[C", pause=SETTLE_SECONDS))[0] == "escape"


@pytest.mark.parametrize("cut", [1, 2])
def test_a_key_that_arrives_in_two_pieces_is_one_key(cut: int) -> None:
    assert keys(decode(RIGHT.encode()[:cut], RIGHT.encode()[cut:])) == ["right"]


@given(st.lists(st.integers(0, 20), max_size=3))
def test_a_paste_is_one_event_however_it_is_cut(cuts: list[int]) -> None:
    data = PASTE_BEGIN + b"0.25\rq" + PASTE_END + b"r"
    edges = [0, *sorted(cuts), len(data)]
    messages = decode(*(data[begin:end] for begin, end in pairwise(edges)))
    assert [message.text for message in messages if isinstance(message, events.Paste)] == ["0.25\rq"]
    assert keys(messages) == ["r"]


def test_no_control_character_is_left_that_a_terminal_would_obey() -> None:
    """A dialog would draw it, and some terminals take U+009B for the beginning of a sequence."""
    pasted = PASTE_BEGIN + b"a\x1b]0;t\x07\xc2\x9b?5H\tb\r" + PASTE_END
    assert [each.text for each in decode(pasted) if isinstance(each, events.Paste)] == ["a]0;t?5H\tb\r"]
    assert [each.text for each in decode(40 * "\x9bx".encode()) if isinstance(each, events.Paste)] == [
        40 * "x"
    ]
    assert keys(decode(b"\xc2\x9bz")) == ["z"]


def test_a_paste_without_an_end_ends_after_a_silence() -> None:
    decoder = InputDecoder()
    assert not list(decoder.feed(PASTE_BEGIN + b"0.25", 0.0))
    (paste,) = decoder.tick(SILENCE_SECONDS)
    assert isinstance(paste, events.Paste)
    assert paste.text == "0.25"


@pytest.mark.parametrize("repeated", [b"\x1b[", b"\x1b", b"x\x1b", b"\x1b[A", b"\x1b[<35;9;9M"])
def test_repeats_in_a_flood_are_not_all_read(repeated: bytes) -> None:
    messages = decode(b"a" + repeated * 2_000 + CTRL_C.encode())
    assert (keys(messages)[0], keys(messages)[-1]) == ("a", "ctrl+c")
    assert len(messages) < 200


def test_repeats_of_a_held_key_are_all_read() -> None:
    assert keys(decode(RIGHT.encode() * 300)) == ["right"] * 300


@pytest.mark.parametrize("before", [b"\x1b[<25", b"\x1b[1;", b"\x1b]0;", PASTE_BEGIN + b"12" + PASTE_END])
def test_half_a_sequence_does_not_swallow_ctrl_c(before: bytes) -> None:
    assert keys(decode(before, CTRL_C.encode()))[-1:] == ["ctrl+c"]


@given(st.integers(0, 2**32), st.integers(1, 6), st.booleans())
def test_no_input_swallows_ctrl_c(seed: int, count: int, cut: bool) -> None:
    chance = random.Random(seed)
    before = [hostile(chance)[:3000] for _ in range(count)]
    if cut:
        before = [event[: chance.randrange(len(event) + 1)] for event in before]
    assert keys(decode(*before, PASTE_END + CTRL_C.encode()))[-1] == "ctrl+c"

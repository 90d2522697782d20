"""Questions and answers: how many frames are on their way."""

from __future__ import annotations

from bptui.terminal.flow_control import (
    ANSWER_TIMEOUT,
    FIRST_ANSWER_TIMEOUT,
    MAX_TIMEOUTS,
    MIN_FRAME_LENGTH,
    QUESTION,
    FlowControl,
)
from tests.tui.support.clock import Clock


def send_frame(link: FlowControl) -> str:
    link.write("x" * MIN_FRAME_LENGTH)
    return link.question()


def test_a_frame_is_on_its_way_until_the_answer() -> None:
    link = FlowControl(Clock())
    assert send_frame(link) == QUESTION
    link.answer()
    assert link.frames == 0
    send_frame(link)
    send_frame(link)
    assert link.frames == 2
    link.answer()
    assert link.frames == 1


def test_little_is_worth_no_question_but_adds_up() -> None:
    link = FlowControl(Clock())
    link.write("x" * (MIN_FRAME_LENGTH - 1))
    assert link.question() == ""
    link.write("x")
    assert link.question() == QUESTION
    assert link.question() == ""


def test_an_answer_is_waited_for_no_longer_than_patience() -> None:
    clock = Clock()
    link = FlowControl(clock)
    send_frame(link)
    link.answer()
    send_frame(link)
    clock.now = ANSWER_TIMEOUT
    assert link.frames == 1
    clock.now += 0.1
    assert link.frames == 0
    assert link.owed == 1  # it may still come
    send_frame(link)
    assert link.frames == 1
    link.answer()
    assert (link.frames, link.owed) == (0, 1)
    link.answer()
    assert (link.frames, link.owed) == (0, 0)


def test_a_terminal_that_never_answers_holds_nothing_up_in_the_end() -> None:
    clock = Clock()
    link = FlowControl(clock)
    for _ in range(MAX_TIMEOUTS):
        send_frame(link)
        clock.now += FIRST_ANSWER_TIMEOUT
        assert link.frames == 1
        clock.now += 0.1
        assert link.frames == 0
    send_frame(link)
    assert link.frames == link.owed == 0
    link.answer()  # another terminal, that does
    send_frame(link)
    assert link.frames > 0


def test_answers_that_come_late_count() -> None:
    clock = Clock()
    link = FlowControl(clock)
    for _ in range(3 * MAX_TIMEOUTS):
        send_frame(link)
        clock.now += ANSWER_TIMEOUT + 0.1
        assert link.frames == 0
        link.answer()
    send_frame(link)
    assert link.frames == 1


def test_an_answer_without_a_question_does_not_count() -> None:
    link = FlowControl(Clock())
    link.answer()
    send_frame(link)
    assert link.frames == 1


def test_it_begins_anew() -> None:
    link = FlowControl(Clock())
    send_frame(link)
    link.write("x" * (MIN_FRAME_LENGTH - 1))
    link.begin()
    link.write("x")
    assert link.owed == 0
    assert link.question() == ""

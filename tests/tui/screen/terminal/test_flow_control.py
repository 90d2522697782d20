"""Flow control: how many frames are in flight, by requests and answers."""

from __future__ import annotations

import pytest

from bptui.screen.terminal.flow_control import (
    ANSWER_TIMEOUT,
    FIRST_ANSWER_TIMEOUT,
    MAX_TIMEOUTS,
    MIN_FRAME_LENGTH,
    POSITION_REQUEST,
    ROWS,
    FlowControl,
)
from tests.tui.support.clock import Clock

FIRST, SECOND, THIRD = ROWS[:3]


def send_frame(flow: FlowControl) -> str:
    flow.add_output("x" * MIN_FRAME_LENGTH)
    return flow.end_frame()


def test_a_frame_is_in_flight_until_its_answer() -> None:
    flow = FlowControl(Clock())
    assert send_frame(flow) == POSITION_REQUEST.format(row=FIRST)
    flow.add_answer(FIRST)
    assert flow.frames_in_flight == 0
    send_frame(flow)
    send_frame(flow)
    assert flow.frames_in_flight == 2
    flow.add_answer(SECOND)
    assert flow.frames_in_flight == 1


@pytest.mark.parametrize(("seconds", "fast"), [(0.1, True), (1.0, False)])
def test_the_first_frame_tells_once_whether_the_line_is_fast(seconds: float, fast: bool) -> None:
    clock = Clock()
    flow = FlowControl(clock)
    flow.begin()
    flow.add_answer(ROWS[-1])
    assert flow.is_fast is None
    for wait in (seconds, 1.1 - seconds):
        flow.reset()
        send_frame(flow)
        clock.now += wait
        flow.add_answer(FIRST)
        assert flow.is_fast == fast


def test_no_frame_waits_for_the_first_answer_which_shows_that_the_terminal_answers() -> None:
    clock = Clock()
    flow = FlowControl(clock)
    assert flow.begin() == POSITION_REQUEST.format(row=ROWS[-1])
    assert (flow.frames_in_flight, flow.answers_due) == (0, 1)
    flow.add_answer(ROWS[-1])
    send_frame(flow)
    clock.now += ANSWER_TIMEOUT
    assert flow.frames_in_flight == 1


def test_short_frames_share_one_request() -> None:
    flow = FlowControl(Clock())
    flow.add_output("x" * (MIN_FRAME_LENGTH - 1))
    assert flow.end_frame() == ""
    flow.add_output("x")
    assert flow.end_frame() == POSITION_REQUEST.format(row=FIRST)
    assert flow.end_frame() == ""


def test_a_late_answer_does_not_count_for_a_newer_frame() -> None:
    clock = Clock()
    flow = FlowControl(clock)
    send_frame(flow)
    flow.add_answer(FIRST)
    send_frame(flow)
    clock.now = ANSWER_TIMEOUT
    assert flow.frames_in_flight == 1
    clock.now += 0.1
    assert flow.frames_in_flight == 0
    assert flow.answers_due == 1
    send_frame(flow)
    assert flow.frames_in_flight == 1
    flow.add_answer(SECOND)
    assert (flow.frames_in_flight, flow.answers_due) == (1, 1)
    flow.add_answer(THIRD)
    assert (flow.frames_in_flight, flow.answers_due) == (0, 0)


def test_an_answer_that_is_lost_holds_up_no_newer_frame() -> None:
    flow = FlowControl(Clock())
    for _ in range(2):
        send_frame(flow)
    flow.add_answer(SECOND)
    assert flow.answers_due == 0


def test_in_a_window_with_fewer_rows_an_answer_counts_for_the_oldest_frame() -> None:
    flow = FlowControl(Clock())
    for _ in range(2):
        send_frame(flow)
    flow.add_answer(1)
    assert flow.frames_in_flight == 1


def test_the_timeout_counts_from_the_last_answer() -> None:
    clock = Clock()
    flow = FlowControl(clock)
    for _ in range(3):
        send_frame(flow)
    for row, left in ((FIRST, 2), (SECOND, 1)):
        clock.now += FIRST_ANSWER_TIMEOUT
        flow.add_answer(row)
        assert flow.frames_in_flight == left


def test_a_terminal_that_never_answers_is_not_waited_for_after_some_timeouts() -> None:
    clock = Clock()
    flow = FlowControl(clock)
    for number in range(MAX_TIMEOUTS):
        send_frame(flow)
        clock.now += FIRST_ANSWER_TIMEOUT * 2**number
        assert flow.frames_in_flight == 1
        clock.now += 0.1
        assert flow.frames_in_flight == 0
    for _ in range(100):
        send_frame(flow)
    assert flow.frames_in_flight == flow.answers_due == 0
    flow.add_answer(FIRST)  # from another terminal, which answers
    send_frame(flow)
    assert flow.frames_in_flight > 0
    assert flow.answers_due <= len(ROWS)


def test_answers_after_the_timeout_count() -> None:
    clock = Clock()
    flow = FlowControl(clock)
    for number in range(3 * MAX_TIMEOUTS):
        send_frame(flow)
        clock.now += ANSWER_TIMEOUT + 0.1
        assert flow.frames_in_flight == 0
        flow.add_answer(ROWS[number % len(ROWS)])
    send_frame(flow)
    assert flow.frames_in_flight == 1


def test_an_answer_without_a_request_does_not_count() -> None:
    flow = FlowControl(Clock())
    flow.add_answer(FIRST)
    send_frame(flow)
    assert flow.frames_in_flight == 1


def test_after_a_reset_nothing_is_in_flight_and_no_output_is_counted() -> None:
    flow = FlowControl(Clock())
    send_frame(flow)
    flow.add_output("x" * (MIN_FRAME_LENGTH - 1))
    flow.reset()
    flow.add_output("x")
    assert flow.answers_due == 0
    assert flow.end_frame() == ""

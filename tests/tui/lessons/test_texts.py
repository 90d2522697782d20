"""Numbers are filled in as the program writes them, and pages fit three rows of sixty columns."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from bptui.commands.naming import in_dialogue, on_screen
from bptui.lessons.goals import NUMBERS
from bptui.lessons.lesson import LessonExperiment, Measured
from bptui.lessons.texts import COLUMNS, filled, problem, too_long, unknown
from bpwords.wrapping import wrapped

FACTS = dict.fromkeys(NUMBERS, 0.5) | {
    "error": 9.9123e-6, "accuracy": 0.934, "hidden": 12, "epoch": 2000, "test_error": math.nan, "r2": math.inf
}  # fmt: skip
MEASURED = {"best": Measured("best", LessonExperiment({}, 16, 10), "min(error)", 0.0344)}


def test_numbers_are_filled_in_as_the_program_writes_them() -> None:
    for text, expected in {
        "{error:.2g} {error} {error:.3f}": "9.9e-6 9.91e-6 0.000",
        "{accuracy:.0%}, {accuracy:.1%}": "93 %, 93.4 %",
        "{hidden} {epoch:d} {measured.best:.2g}": "12 2000 0.034",
        "It is {r2}. The test error is {test_error:.2g}, and more. So it is.": "It is inf. So it is.",
    }.items():
        assert filled(text, FACTS, MEASURED) == expected
        assert not problem(text, MEASURED)
    assert unknown("{error} {test_error:.1g}", FACTS) == ["test_error"]
    for text in (
        "{eror}",
        "{measured.worst}",
        "{error:>9}",
        "{error!r}",
        "{}",
        "{",
        "}",
        "{0}",
        "{error:.99g}",
    ):
        assert problem(text, MEASURED), text


@pytest.mark.parametrize(
    ("text", "on_screen_is", "in_dialogue_is"),
    [
        (
            "Now {press toggle_run} until {error:.2g}.",
            "Now press space until 9.9e-6.",
            'Now say "run" until 9.9e-6.',
        ),
        ("{toggle_detail} shows W[1, 2].", "v shows W[1, 2].", '"units" shows W[1, 2].'),
        ("Raise it[ (with {more})][ by {up/down}].", "Raise it (with →) by ↑↓.", 'Raise it (with "raise").'),
        ("请{按 toggle_run}。", "请按 space。", '请输入"run"。'),
        ("[{press filter}][{press set:momentum 0.5}].", "Press /.", 'Say "set momentum 0.5".'),
    ],
)
def test_commands_are_named_as_the_front_end_calls_them(
    text: str, on_screen_is: str, in_dialogue_is: str
) -> None:
    assert not problem(text, MEASURED)
    assert filled(text, FACTS, MEASURED, on_screen) == on_screen_is
    assert filled(text, FACTS, MEASURED, in_dialogue) == in_dialogue_is


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{toggle_rum}", "there is no number or command 'toggle_rum'; did you mean toggle_run?"),
        ("{pres toggle_run}", "'{pres toggle_run}' must be a name"),
        ("{slower} slows down.", "the dialogue has no 'slower': it must stand in square brackets"),
        ("Now {set} it.", "the screen has no 'set': it must stand in square brackets"),
    ],
)
def test_a_command_that_is_unknown_or_missing_is_refused(text: str, why: str) -> None:
    assert problem(text, MEASURED).startswith(why)


def test_a_sentence_that_is_too_long_is_found_in_both_languages() -> None:
    zh = "学习率太大时，误差会跳来跳去，甚至发散！把学习率改小，再试一次。"
    assert [cell_len(row) for row in wrapped(zh * 2, COLUMNS)] == [60, 60, 8]
    assert not too_long(zh * 9)
    assert too_long(f"Short. {'Words and ' * 20}.").startswith("Words and")


def test_a_number_and_its_unit_stay_on_one_row() -> None:
    for text, width, expected in (
        ("One line gets 69 %. It is", 16, ["One line gets", "69 %. It is"]),
        ("at most 71 m², for", 10, ["at most", "71 m², for"]),
        ("最好的是 16 个单元", 11, ["最好的是", "16 个单元"]),
        ("Take z = 0.5.", 9, ["Take", "z = 0.5."]),
    ):
        assert wrapped(text, width) == expected


@given(st.text(st.sampled_from("ab1%  .?!，。？”（误差é"), max_size=500))
def test_wrapping_keeps_to_the_width_and_loses_nothing(text: str) -> None:
    rows = wrapped(text, COLUMNS)
    assert max(map(cell_len, rows)) <= COLUMNS
    assert "".join("".join(rows).split()) == "".join(text.split())

"""`bptui lessons` and `bptui learn`: lists, new lessons, checks and hand-ins; every command of the docs."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from bptui.lessons.library import new_lesson
from bptui.lessons.progress_files import KeptLessons
from bptui.lessons.reading import read_lesson
from bptui.session.autosave.paths import LESSONS
from bptui.settings.languages import locale_language
from tests.tui.support.lessons import solved
from tests.tui.support.running import call, call_on_a_terminal, run

DOCS = Path(__file__).parents[3] / "docs"
STATE = ("--state", "state")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def do_all(path: Path) -> None:
    """Do all questions and tasks of a lesson."""
    lesson = read_lesson(path)
    KeptLessons(Path(STATE[1]) / LESSONS).keep(lesson, solved(lesson))


def test_a_new_lesson_is_listed_checked_and_handed_in() -> None:
    path, flags = Path("slow.toml"), ("--lessons", ".", *STATE)
    assert call("lessons", "new", str(path)).out.startswith("slow.toml: written")
    assert call("lessons", "new", str(path)).complaint.endswith("already exists, and is not replaced")
    row = "slow\tWhat does the learning rate do?\t5\t"
    assert call("lessons", *flags).lines[0] == f"{row}-"
    refused = call("learn", str(path), "--hand-in", "ada.bptui", *STATE)
    assert (refused.status, refused.complaint) == (
        2, "bptui learn: error: argument --hand-in: nothing was done in 'slow' yet"
    )  # fmt: skip
    do_all(path)
    assert call("lessons", *flags).lines[0] == f"{row}done"
    handed = call("learn", "slow", "--lessons", ".", "--hand-in", "ada.bptui", *STATE)
    assert handed.out == "ada.bptui: 2 of 2 questions and tasks of slow\n"
    assert call("lessons", "grade", "ada.bptui", "--lessons", ".").lines[-1] == "ada.bptui: 2 of 2 points"
    Path("broken.toml").write_text("id = ")
    listed = call("lessons", *flags)
    assert (listed.status, listed.lines[0]) == (0, f"{row}done")
    assert listed.complaint.startswith("bptui lessons: broken.toml: is not TOML")


def test_a_check_says_what_is_wrong_in_text_and_in_json() -> None:
    Path("right.toml").write_text(new_lesson(Path("right.toml")), encoding="utf-8")
    Path("wrong.toml").write_text("id = ")
    right = call("lessons", "check", "right.toml", "--seed", "7")
    assert (right.status, right.err) == (0, "")
    holds = r"right\.toml: everything holds \(4 steps, 1 claim and 1 number; en; --seed 7; \d+\.\d s\)\n"
    assert re.fullmatch(holds, right.out)
    both = call("lessons", "check", "wrong.toml", "right.toml", "--format", "json")
    assert both.status == 1
    fault = {"place": "", "message": "is not TOML: Invalid value (at line 1)"}
    assert [lesson["faults"] for lesson in json.loads(both.out)] == [[fault], []]
    today = f"{date.today():%Y%m%d}", f"{date.today() - timedelta(1):%Y%m%d}"
    assert {str(lesson["seed"]) for lesson in json.loads(both.out)} < {*today}
    assert "lesson: there is no lesson 'nothing'" in call("lessons", "check", "nothing").complaint
    Path("empty").mkdir()
    assert "empty: there is no lesson in" in call("lessons", "check", "--lessons", "empty").complaint
    assert call("lessons", "--lessons", "empty", "check").status == 2, "a flag before the action counts, too"
    assert "none: can't be listed: no such file" in call("lessons", "check", "--lessons", "none").complaint


def test_a_lesson_is_opened_by_learn_and_its_bad_use_is_one_line() -> None:
    Path("slow.toml").write_text(new_lesson(Path("slow.toml")), encoding="utf-8")
    assert run("learn", "slow.toml", "--plain", *STATE, stdin=b"quit\n").status == 0
    for arguments, complaint in {
        ("learn", "none", "--plain"): "bptui learn: error: lesson: there is no lesson 'none'",
        ("learn", "--lang", "french"): "must be the two or three letters of a language, such as zh",
        ("learn", "slow.toml", "--lang", "fr", "--plain"): "--lang: must be en in this lesson, got 'fr'",
        ("--plain", "--lessons", "none"): "none: can't be listed: no such file or directory",
        ("learn", "--hand-in", "x"): "argument --hand-in: say which lesson to hand in",
        ("--lesson", "slow.toml", "--plain", "--seed", "3"): "argument --seed: not allowed with a lesson",
        ("--lesson", "slow.toml", "--plain", "--continue"): "argument --continue: not allowed with a les",
        ("--restricted", "--plain", "--lesson", "./slow.toml"): "there is no lesson './slow.toml'",
    }.items():
        done = call_on_a_terminal(*arguments)
        assert done.status == 2
        assert complaint in done.complaint


def test_the_language_is_that_of_the_locale() -> None:
    for environment, language in {
        ("zh_CN.UTF-8", "", "de_DE"): "zh",
        ("", "zh_TW", "C"): "zh",
        ("C.UTF-8", "", "zh_CN"): "en",
        ("", "", ""): "en",
        ("", "", "de_DE@euro"): "de",
    }.items():
        names = dict(zip(("LC_ALL", "LC_MESSAGES", "LANG"), environment, strict=True))
        assert locale_language(names) == language


def test_every_command_of_the_page_on_teaching_works() -> None:
    text = (DOCS / "teaching.md").read_text(encoding="utf-8")
    commands = re.findall(r"^bptui (.+)$", text, re.MULTILINE)
    assert len(commands) == 12
    shown = re.search(r"```text\n(.+?)```", text, re.DOTALL)
    assert shown is not None
    for command in commands:
        name, *arguments = shlex.split(command)
        state = STATE if name == "learn" or command == "lessons" else ()
        if "--hand-in" in arguments:
            do_all(Path("our-lesson.toml"))
        if name == "learn" and "--hand-in" not in arguments:  # the screen has tests of its own
            done = run(name, *arguments, *state, *({"--plain"} - {*arguments}), stdin=b"quit\n")
        else:
            done = call(name, *arguments, *state)
        assert (done.status, done.err) == (0, ""), command
        if command.endswith("--lesson our-lesson.toml"):
            assert done.out == shown[1]


def test_a_gradebook_has_a_row_for_everybody_in_the_class() -> None:
    call("lessons", "new", "slow.toml")
    do_all(Path("slow.toml"))
    call("learn", "slow.toml", "--hand-in", "a.bptui", *STATE)
    Path("bad.bptui").write_text("no")
    Path("class.csv").write_text("id,name,file\n1,Ada,a.bptui\n2,Bob,\n3,Cem,bad.bptui\n4,Dan,\n")
    asked = ("a.bptui", "bad.bptui", "--lesson", "slow.toml", "--format", "csv", "--roster", "class.csv")
    done = call("lessons", "grade", *asked)
    assert done.status == 1
    assert done.lines[:3] == [
        'id,name,file,found by,files,"slow step 2, predict","slow step 3, do",slow points,shown,problem',
        "1,Ada,a.bptui,path,1,1,1,2,,",
        "2,Bob,,,0,,,,,",
    ]
    assert done.lines[3].startswith("3,Cem,,path,1,,,,,bad.bptui: is not")
    assert done.lines[4] == "4,Dan,,,0,,,,,"
    scored = json.loads(call("lessons", "grade", *asked[:1], *asked[2:4], "--format", "gradescope").out)
    assert [test["score"] for test in scored["tests"]] == [1, 1]
    assert "gradescope takes one file" in call("lessons", "grade", *asked[:5], "gradescope").complaint
    assert (
        call("lessons", "grade", "a.bptui").lines[0].endswith("--lesson FILE names the file of another one")
    )
    Path("class.csv").write_text("id,name\n1,Ada\n")
    assert "needs the columns id, name, file" in call("lessons", "grade", *asked).complaint

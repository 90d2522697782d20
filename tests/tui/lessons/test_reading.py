"""A lesson is read from its file, or refused in one line that says where and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bptui.lessons.lesson import Do, Explain, Predict, opening_of, run_of
from bptui.lessons.library import ORDER, SHIPPED, lesson_named, lessons_in, paths_in
from bptui.lessons.reading import LessonError, read_lesson
from bptui.screen.widgets.footer import welcome

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = re.findall(r"```toml\n(.+?)```", (DOCS / "lessons.md").read_text(encoding="utf-8"), re.DOTALL)[0]
"""The lesson in the documentation."""


def refusal(path: Path, text: str | bytes) -> str:
    """Why a lesson is refused, without the name of its file."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LessonError) as caught:
        read_lesson(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_the_lesson_in_the_docs_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hidden-units.toml"
    path.write_text(EXAMPLE, encoding="utf-8")
    lesson = read_lesson(path)
    assert (lesson.id, lesson.minutes, lesson.languages) == ("hidden-units", 8, ("en", "zh"))
    question, task, reason = lesson.steps
    assert isinstance(question, Predict)
    assert isinstance(task, Do)
    assert isinstance(reason, Explain)
    assert question.is_right(2)
    assert not question.is_right(1)
    assert task.solution == ("set hidden units 3", "run to 2000")
    assert lesson.measured[0].expected == 9.9e-6
    config, source = run_of(lesson, lesson.measured[0].experiment.settings)
    assert (config.hidden_units, config.seed, source) == ((3,), 0, None)
    assert [lesson.language(wanted) for wanted in ("zh", "fr")] == ["zh", "en"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("minutes = 8", "minutes =", "is not TOML: Invalid value (at line 3, column 10)"),
        (
            "title.zh",
            "".join(f'title.{a}{b} = "x"\n' for a in "abcd" for b in "abcde") + "title.zh",
            "title: has at most 20 languages, got 22",
        ),
        ("format = 1", "format = 2", "format: this version reads format 1, got '2'"),
        ("minutes = 8", "minutes = true", "minutes: must be a whole number from 1 to 240, got 'True'"),
        ("goal = ", "gool = ", "steps[2].goal: is missing"),
        ('goal = "error', 'goal = "eror', "steps[2].goal: column 1: unknown name 'eror'"),
        ('goal = "error < 0.01', 'goal = "median(error) < 1', "steps[2].goal: column 1: unknown name"),
        ("answer = 2", "answer = 3", "steps[1].answer: must be a whole number from 1 to 2, got '3'"),
        ('kind = "do"', 'kind = "dos"', "steps[2].kind: must be look, predict, do or explain, got 'dos'"),
        ('text.zh = "用', '# text.zh = "用', "steps[2].text.zh: is missing"),
        ('title.zh = "', 'title.fr = "', "steps[1].text.fr: is missing (bptui lessons check lists 2 more)"),
        ("{error:.2g}", "{error.real}", "steps[3].text.en: there is no number or command 'error.real'"),
        ("{error:.2g}", "{error!r:>99}", "steps[3].text.en: '{error!r:>99}' must be a name with an"),
        ("{measured.median_of_three", "{measured.mean", "steps[3].text.en: there is no number or command"),
        ("hidden = [1], seed", "hiden = [1], seed", "start: there is no setting 'hiden'; did you mean"),
        ("hidden = [1], seed", "hidden = [0], seed", "start.hidden: must be 1 to 8 whole numbers from 1"),
        ("hidden = [1], seed", 'data = "/etc/x.csv", seed', "start.data: must be a file beside the lesson"),
        ("hidden = [1], seed", 'data = "../x.csv", seed', "start.data: must be a file beside the lesson"),
        ("hidden = [1], seed", 'data = "x.csv", seed', "x.csv: there is no such file"),
        ('holds = "error > 0.025', 'holds = "min(error) > 0.025', "claims[1].holds: column 1: write min("),
        ('holds = "error > 0.025', 'holds = "error < other_error', "claims[1].holds: column 9: unknown name"),
        ("share = 0.8", "share = 0.1", "claims[2].share: must be a number from 0.2 to 1, got '0.1'"),
        ("share = 0.8", "share = 80", "claims[2].share: must be a number from 0.2 to 1, got '80'"),
        ("share = 0.8", "compared = 3", "claims[2].compared: must be a table, got '3'"),
        ("share = 0.8", "compared = { starts = 3, epochs = 5 }", "there is no key 'starts'"),
        ("is = 9.9e-6", "is = nan", "measured[1].is: must be a number, got 'nan'"),
        ("[[steps]]", "[[stages]]", "there is no key 'stages'"),
        ("It follows", "\\u001b[31m", "steps[1].choices.en.1: must be a text of 1 to 2000 printable charact"),
        ("hint.en", "hint.de", "steps[2].hint.en: is missing"),
        ('solution = ["set', 'solution = [1, "set', "steps[2].solution: must be a list of commands"),
        ('solution = ["set', f'solution = ["set {"a " * 100}", "set', "commands of at most 200 characters"),
    ],
)  # fmt: skip
def test_mistakes_in_a_lesson_are_told_in_a_line_with_their_place(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in EXAMPLE
    assert message in refusal(tmp_path / "lesson.toml", EXAMPLE.replace(before, after))


def test_files_that_are_no_lessons_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("lesson.toml")
    assert refusal(path, b"\xff\xfe") == "is not UTF-8 text (at line 1)"
    for text in ("", "steps = [1, 2]", "title = 3", "title = {}\nsteps = 3", "title.en = 1"):
        refusal(path, text)
    with pytest.raises(LessonError, match="there is no such file"):
        read_lesson(Path("missing.toml"))


@given(st.data())
@settings(max_examples=40)
def test_no_change_of_a_lesson_makes_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lines = EXAMPLE.splitlines()
    for _ in range(2):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, _, value = lines[at].partition(" = ")
        other = data.draw(
            st.sampled_from(["0", "-1", "nan", "[]", "{}", "true", '""', '"x"', '[["y"]]', value])
        )
        lines[at] = f"{key} = {other}"
    path = tmp_path_factory.mktemp("lessons") / "lesson.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        read_lesson(path)
    except LessonError as error:
        assert "\n" not in str(error)


def test_a_step_that_begins_a_run_merges_its_settings_into_the_start(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(EXAMPLE.replace('kind = "do"', 'kind = "do"\nset = { seed = 5 }'), encoding="utf-8")
    lesson = read_lesson(path)
    begun = [opening_of(lesson, number)[0] for number in range(3)]
    assert [(config.seed, config.hidden_units) for config in begun] == [(0, (1,)), (5, (1,)), (5, (1,))]
    text = path.read_text(encoding="utf-8")
    assert "steps[2].set: there is no setting 'task'" in refusal(path, text.replace("seed = 5", 'task = "x"'))


def test_lessons_are_found_by_id_in_a_folder_and_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("other-name.toml")
    path.write_text(EXAMPLE.replace('id = "hidden-units"', 'id = "mine"'), encoding="utf-8")
    Path("broken.toml").write_text("x")
    lessons, problems = lessons_in(Path())
    assert lessons[0].id == lesson_named("mine", Path()).id == lesson_named(str(path)).id == "mine"
    assert [str(problem).partition(": ")[0] for problem in problems] == ["broken.toml"]
    for name in ("min", "../x", str(path)):  # a served learner can't name files
        with pytest.raises(ValueError, match="there is no lesson"):
            lesson_named(name, Path(), files=False)


@pytest.mark.parametrize("path", paths_in(SHIPPED), ids=lambda path: path.stem)
def test_shipped_lessons_are_in_both_languages(path: Path) -> None:
    lesson = read_lesson(path)
    assert (lesson.id, lesson.languages) == (path.stem, ("en", "zh"))
    kinds = [type(step) for step in lesson.steps]
    assert kinds.count(Predict) >= 2
    assert kinds.count(Do) >= 1


def test_the_welcome_line_names_the_first_lesson() -> None:
    assert all(line.endswith(f" {ORDER[0]}") for line in welcome())

"""The check finds what is not true of a lesson, in one line each, and accepts the lesson once it is."""

from __future__ import annotations

from pathlib import Path

from bptui.lessons.reading import read_lesson
from bptui.teaching.check import check
from bptui.teaching.template import new_lesson
from bptui.teaching.walkthrough import walk
from bptui.views.panels import NAMES
from tests.tui.lessons.test_reading import EXAMPLE


def findings(*texts: str, folder: Path) -> list[list[str]]:
    """What the check finds in lessons with these texts."""
    paths = [folder / f"{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return [[str(finding) for finding in checked.findings] for checked in check(paths, NAMES)]


def test_what_is_false_is_found_and_what_is_true_is_not(tmp_path: Path) -> None:
    right = new_lesson(tmp_path / "my-lesson.toml")
    changes = {
        'holds = "max(error) < 0.02"': 'holds = "share(diverged) > 0.5"',
        "is = 0.087": "is = 0.06",
        'goal = "error < 0.02': 'goal = "error < 0.001',
        '"run to 200"]': '"fly to 200"]',
        '["set learning rate 0.3", "run': '["lear 0.3", "run',
        '["set learning rate 0.3", ': '["save checkpoint mine.bptui", "set learning rate 0.3", ',
        'panel = "error"': 'panel = "eror"',
        '"Far lower"': f'"{"Far " * 20}"',
        "The error of each epoch": f"{'The error ' * 20}",
        "and epoch <= 200": "or epoch <= 200",
        "{error:.2g} now": "{test_error:.2g} now",
    }
    assert all(before in right for before in changes)
    wrong = [right.replace(*change) for change in changes.items()]
    found = findings(right, EXAMPLE, "id = ", *wrong, folder=tmp_path)
    assert found[:2] == [[], []]
    goal = "error < 0.001 and epoch <= 200"
    expected = [
        ["is not TOML: Invalid value (at line 1)"],
        [f"claim 1: share(diverged) > 0.5 is false: 0 (seeds {seeds})" for seeds in ("0 to 15", "16 to 31")],
        ["measured slow: median(error) is 0.0873, and not 0.06 within 20 % (seeds 0 to 15)",
         "measured slow: median(error) is 0.0864, and not 0.06 within 20 % (seeds 16 to 31)"],
        [f"steps[3].goal: after the solution, {goal} is false: error 0.005538, epoch 200"],
        ["steps[3].solution: fly to 200: no command begins with 'fly to 200'; say \"help\" for all",
             "steps[4].text.en: the run has no error yet"],
        ["steps[3].solution: lear 0.3: 'lear 0.3' can't be shown on the screen",
         "steps[4].text.en: the run has no error yet"],
        ["steps[3].solution: save checkpoint mine.bptui: save can't be part of a solution",
         "steps[4].text.en: the run has no error yet"],
        [f"steps[1].panel: must be {', '.join(NAMES[:-1])} or {NAMES[-1]}, got 'eror'; did you mean error?"],
        ["steps[2].choices.en[1]: has 79 columns: at most 56 fit"],
        ["steps[1].text.en: a sentence of 214 columns does not fit a page"],
        ["steps[3].goal: error < 0.02 or epoch <= 200 is true before the solution"],
        ["steps[4].text.en: the run has no test_error yet"],
    ]  # fmt: skip
    assert found[2:] == expected
    assert not list(tmp_path.glob("*.bptui"))


def test_a_solution_on_other_data_can_be_graded_only_where_any_data_is_allowed(tmp_path: Path) -> None:
    text = new_lesson(tmp_path / "lesson.toml").replace(
        '"set learning rate 0.3"', '"set data set sinc", "set learning rate 0.3"'
    )
    text = text.replace("error < 0.02 and", "epoch > 0 and")
    allowed = text.replace('kind = "do"', 'kind = "do"\nany_data = true')
    reason = "its run learned other data than those of the step, so that it can't be graded"
    assert findings(text, allowed, folder=tmp_path) == [[f"steps[3].solution: {reason}"], []]


def test_a_step_that_begins_a_run_begins_it_in_the_walk(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    text = new_lesson(path).replace('kind = "explain"', 'kind = "explain"\nset = { seed = 7 }')
    path.write_text(text, encoding="utf-8")
    visits = list(walk(read_lesson(path)))
    assert [visit.before["seed"] for visit in visits] == [0, 0, 0, 7]
    assert visits[2].after["epoch"] == 200
    assert visits[3].before["epoch"] == 0

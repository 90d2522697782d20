"""A learner walks through a lesson by its keys, on the screen and in the dialogue."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bpengine import ConfigError
from bptui.commands import COMMAND
from bptui.commands.grammar import Amount, RefusedError
from bptui.dialogue.table import ENTRIES, command_named
from bptui.lessons.goals import facts_of
from bptui.lessons.lesson_snapshot import lesson_snapshot
from bptui.lessons.progress import read_progress
from bptui.lessons.solutions import Act, EditUnit, MoveValue, Press, SetValue, Train, act_of
from bptui.screen.terminal.textual_internals import screen_strips
from bptui.screen.widgets.lesson import LessonPanel, paged
from bptui.session.autosave.runs_folder import KeptFolder
from bptui.session.snapshot import Stage
from bptui.settings.languages import translations
from bpwords import use
from tests.tui.support.apps import lines, shown
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.driving import press, resize, rest, until
from tests.tui.support.lessons import LESSON, lesson_app, lesson_start, write_lesson


async def test_a_lesson_is_walked_from_its_first_step_to_its_last(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        config = shown(app).run.config
        assert (config.hidden_units, config.samples, shown(app).status.stage) == ((1,), 20, Stage.READY)
        assert lines(app)[1].split() == ["1/5", "Look", "◆", "table", "c", "on", "esc", "leave"]
        assert "This is the table" in lines(app)[2]
        table = app.query_one("#table")
        assert table.display, "it takes the place of the network"
        assert str(table.border_title).startswith("◆ "), "not by its color alone"
        assert app.view.panel_layout.focused == "settings", "so that the arrow keys change settings"
        await press(pilot, "c")
        assert app.query_one("#network").display, "as before"
        assert lines(app)[5].startswith(" 1 It follows the sine   2 It bends once"), (
            "below the whole question"
        )
        await press(pilot, "c")
        assert "Answer with a number from 1 to 2." in lines(app)[-2]
        await press(pilot, "1")
        assert app.tabs.opened == "regression", "the key answers, and does not open the other tab"
        assert "✗" in lines(app)[1]
        assert any(
            "You said: It follows the sine. The answer is: It bends once." in row for row in lines(app)
        )
        await press(pilot, "C", "C")
        assert lines(app)[1].startswith(" 1/5")
        await press(pilot, "c", "c")
        assert "not reached yet" in lines(app)[1]
        await press(pilot, "H")
        assert "Hint: Three will do." in lines(app)[2]
        await press(pilot, "up", "right", *"ssss")
        assert "✓ reached" in lines(app)[1], "by the keys, without a word about it"
        await press(pilot, "c")
        assert "A run with 6 units" in lines(app)[2]
        assert shown(app).run.config.hidden_units == (6,)
        await press(pilot, "u")
        assert shown(app).run.config.hidden_units == (2,), "it can be undone, as a restart can"
        await press(pilot, "U", "c", "x", "enter")
        assert "such as 0.05." in lines(app)[-2]
        await press(pilot, "escape", "6", "enter", "s", "c")
        assert f"The error is {shown(app).run.error:.2g}" in lines(app)[2]
        await press(pilot, "c")
        assert "Right answers: 1 of 2." in lines(app)[2]
        assert lines(app)[3].strip() == "• Steps add up."
        await press(pilot, "c")
        assert not app.query_one(LessonPanel).display
        assert "The lesson short is done." in lines(app)[-2]
        assert shown(app).run.config.hidden_units == (6,), "the run stays"
    progress = read_progress(tmp_path / "kept" / "short.bptui")
    assert progress.answers == {1: 1.0, 3: 6.0}
    assert progress.runs[2].config.hidden_units == (2,)


async def test_show_me_presses_the_keys_visibly_from_where_the_task_began(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    with_cloud = LESSON.replace('"step 4"]', '"cloud on", "step 4"]')
    (tmp_path / "short.toml").write_text(with_cloud, encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "c", "c", "c", "2", "c", "n", "right", *"ss")
        app.guide.pause_seconds = 1000.0
        await press(pilot, "S")
        assert "set hidden units 3 (keys: ↑↓ hidden units, enter 3 enter)" in lines(app)[2]
        assert app.view.field.name == "hidden_units", "one sees which row the keys change"
        assert shown(app).run.config.hidden_units == (1,)
        assert shown(app).status.stage is Stage.READY, "the attempt is taken back"
        await press(pilot, "escape")
        assert "Bring the error" in lines(app)[2], "esc stops it, and the lesson stays"
        app.guide.pause_seconds = 0.001
        await press(pilot, "S")
        await until(pilot, lambda: "✓ reached" in lines(app)[1] and "S show me" in lines(app)[1])
        assert (shown(app).run.config.hidden_units, shown(app).run.epoch) == ((3,), 3)
        assert app.view.session.cloud.is_on, "although the learner had pressed n already"


async def test_numbers_only_answer_and_a_step_that_is_shown_again_has_its_own(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2")
        assert lines(app)[1].startswith(" 1/5"), "a number does not leave a step that asks for nothing"
        assert "In a lesson, numbers only answer its questions. c continues." in lines(app)[-2]
        await press(pilot, *"cc212c")
        assert lines(app)[1].startswith(" 3/5"), "nor one whose question was answered"
        await press(pilot, "up", "right", *"ssss2cc")
        await press(pilot, "x")
        assert lines(app)[1].endswith("enter answer   esc stop "), "c would be text"
        await press(pilot, "escape", "6", "enter", "s", "c")
        said = lines(app)[2]
        assert f"The error is {shown(app).run.error:.2g}" in said
        await press(pilot, *"css8")
        assert "Right answers: 1 of 2." not in said and lines(app)[1].startswith(" 5/5"), "nor the end"
        await press(pilot, "C")
        assert lines(app)[2] == said, "and not with the numbers of what was trained since then"


async def test_a_goal_that_was_reached_before_its_step_counts(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "up", "right", *"ssss")
        await press(pilot, "c", "c", "c", "2", "c")
        assert lines(app)[1].startswith(" 3/5 Do  ✓ reached")
        await press(pilot, "c")
    assert read_progress(tmp_path / "kept" / "short.bptui").runs[2].config.hidden_units == (2,)


async def test_another_lesson_begins_with_its_own_first_step(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    other = LESSON.replace('id = "short"', 'id = "other"').replace('panel = "table"', 'panel = "metrics"')
    (tmp_path / "other.toml").write_text(other, encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        await app.lessons.begin(str(tmp_path / "other.toml"))
        await rest(pilot)
        assert app.query_one("#metrics").display, "although the first step of the other lesson was open"
        assert not app.query_one("#table").display


async def test_esc_closes_what_is_open_and_then_the_lesson_which_continues_where_it_was(
    tmp_path: Path,
) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "c")
        panel = app.query_one(LessonPanel)
        settings = app.query_one("#settings").region
        assert (panel.region.x, panel.region.y) == (settings.x, settings.bottom), "in place of the tables"
        await press(pilot, "tab", "s", "escape")
        assert panel.display, "it went back to the settings"
        await press(pilot, "escape")
        assert not panel.display
        assert "Left the lesson short at step 2/5. G opens it again" in lines(app)[-2]
        await press(pilot, "c")
        assert "No lesson is open: G lists them." in lines(app)[-2]
        await app.lessons.begin(str(tmp_path / "short.toml"))
        await rest(pilot)
        assert panel.lesson is not None
        assert panel.lesson.place == "2/5"
        assert shown(app).run.epoch == 0, "on the same run"
        assert shown(app).run.error is not None
        await app.action_open_tab("classification")
        assert not app.view.query(LessonPanel), "it belongs to the other tab"
        await app.action_open_tab("regression")
        await resize(pilot, 60, 18)
        assert lines(app)[1].startswith(" 2/5 Predict")
        await press(pilot, "2", "c")
        assert lines(app)[1].startswith(" 3/5 Do  ○ "), "the sign, where the words have no room"
        assert lines(app)[1].rstrip().endswith("esc leave")
        await press(pilot, "c")
        assert lines(app)[2].startswith(" Skip this task?")
        await press(pilot, "escape")
        assert not lines(app)[2].startswith(" Skip this task?"), "the task again, and not out of the lesson"
        await press(pilot, "c", "c")
        assert lines(app)[1].startswith(" 4/5 Predict")


async def test_an_open_lesson_is_kept_with_the_runs_and_found_by_words(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    app = lesson_app(tmp_path, start={"runs_path": runs})
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "c", "s")
        app.keep()
    kept = KeptFolder(runs).newest()
    assert kept is not None
    again = lesson_app(tmp_path, start={"runs_path": runs, "continued": kept.path}, name=None)
    async with again.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert lines(again)[1].startswith(" 2/5 Predict")
        found = [entry for entry in again.palette_source.entries("sgd") if entry.title.startswith("Lesson: ")]
        assert len(found) == 16
        assert any("tutorial" in entry.words and "random-start" in entry.words for entry in found)
        (hand_in,) = (entry for entry in again.palette_source.entries("hand in") if entry.name == "hand_in")
        hand_in.run()
        await rest(pilot)
        await press(pilot, "ctrl+u", *str(tmp_path / "ada"), "enter")
        assert read_progress(tmp_path / "ada").lesson == "short"
        await press(pilot, "G", "down", "down", "enter")
        assert "random-start" in lines(again)[-2]
        assert lines(again)[1].startswith(" 1/")


async def test_lessons_are_in_chinese_where_a_terminal_can_show_it(tmp_path: Path) -> None:
    for ascii, kind in ((False, "观察"), (True, "Look")):
        use({} if ascii else translations("zh"))
        app = lesson_app(tmp_path, start={"ascii": ascii}, language="zh")
        async with app.run_test(size=(120, 36)) as pilot:
            await rest(pilot)
            assert any(f" 1/5 {kind}" in row for row in lines(app))
            assert {strip.cell_length for strip in screen_strips(app)} == {120}


async def test_what_would_give_an_answer_away_is_shown_after_it(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    equal = LESSON.replace("hidden = [1]", "hidden = [3], init_scale = 0")
    (tmp_path / "short.toml").write_text(equal, encoding="utf-8")
    async with app.run_test(size=(160, 48)) as pilot:
        await rest(pilot)
        assert "A remark on this run follows after your answer." in lines(app)[-2], "before the question, too"
        await press(pilot, "c")
        app.panels.reveal("diagnostics")
        await rest(pilot)
        said = " ".join(lines(app))
        assert "shown after your answer" in said
        assert "A remark on this run follows after your answer." in lines(app)[-2]
        assert "equal" not in said
        app.settings.choose_and_edit(app.view.field)
        await rest(pilot)
        said += " ".join(lines(app))
        await press(pilot, "escape", "question_mark", *"size")
        said += " ".join(lines(app))
        assert "learning rate" in said and "Size of each step" not in said, "nor does the help of a setting"
        await press(pilot, "escape", "escape")
        await press(pilot, "t")
        described = " ".join(lines(app))
        assert "│ A remark on this run follows after your answer." in described and "equal" not in described
        await press(pilot, "escape", "2")
        assert "All 3 hidden units are equal" in lines(app)[-2]
        assert "shown after your answer" not in " ".join(lines(app))


async def test_a_lesson_that_was_not_finished_continues_with_the_run_of_its_last_goal(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *"ccc2c", "up", "right", *"ssss")
        assert "✓ reached" in lines(app)[1]
        error = shown(app).run.error
    again = lesson_app(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        assert lines(again)[1].startswith(" 3/5 Do  ✓ reached")
        assert shown(again).run.config.hidden_units == (2,)
        assert shown(again).run.error is not None
        assert shown(again).run.epoch <= 3
        await press(pilot, *"ssss"[shown(again).run.epoch + 1 :])
        assert shown(again).run.error == error


def test_pages_end_with_sentences_where_not_all_fits() -> None:
    assert paged(("One two.", "Three."), 20, 3) == [["One two.", "", "Three."]]
    assert paged(("One two.", "Three."), 20, 2) == [["Three."]], "the question was read before"
    assert paged(("One two three. Four five six. Seven.",), 15, 2) == [
        ["One two three.", "Four five six."],
        ["Seven."],
    ]
    assert paged(("一二三四五六七八九十",), 6, 2) == [["一二三", "四五六"], ["七八九", "十"]]


def test_commands_of_solutions_act_on_the_screen() -> None:
    for command, kind, values in (
        ("set learning rate 0.3", SetValue, {"value": 0.3}),
        ("hidden units = 8,8", SetValue, {"value": (8, 8)}),
        ("raise seed a lot", MoveValue, {"direction": 1, "coarse": True}),
        ("run to 2000", Train, {"amount": Amount(to=2000)}),
        ("run", Train, {"amount": Amount()}),
        ("train 40 epochs", Train, {"amount": Amount(epochs=40)}),
        ("step 3 samples", Train, {"amount": Amount(samples=3)}),
        ("knock out 2 of layer 1", EditUnit, {"edit": "knock_out", "unit": (0, 1)}),
        ("what if on", Press, {"name": "toggle_what_if", "turns": True}),
        ("cloud on", Press, {"name": "toggle_cloud", "turns": True}),
        ("new seed", Press, {"name": "new_seed", "turns": None}),
    ):
        act = act_of(command)
        assert type(act) is kind, command
        assert {name: getattr(act, name) for name in values} == values
    for command in (
        "set weight W1[1,1] 2",
        "freeze layer 1",
        "unfreeze 1",
        "learning rate",
        "run away",
        "sing",
    ):
        with pytest.raises(RefusedError, match="can't be shown on the screen"):
            act_of(command)


def test_the_screen_understands_the_words_of_the_dialogue_or_refuses_them() -> None:
    followed_by = {
        "run": "to 3",
        "step": "2",
        "set": "learning rate 0.3",
        "raise": "seed",
        "lower": "seed",
        "freeze": "1",
        "knock out": "1",
    }
    understood = set()
    for entry in ENTRIES:
        for word in (*entry.words, *entry.synonyms, entry.word[:-1], entry.word[:2], entry.shown):
            with contextlib.suppress(ConfigError, RefusedError):
                text = f"{word} {followed_by.get(entry.word, '')}".strip()
                if command_named(text)[0] is entry:
                    assert word_of(act_of(text)) == entry.word, text
                    understood.add(entry.word)
    assert understood >= followed_by.keys()
    assert len(understood) > 20


def word_of(act: Act) -> str:
    """The word of the dialogue for what is done on the screen."""
    match act:
        case SetValue():
            return "set"
        case MoveValue():
            return "raise" if act.direction > 0 else "lower"
        case Train():
            return "run" if act.amount.to else "step"
        case EditUnit():
            return COMMAND[act.edit].word
        case Press():
            return COMMAND[act.name].word
    raise AssertionError(act)


def test_the_dialogue_leads_through_a_lesson(tmp_path: Path) -> None:
    path = write_lesson(tmp_path)
    dialogue = dialogue_of(start={"lessons": lesson_start(tmp_path)})
    assert said(dialogue, "next") == 'No lesson is open: say "lesson" to list them.'
    assert "random-start: Why must the start be random? (8 min)" in said(dialogue, "lesson")
    assert said(dialogue, f"lesson {path}").splitlines() == [
        "A short lesson",
        "Step 1 of 5, Look table: This is the table of the errors.",
        'Say "next".',
    ]
    assert "2: It bends once" in said(dialogue, "next")
    assert said(dialogue, "next") == 'Say "answer" and the number of a choice.'
    assert "from 1 to 2" in said(dialogue, "3"), "a number alone is an answer"
    assert said(dialogue, "answer 2").startswith("You said: It bends once. Right. One unit")
    assert said(dialogue, "hint") == 'This step has no task: say "next".'
    assert said(dialogue, "next", "hint") == "Hint: Three will do."
    shown = said(dialogue, "step 1", "show me").splitlines()
    assert [line for line in shown if line.startswith(">")] == ["> set hidden units 3", "> step 4"]
    assert shown[-1] == 'The goal is reached. Say "next".'
    assert dialogue.session.config.hidden_units == (3,)
    assert "6 units begins" in said(dialogue, "next")
    assert "Step 3 of 5" in said(dialogue, "lesson back")
    assert said(dialogue, "next", "answer 7").startswith("You said: 7. The answer is: 6.")
    assert said(dialogue, "next", "next").splitlines()[-3:-1] == ["Right answers: 1 of 2.", "Steps add up."]
    assert said(dialogue, "next") == "The lesson is done."
    assert said(dialogue, f"lesson {path}").startswith("A short lesson (finished before)\nStep 1 of 5")
    assert read_progress(tmp_path / "kept" / "short.bptui").answers == {1: 2.0, 3: 7.0}


def test_an_open_task_at_the_end_is_skipped_on_the_screen_and_in_the_dialogue(tmp_path: Path) -> None:
    path = tmp_path / "task.toml"
    path.write_text("[[steps]]".join(LESSON.split("[[steps]]")[:4]), "utf-8")
    (tmp_path / "broken.toml").write_text("x = ", "utf-8")
    dialogue = dialogue_of(start={"lessons": lesson_start(tmp_path)._replace(folder=tmp_path)})
    assert "broken.toml: is not TOML" in said(dialogue, "lesson")
    *_, ways = said(dialogue, f"lesson {path}", "next", "answer 2", "next").splitlines()
    assert ways == 'Do it, or say "hint", "solution", or "next" to skip it.'
    walk = dialogue.user_lessons.open["regression"]
    assert said(dialogue, "next").startswith("Skip this task? Its numbers will be missing.\n")
    assert lesson_snapshot(walk, facts_of(dialogue.snapshot)).keys[0] == ("c", "skip")

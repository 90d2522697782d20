"""Two sessions of one learner with one state folder: neither erases what the other has done."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path
from unittest import mock

import pytest

from bptui.dialogue.dialogue import Dialogue
from bptui.lessons.progress import Progress, read_progress
from bptui.lessons.progress_files import KeptLessons
from bptui.lessons.reading import read_lesson
from bptui.process.allowance import Allowance
from bptui.process.restrictions import PAGE
from bptui.session.autosave import runs_folder as folder
from tests.tui.support.apps import lines
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.driving import press, rest, until
from tests.tui.support.lessons import lesson_app, lesson_start, solved, write_lesson
from tests.tui.support.terminal import DEADLINE, Terminal, bptui

CTRL_D = "\x04"
THE_WHOLE = ("next", "answer 2", "next", "show me", "next", "answer 6", "next")


def learner(folder: Path, *lines: str) -> Dialogue:
    """A dialogue with the state of the folder, in which the lesson is open and these lines were said."""
    dialogue = dialogue_of(start={"lessons": lesson_start(folder)})
    said(dialogue, f"lesson {write_lesson(folder)}", *lines)
    return dialogue


def wait_for_prompt(terminal: Terminal) -> None:
    terminal.wait_for(lambda: terminal.text.rstrip().endswith("bptui>"), "a prompt")


def kept(folder: Path) -> Progress:
    return read_progress(folder / "kept" / "short.bptui")


def test_a_lesson_that_one_session_has_finished_stays_finished(tmp_path: Path) -> None:
    one, other = learner(tmp_path), learner(tmp_path, "next")
    said(one, *THE_WHOLE)
    assert (kept(tmp_path).answers, [*kept(tmp_path).runs]) == ({1: 2, 3: 6}, [2])
    assert "right" in said(other, "answer 1").casefold(), "the first answer counts, and that is said"
    assert (kept(tmp_path).answers, [*kept(tmp_path).runs]) == ({1: 2, 3: 6}, [2])
    assert "The goal is reached" in said(other, "next"), "it knows what the first one has done"


async def test_the_screen_hands_in_what_a_dialogue_has_done(tmp_path: Path) -> None:
    app = lesson_app(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        learner(tmp_path, *THE_WHOLE)
        (hand_in,) = (entry for entry in app.palette_source.entries("hand in") if entry.name == "hand_in")
        hand_in.run()
        await rest(pilot)
        await press(pilot, "ctrl+u", *str(tmp_path / "ada"), "enter")
        assert read_progress(tmp_path / "ada").answers == {1: 2, 3: 6}


async def test_a_served_session_asks_once_for_the_name_that_stands_in_what_is_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    allowance = Allowance(PAGE)
    app = lesson_app(tmp_path, allowance=allowance, name="short", folder=tmp_path)

    async def hand_in() -> None:
        (entry,) = (entry for entry in app.palette_source.entries("hand in") if entry.name == "hand_in")
        entry.run()
        await rest(pilot)

    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        app.guide.pause_seconds = 0.001
        await press(pilot, "c", "2", "c", "S")
        await until(pilot, lambda: "✓ reached" in lines(app)[1])
        await hand_in()
        await press(pilot, "space", "enter")
        assert "A name has from 1 to 60 characters." in " ".join(lines(app))
        await press(pilot, *"Ada L", "enter")
        await rest(pilot)
        assert "2 of 3, 1 of them shown" in " ".join(lines(app))
        await press(pilot, "enter")
        handed_in = read_progress(tmp_path / "short.bptui")
        await hand_in()
        assert "2 of 3, 1 of them shown" in " ".join(lines(app)), "the name is known"
    assert (handed_in.name, handed_in.shown, [*handed_in.runs]) == ("Ada L", frozenset({2}), [2])
    assert (kept(tmp_path).name, kept(tmp_path).shown) == ("Ada L", frozenset({2}))


def test_what_the_dialogue_has_shown_is_not_the_learners_own(tmp_path: Path) -> None:
    own = learner(tmp_path, "next", "answer 2", "next", "set hidden 3", "step 4", "show me")
    assert [*kept(tmp_path).runs] == [2]
    assert not kept(tmp_path).shown, "its goal was reached before"
    (tmp_path / "other").mkdir()
    other = learner(tmp_path / "other", "next", "answer 2", "next", "show me")
    assert kept(tmp_path / "other").shown == {2}
    assert own is not other


def test_sessions_that_write_at_the_same_moment_lose_nothing(tmp_path: Path) -> None:
    lesson, path = read_lesson(write_lesson(tmp_path)), tmp_path / "kept"
    runs = solved(lesson).runs
    done = [Progress.of(lesson).answered(step, 1) for step in range(8)]
    done.append(Progress.of(lesson).reached(2, runs[2]))
    sessions = [threading.Thread(target=KeptLessons(path).keep, args=(lesson, each)) for each in done]
    with mock.patch.object(folder, "_LOCK_SECONDS", DEADLINE):  # each waits for all others
        for session in sessions:
            session.start()
        for session in sessions:
            session.join()
    assert (kept(tmp_path).answers, [*kept(tmp_path).runs]) == (dict.fromkeys(range(8), 1), [2])


def test_a_session_does_not_wait_for_one_that_was_stopped(tmp_path: Path) -> None:
    lesson, keeping = read_lesson(write_lesson(tmp_path)), KeptLessons(tmp_path)
    stopped = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(stopped, fcntl.LOCK_EX)
    done = Progress.of(lesson).answered(1, 2)
    with mock.patch.object(folder, "_LOCK_SECONDS", 0.0):
        assert keeping.keep(lesson, done) is done
        assert keeping.problem == "resource temporarily unavailable"
    os.close(stopped)
    keeping.keep(lesson, done)
    assert not keeping.problem


def test_the_history_has_the_lines_of_both_dialogues(state_home: Path) -> None:
    history, variables = state_home / "bptui" / "history", {"XDG_STATE_HOME": str(state_home)}
    history.parent.mkdir(parents=True)
    history.write_text("help\n")
    with bptui("--plain", variables=variables) as one, bptui("--plain", variables=variables) as other:
        for terminal, line in ((other, "step 3"), (one, "step 2")):
            wait_for_prompt(terminal)
            terminal.send(f"{line}\r")
            terminal.wait_for_text("It is paused after epoch")
            wait_for_prompt(terminal)
        for terminal in (one, other):
            terminal.send(CTRL_D)
            assert terminal.wait_for_exit() == 0
    assert history.read_text() == "help\nstep 2\nstep 3\n"

"""What each kind of screen permits."""

from __future__ import annotations

import io
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import pytest

from bpengine import FIELD, TrainingConfig
from bptui.dialogue.dialogue import Dialogue
from bptui.lessons.library import SHIPPED
from bptui.process.allowance import MAX_REST_SECONDS, Allowance
from bptui.process.restrictions import (
    DRAW_SECONDS,
    MAX_FOLDERS,
    MAX_MESSAGE,
    MAX_SIZE,
    MIN_FOLDER,
    MIN_SIZE,
    PAGE,
    RESTRICTED,
    SESSION_MEMORY,
    SESSIONS_PER_PROCESSOR,
    UNRESTRICTED,
    Restrictions,
)
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.terminal.guard import TerminalGuard
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import lines, notes
from tests.tui.support.dialogues import said
from tests.tui.support.driving import press, rest

DOCUMENTED = Path("docs/serving.md").read_text()
KIB, MIB, MB = 1 << 10, 1 << 20, 1_000_000


def documented(limit: str) -> str:
    """The rows of docs/serving.md on a limit."""
    rows = re.findall(rf"^\| {limit} \|(.*)$", DOCUMENTED.partition("\nMeasured on")[0], re.MULTILINE)
    assert rows
    return "".join(rows)


@pytest.mark.parametrize(
    ("limit", "values"),
    [
        ("files", (PAGE.max_upload / MB, PAGE.max_samples, PAGE.max_file / MIB)),
        ("windows", MIN_SIZE),
        ("sessions", (SESSIONS_PER_PROCESSOR, SESSION_MEMORY / MIB)),
        ("a message", (MAX_MESSAGE / KIB,)),
        ("the folders of all visitors", (MAX_FOLDERS / MB / 1000, MIN_FOLDER / MB)),
        ("redraws and changes of the size", (1 / DRAW_SECONDS,)),
        ("hidden units", (RESTRICTED.max_units,)),
        ("samples", (RESTRICTED.max_samples,)),
        ("memory", (RESTRICTED.max_memory / MIB,)),
        ("window", MAX_SIZE),
        ("processor", (RESTRICTED.processor_share, MAX_REST_SECONDS)),
        ("idle time", (RESTRICTED.idle_minutes,)),
        ("total time", (RESTRICTED.max_minutes,)),
    ],
)
def test_the_page_on_serving_has_the_limits_of_the_table(limit: str, values: tuple[float, ...]) -> None:
    text = documented(limit).replace("half", "0.5").replace("five", "5")
    assert [*map(float, re.findall(r"(?<!\w)\d+(?:\.\d+)?", text))] == [*values]


def test_the_page_on_serving_has_the_names_of_the_table() -> None:
    assert {*re.findall("`--([a-z]+)`", documented("files"))} == RESTRICTED.flags
    assert {*re.findall("`([A-Z_]+)`", documented("environment"))} == RESTRICTED.variables - {"LANG"}
    sessions = (
        f"{SESSIONS_PER_PROCESSOR} sessions for each processor, and one for each {SESSION_MEMORY // MIB} MB"
    )
    assert f"A machine serves {sessions} of memory" in DOCUMENTED
    for keys in PAGE.keys.values():
        assert f"`{keys.split(',')[0]}`" in documented("keys")


def make_app() -> BptuiApp:
    return BptuiApp(StartSettings(paused=True, kernel="numpy"), allowance=Allowance(RESTRICTED))


def test_a_restricted_screen_allows_the_defaults() -> None:
    assert RESTRICTED.refusal(TrainingConfig.defaults("regression")) == ""
    assert RESTRICTED.refusal(TrainingConfig.defaults("classification")) == ""


@pytest.mark.parametrize("changes", [{"hidden_units": (100, 29)}, {"samples": 2001}])
def test_settings_beyond_the_restrictions_are_refused_in_one_line(changes: dict[str, object]) -> None:
    refusal = RESTRICTED.refusal(TrainingConfig.defaults("classification", **changes))
    assert "at most" in refusal
    assert "\n" not in refusal


def test_a_restricted_process_keeps_no_variable_that_changes_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("TEXTUAL_LOG", "PYTHONPATH", "LD_PRELOAD", "COLUMNS", "SSH_ORIGINAL_COMMAND", "NUMBA_DEBUG"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before = dict(os.environ)
    try:
        RESTRICTED.clean_environment()
        left = set(os.environ)
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert "LC_ALL" in left
    assert {name for name in left if not name.startswith("LC_")} <= {
        *RESTRICTED.variables,
        "OPENBLAS_NUM_THREADS",
    }


@pytest.mark.parametrize("restrictions", [RESTRICTED, UNRESTRICTED], ids=["restricted", "not"])
def test_only_an_unrestricted_screen_trains_in_threads_and_opens_files(
    restrictions: Restrictions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")  # whatever terminal the test runs in
    lesson = shutil.copy(SHIPPED / "hidden-units.toml", tmp_path / "own.toml")
    start, is_allowed = StartSettings(paused=True, kernel="numpy"), restrictions is UNRESTRICTED
    app = BptuiApp(
        start,
        guard=mock.Mock(TerminalGuard),
        open_file=lambda _name, _task, _spell: "read",
        allowance=Allowance(restrictions),
    )
    dialogue = Dialogue(start, open_file=lambda _name, _task, _spell: "read", restrictions=restrictions)
    assert (app.runner.threads > 0) is is_allowed
    for files in (app.files.user_files, dialogue.files):
        assert (files.open("file", "regression") == "read") is is_allowed
    assert bool(app.files.opens_files) is is_allowed
    assert ("there is no lesson" in said(dialogue, f"lesson {lesson}")) is not is_allowed


async def test_settings_beyond_the_limits_are_refused_on_the_screen() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await rest(pilot)
        app.settings.set(app.view, FIELD["hidden_units"], (129,))
        app.settings.set(app.view, FIELD["samples"], 2001)
        assert app.view.session.config == TrainingConfig.defaults("regression")
        app.settings.set(app.view, FIELD["hidden_units"], (128,))
        assert app.view.session.config.hidden_units == (128,)


async def test_actions_with_files_are_refused_and_the_key_of_such_a_command_says_so() -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await rest(pilot)
        for action in RESTRICTED.actions:
            assert not await app.run_action(action)
            assert not await app.run_action(f"do('{action}')")
            assert app.check_action(action, ()) is False
            assert app.check_action("do", (action,)) is False
        await press(pilot, "w")
        assert "Not possible here: this session may not save or open files." in "\n".join(lines(app))


async def test_a_page_is_asked_for_a_file_and_told_how_large_it_may_be() -> None:
    app = BptuiApp(
        StartSettings(paused=True, kernel="numpy"),
        open_file=lambda _name, _task, _spell: "read",
        allowance=Allowance(PAGE),
    )
    async with app.run_test(size=(120, 30)) as pilot:
        await rest(pilot)
        (entry,) = (entry for entry in app.palette_source.entries("open") if entry.name == "open")
        assert entry.help == "A CSV file"
        entry.run()
        await rest(pilot)
        assert "Choose a CSV file of at most 5 MB, or drop it on the page." in "\n".join(lines(app))


def test_the_help_of_a_dialogue_lists_only_what_is_possible() -> None:
    for limits, is_listed in ((RESTRICTED, False), (UNRESTRICTED, True)):
        help = said(Dialogue(StartSettings(kernel="numpy"), restrictions=limits), "help")
        assert ("save" in help, "open" in help, "describe" in help) == (is_listed, is_listed, True)


async def test_help_and_palette_list_only_what_can_be_done() -> None:
    for app, is_listed in ((make_app(), False), (BptuiApp(StartSettings(paused=True, kernel="numpy")), True)):
        async with app.run_test(size=(120, 60)) as pilot:
            await press(pilot, "question_mark", "left")  # to the last page
            text = "\n".join(lines(app))
            assert ("Save a checkpoint, " in text) is is_listed
            assert "Quit." in text
            assert ("save" in {entry.name for entry in app.palette_source.entries("")}) is is_listed


@pytest.mark.parametrize("restrictions", [RESTRICTED, UNRESTRICTED], ids=["restricted", "not"])
async def test_no_file_and_no_browser_is_opened(
    restrictions: Restrictions, monkeypatch: pytest.MonkeyPatch
) -> None:
    import webbrowser

    def fail(*_arguments: object, **_options: object) -> None:
        raise AssertionError

    app = BptuiApp(StartSettings(paused=True, kernel="numpy"), allowance=Allowance(restrictions))
    async with app.run_test() as pilot:
        await rest(pilot)
        monkeypatch.setattr("builtins.open", fail)
        for name in ("open", "open_new_tab"):
            monkeypatch.setattr(webbrowser, name, fail)
        app.open_url("https://example.org")
        app.save_screenshot()
        app.deliver_screenshot()
        app.deliver_text(io.StringIO("text"))
        app.deliver_binary(io.BytesIO(b"bytes"))


async def test_a_restricted_screen_ends_by_itself_and_says_why() -> None:
    now = 0.0
    app = BptuiApp(
        StartSettings(paused=True, kernel="numpy"), allowance=Allowance(RESTRICTED, clock=lambda: now)
    )
    async with app.run_test() as pilot:
        now = 60 * 20
        await press(pilot, "down")
        now = 60 * 49
        app.check_time()
        assert app.allowance.farewell == ""
        now = 60 * 51
        app.check_time()
        assert app.allowance.farewell == "the session ended after 30 minutes without a key"


async def test_a_run_that_can_not_be_kept_can_not_be_saved_either(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("not a folder")
    start = StartSettings(paused=True, kernel="numpy", runs_path=tmp_path / "place" / "runs")
    app = BptuiApp(start, allowance=Allowance(RESTRICTED))
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await rest(pilot)
        assert notes(app) == ["No run can be kept\nnot a directory."]
        await press(pilot, "s", "q", "w")
        assert isinstance(app.screen, Confirmation)
        await press(pilot, "enter")
    assert app.keep_problem == "not a directory"

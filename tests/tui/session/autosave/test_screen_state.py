"""The state of the screen is continued as it was, and no hostile file is."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import FIELD, TASKS, CheckpointError, TrainingConfig
from bpengine.checkpoint import container
from bpengine.checkpoint.container import DamagedError, ForeignError
from bpengine.data.csv import parse_csv
from bptui.dialogue.conversation import greeting
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import Confirmation
from bptui.screen.overlays.questions import AskScreen
from bptui.session import commands
from bptui.session.autosave.runs_folder import KIND, KeptFolder, RunSummary
from bptui.session.autosave.state_file import decode_state, encode_state, read_state
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.settings.start_settings import StartSettings
from tests.tui.support.apps import EPOCHS, notes, shown
from tests.tui.support.dialogues import dialogue_of, said
from tests.tui.support.driving import press, rest
from tests.tui.support.lessons import lesson_app
from tests.tui.support.sessions import RATE, make_session


def make_app(runs: Path, **options: Any) -> BptuiApp:
    configs = {task: TrainingConfig.defaults(task) for task in TASKS}
    configs["classification"] = configs["classification"].replace(samples=30, epochs=EPOCHS)
    return BptuiApp(StartSettings(configs=configs, kernel="numpy", runs_path=runs, **options))


def kept_app(runs: Path, *, running: bool = False) -> BptuiApp:
    """An app with something in each part of its state, which has been kept."""
    app = make_app(runs, paused=True)
    session = app.tabs.views["classification"].session
    session.advance_to(5)
    session.do(commands.toggle_pin)
    session.do(commands.change, RATE, 0.3)
    session.advance_to(7)
    session.do(commands.toggle_pin)
    session.do(commands.unpin, "A")
    session.advance_to(9)
    session.do(commands.toggle_pin)
    session.do(commands.change_speed, 1)
    session.do(commands.toggle_what_if)
    session.do(commands.toggle_edit, "freeze", (0, 5))
    session.do(commands.change, FIELD["hidden_units"], (2,))
    session.run_until_idle()
    app.tabs.opened = "classification"
    if running:
        session.do(commands.toggle)
    app.keep()
    assert app.keep_problem == ""
    return app


def newest(runs: Path) -> Path:
    kept = KeptFolder(runs).newest()
    assert kept is not None
    return kept.path


async def test_a_continued_screen_is_as_it_was(tmp_path: Path) -> None:
    before = kept_app(tmp_path).tabs.views["classification"]
    expected = before.session.snapshot()
    app = make_app(tmp_path, continued=newest(tmp_path))
    async with app.run_test(size=(100, 30)):
        assert app.view.id == app.tabs.bar.active == "classification"
        snapshot = shown(app)
    assert snapshot.run.config == expected.run.config
    assert snapshot.status.speed == expected.status.speed
    assert snapshot.status.stage is Stage.PAUSED
    assert snapshot.comparison.what_if
    runs, old = snapshot.comparison.runs, expected.comparison.runs
    assert [run.label for run in runs] == ["", "A", "B"]
    assert [pin.label for pin in snapshot.comparison.pins] == ["B", "A"]
    assert [run.changes for run in runs] == [run.changes for run in old]
    assert snapshot.comparison.not_repeated == expected.comparison.not_repeated != ()
    compared = [(run.snapshot, before.snapshot) for run, before in zip(runs, old, strict=True)]
    for one, other in ((snapshot, expected), *compared):
        assert one.run.epoch == other.run.epoch
        assert one.run.reports == other.run.reports
        np.testing.assert_array_equal(one.run.curve, other.run.curve)
        for layer, same in zip(one.network.layers, other.network.layers, strict=True):
            np.testing.assert_array_equal(layer, same)
        np.testing.assert_array_equal(one.network.outputs, other.network.outputs)


async def test_the_screen_continues_a_dialogue_and_a_dialogue_the_screen(tmp_path: Path) -> None:
    dialogue = dialogue_of(start={"runs_path": tmp_path})
    said(dialogue, "run 4", "what if on", "pin", "set seed 3")
    dialogue.keeper.keep()
    app = make_app(tmp_path, continued=newest(tmp_path))
    async with app.run_test(size=(80, 24)):
        snapshot = shown(app)
        assert (snapshot.run.epoch, snapshot.run.config.seed, snapshot.status.stage) == (3, 3, Stage.PAUSED)
        assert snapshot.comparison.reference is not None
        await app.action_do("step_epoch")
    app.keep()
    other = dialogue_of(start={"runs_path": tmp_path, "continued": newest(tmp_path)})
    assert other.snapshot.run.reports == shown(app).run.reports
    assert "it has seed 0 (now 3)" in said(other, "compare")


@pytest.mark.parametrize("paused", [True, False])
async def test_enter_continues_the_kept_run_that_is_offered(paused: bool, tmp_path: Path) -> None:
    kept_app(tmp_path, running=True)
    app = make_app(tmp_path, offers=True, paused=paused)
    async with app.run_test(size=(100, 30)) as pilot:
        assert isinstance(app.screen, Confirmation)
        assert app.view.session.stage is Stage.READY
        await press(pilot, "space", "s", "x", "ctrl+p")
        assert isinstance(app.screen, Confirmation), "nothing is opened behind it"
        assert app.view.session.stage is Stage.READY
        await press(pilot, "enter")
        assert app.view.id == "classification"
        assert app.view.session.stage is (Stage.PAUSED if paused else Stage.RUNNING)
        assert shown(app).run.epoch == 9 or not paused


async def test_escape_starts_a_new_run_beside_the_kept_one(tmp_path: Path) -> None:
    kept_app(tmp_path)
    app = make_app(tmp_path, offers=True)
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "escape")
        assert app.view.id == "regression"
        assert app.view.session.stage is Stage.RUNNING
        await press(pilot, "s", "q")
    assert len(KeptFolder(tmp_path).files()[0]) == 2


async def test_a_kept_run_that_was_damaged_since_the_offer_is_refused(tmp_path: Path) -> None:
    kept_app(tmp_path)
    app = make_app(tmp_path, offers=True)
    async with app.run_test(size=(100, 30)) as pilot:
        newest(tmp_path).write_text("damaged")
        await press(pilot, "enter")
        assert app.is_running
        assert app.view.session.stage is Stage.RUNNING


def test_a_tab_that_was_not_touched_is_not_kept(tmp_path: Path) -> None:
    kept_app(tmp_path)
    assert set(read_state(newest(tmp_path)).tabs) == {"classification"}


def test_a_run_is_not_kept_twice(tmp_path: Path) -> None:
    app = kept_app(tmp_path)
    app.keep()
    assert len(KeptFolder(tmp_path).files()[0]) == 1


def test_the_state_to_keep_is_there_without_a_wait() -> None:
    """Another thread keeps it while the event loop is blocked, or the run is trained."""
    session = make_session(samples=5)
    session.do(commands.step_epoch)
    kept = session.kept
    assert kept.document.run.epochs_done == 1
    session.do(commands.change, RATE, 0.3)
    assert session.kept.document.run.config.learning_rate == 0.3
    assert kept.document.run.config.learning_rate == 0.1, "it does not change afterwards"
    session.do(commands.toggle)
    session.do(commands.change_speed, 1)
    assert session.kept.running


@pytest.mark.parametrize("stays_on", [True, False])
def test_a_kept_what_if_in_progress_continues(stays_on: bool) -> None:
    session = make_session(slow=True)
    session.advance_to(5)
    session.do(commands.toggle)
    session.do(commands.toggle_what_if)
    session.do(commands.change, RATE, 0.3)
    if not stays_on:
        session.do(commands.toggle_what_if)
    state = session.state_to_keep()
    assert state is not None
    document = state.document
    assert document.goal is not None
    assert (document.goal.epoch, document.goal.runs_on, document.what_if) == (6, True, stays_on)
    other = make_session(slow=True)
    other.take_state(state, paused=False)
    assert "What if: retraining" in other.snapshot().status.advice
    for _ in range(1000):
        other.tick()
    assert other.snapshot().run.epoch > 6


def test_the_settings_that_a_run_was_opened_with_are_kept(tmp_path: Path) -> None:
    dialogue = dialogue_of(start={"runs_path": tmp_path}, learning_rate=0.7)
    assert "0.3" in said(dialogue, "run 2", "set learning rate 0.3")
    dialogue.keeper.keep()
    session = make_session()
    state = read_state(newest(tmp_path)).tabs["regression"]
    session.take_state(state, paused=True)
    for rate in (0.7, TrainingConfig.defaults("regression").learning_rate):
        session.do(commands.defaults)
        assert session.config.learning_rate == rate


def content(runs: Path) -> Any:
    """The content of the newest file."""
    return container.read(newest(runs), KIND)


def test_each_kind_of_damage_to_a_kept_screen_is_refused_in_one_line(tmp_path: Path) -> None:
    kept_app(tmp_path)
    undamaged = encode_state(decode_state(content(tmp_path)))
    random.seed(1)
    refused = 0
    for _ in range(150):
        damaged = copy.deepcopy(undamaged)
        owner, key = random.choice(list(places(damaged)))
        owner[key] = random.choice([None, -1, 10**30, "", "x", [], {}, [1, 2], True, 0.5])
        try:
            state = decode_state(damaged)
        except (DamagedError, ForeignError) as error:
            assert "\n" not in str(error)
            refused += 1
        else:
            for tab in state.tabs.values():
                Session(tab.document.run.config).take_state(tab, paused=True)
    assert refused > 100


def places(value: Any) -> Any:
    """Every place in a JSON value, as its container and its key."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("open", "sums"),
        ("tabs", {}),
        ("tabs.classification.speed", "10 samples"),
        ("tabs.classification.pins", ["A", "E"]),
        ("tabs.classification.pins", ["A"]),
        ("tabs.classification.has_baseline", False),
        ("tabs.classification.not_repeated", [99]),
        ("tabs.classification.not_repeated", [-1]),
        ("tabs.classification.retraining", [-1, True]),
        ("tabs.classification.opened_with", {"task": "regression"}),
    ],
)
def test_kept_values_that_do_not_go_together_are_refused(tmp_path: Path, path: str, wrong: Any) -> None:
    kept_app(tmp_path)
    value = content(tmp_path)
    place, *way = (value["screen"], *path.split("."))
    for name in way[:-1]:
        place = place[name]
    place[way[-1]] = wrong
    file = KeptFolder(tmp_path).write([RunSummary("classification", 1, 2, None, "spiral")], value)
    with pytest.raises(CheckpointError, match=r"\.bptui: is damaged: "):
        read_state(file)


@pytest.mark.parametrize("rows", [615, 5000])
def test_a_run_on_many_rows_is_kept_continued_and_undone(tmp_path: Path, rows: int) -> None:
    table = "".join(f"{x / 100},{x % 7},{x * x % 11}\n" for x in range(rows))
    source = parse_csv(table, "many.csv", "regression")
    start = {"runs_path": tmp_path, "sources": {"regression": source, "classification": None}}
    dialogue = dialogue_of(start=start, batch_size=0)
    said(dialogue, "run 2", "pin", "what if on", "set learning rate 0.3")
    before = dialogue.session
    dialogue.keeper.keep()
    assert dialogue.keeper.problem == ""
    assert newest(tmp_path).stat().st_size < 2 * 24 * rows + 100_000, "the rows are written once"
    other = make_session()
    other.take_state(read_state(newest(tmp_path)).tabs["regression"], paused=True)
    assert other.config == before.config
    assert other.run.parameters.tobytes() == before.run.parameters.tobytes()
    for session in (before, other):
        session.do(commands.step_epoch)
        session.run_until_idle()
    assert other.run.parameters.tobytes() == before.run.parameters.tobytes()
    after = other.config
    other.do(commands.change, RATE, 0.5)
    other.run_until_idle()
    other.do(commands.undo)
    assert other.config == after
    assert other.run.parameters.tobytes() == before.run.parameters.tobytes()


async def test_q_asks_if_the_run_can_not_be_kept_and_tries_again(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.write_text("not a folder")
    app = make_app(place / "runs")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await rest(pilot)
        assert notes(app) == ["No run can be kept\nnot a directory.\nw saves a run in a file."]
        await press(pilot, "s", "q")
        assert isinstance(app.screen, Confirmation)
        assert not notes(app), "it would cover the dialog that saves elsewhere"
        above, left = app.screen.query_one("DialogFrame").region.offset[::-1]
        below, right = (30 - above - 4, 100 - left - 66)
        assert abs(above - below) <= 1 and abs(left - right) <= 1, "it is in the middle"
        await press(pilot, "x", "space", "escape")
        assert app.is_running
        await press(pilot, "q", "w")
        assert isinstance(app.screen, AskScreen)
        await press(pilot, "escape", "q")
        place.unlink()  # now there is room
        await press(pilot, "escape", "q")
    assert app.keep_problem == ""
    assert len(KeptFolder(place / "runs").files()[0]) == 1


def test_a_dialogue_asks_if_the_run_can_not_be_kept(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("not a folder")
    dialogue = dialogue_of(start={"runs_path": tmp_path / "place" / "runs"})
    assert any("No run can be kept: not a directory." in line for line in greeting(dialogue))
    said(dialogue, "run 2")
    assert said(dialogue, "quit").startswith('The run can\'t be kept: not a directory. Say "quit" again')
    assert not dialogue.is_over
    assert said(dialogue, "quit") == ""
    assert dialogue.is_over


async def test_progress_in_a_lesson_that_cannot_be_kept_is_told_on_the_screen(tmp_path: Path) -> None:
    app = lesson_app(tmp_path, progress=tmp_path / "short.toml" / "lessons")  # below a file
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "c")
        assert shown(app).status.advice == "What was done in the lesson can't be kept: not a directory."

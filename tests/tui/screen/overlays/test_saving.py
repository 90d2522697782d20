"""Saving and opening from the screen: what is written is read back, and errors are told in the dialog."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from rich.segment import Segment
from textual.app import App
from textual.strip import Strip
from textual.widgets import Input, Static

from bpengine import FIELD, TASKS, TrainingConfig
from bpengine.checkpoint import load, save
from bpengine.data.csv.loading import outline_of
from bptui.cli.launch import _open_file
from bptui.cli.snapshot import parser as snapshot_parser
from bptui.screen.app import BptuiApp
from bptui.screen.overlays.dialog import DialogOptions
from bptui.screen.overlays.open import FileTree, OpenScreen, TableScreen
from bptui.screen.overlays.questions import AskScreen, ListScreen
from bptui.session import commands
from bptui.session.saving.saving import free_name, picture_saving
from bptui.session.session import Session
from bptui.session.snapshot import Stage
from bptui.settings.reading import read_settings
from bptui.settings.start_settings import StartSettings
from tests.tui.features.share.test_cli import frames_in
from tests.tui.support.apps import notes, shown
from tests.tui.support.driving import press, rest, until
from tests.tui.support.pixels import SIGNATURE
from tests.tui.support.running import call, names
from tests.tui.support.sessions import trained


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make_app(notes: tuple[str, ...] = (), **settings: Any) -> BptuiApp:
    configs = {task: TrainingConfig.defaults(task) for task in TASKS}
    configs["regression"] = TrainingConfig.defaults("regression", **settings)
    start = StartSettings(configs=configs, paused=True, kernel="numpy", notes=notes)
    return BptuiApp(start, open_file=_open_file)


def message(app: App[int]) -> str:
    return str(app.screen.query_one("#message", Static).render())


def new_seed(session: Session) -> None:
    session.do(commands.new_seed)


def change_rate(session: Session) -> None:
    session.do(commands.change, FIELD["learning_rate"], 0.3)


def knock_out(session: Session) -> None:
    session.do(commands.toggle_edit, "knock_out", (0, 1))


def type_name(app: App[int], name: str) -> None:
    app.screen.query_one(Input).value = name


async def test_a_page_of_the_run_is_drawn_beside_the_screen(tmp_path: Path) -> None:
    app, output = make_app(), tmp_path / "regression-2.html"
    app.view.session.advance_to(2)
    async with app.run_test() as pilot:
        await press(pilot, "w", "up", "up", "enter")
        await press(pilot, "right")
        assert not output.exists()
        await press(pilot, "w", "up", "up", "enter")
        assert message(app) == "page: the last one is still being drawn"
        await until(pilot, output.exists)
        assert app.view.session.config.learning_rate == 0.2
        with mock.patch("bptui.features.share.dialog.written", side_effect=MemoryError):
            await press(pilot, "escape", "w", "up", "up", "enter")
            await until(pilot, lambda: "can't be written: MemoryError()" in str(shown(app).status.advice))
        await press(pilot, "w", "up", "up", "enter", "q")
        assert "The page was not drawn to its end" in str(shown(app).status.advice)
        await press(pilot, "q")
        assert app.return_code == 0
        assert names(tmp_path) == ["regression-2.html"]
    pages = frames_in(output.read_text())
    assert [page["name"] for page in pages] == ["the start", "epoch 0", "epoch 1", "epoch 2"]


async def test_a_checkpoint_is_saved_under_the_proposed_name(tmp_path: Path) -> None:
    app = make_app()
    app.view.session.advance_to(4)
    async with app.run_test() as pilot:
        await press(pilot, "w")
        assert isinstance(app.screen, AskScreen)
        assert app.screen.query_one(Input).value == "regression-4.bptui"
        await press(pilot, "enter")
        assert not isinstance(app.screen, AskScreen)
        assert shown(app).status.advice == "Saved regression-4.bptui."
    loaded = load(tmp_path / "regression-4.bptui")
    alone = trained(app.view.session.config, 5)
    assert (loaded.network.parameters == alone.network.parameters).all()


async def test_saved_settings_are_read_back(tmp_path: Path) -> None:
    app = make_app(hidden_units=(4, 4), learning_rate=0.3)
    async with app.run_test() as pilot:
        await press(pilot, "w", "down")
        assert app.screen.query_one(Input).value == "regression-0.toml"
        await press(pilot, "enter")
    values = read_settings(tmp_path / "regression-0.toml").of("regression", opened=True)
    assert TrainingConfig.defaults("regression", **values) == app.view.session.config


async def test_a_saved_command_line_makes_the_same_settings(tmp_path: Path) -> None:
    app = make_app(hidden_units=(4, 4), learning_rate=0.3, seed=7)
    async with app.run_test() as pilot:
        await press(pilot, "w", "down", "down", "enter")
    script = (tmp_path / "regression-0.sh").read_text()
    command = script.splitlines()[-1].split()
    assert command[0] == "bptui"
    done = call("config", "show", *command[1:])
    (tmp_path / "shown.toml").write_text(done.out)
    values = read_settings(tmp_path / "shown.toml").of("regression", opened=True)
    assert TrainingConfig.defaults("regression", **values) == app.view.session.config
    assert subprocess.run(["/bin/sh", "-n", tmp_path / "regression-0.sh"], check=False).returncode == 0


@pytest.mark.parametrize("change", [new_seed, change_rate, knock_out])
async def test_a_saved_command_line_says_whether_it_makes_this_run(
    change: Callable[[Session], None], tmp_path: Path
) -> None:
    app = make_app()
    app.view.session.advance_to(4)
    change(app.view.session)
    is_this_run = change is new_seed
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "w", "down", "down")
        label = "command line that makes this run" if is_this_run else "command line: a new run with the last"
        assert label in str(app.screen.query(Static).first().render())
        type_name(app, "a.sh")
        await press(pilot, "enter")
        note = "" if is_this_run else ": a new run with the last settings, not this one"
        assert shown(app).status.advice == f"Saved a.sh{note}."
    assert ("# A new run" in (tmp_path / "a.sh").read_text()) != is_this_run


@pytest.mark.parametrize(("name", "begins"), [("a.svg", "<svg"), ("a.txt", "  1 Regression")])
async def test_a_picture_shows_what_is_below_the_dialog(name: str, begins: str, tmp_path: Path) -> None:
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "w", "up")
        type_name(app, name)
        await press(pilot, "enter")
    text = (tmp_path / name).read_text()
    assert text.startswith(begins)
    assert "checkpoint" not in text


def test_a_picture_is_in_the_format_that_its_name_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = picture_saving([Strip([Segment("x")])])
    assert saving.save("a.svgz") == ""
    assert (tmp_path / "a.svgz").read_text().startswith("<svg")
    problem = saving.save("a.PNG")
    assert (
        (tmp_path / "a.PNG").read_bytes().startswith(SIGNATURE) if not problem else "png" in problem.lower()
    )
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert saving.save("b.png") == "picture: PNG files need an extra: pip install 'bptui[png]'"
    assert not (tmp_path / "b.png").exists()


async def test_a_run_is_exported_and_another_export_asks_before_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bptui.screen.overlays.questions.QUESTION_SECONDS", 0.0)
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "w", "down", "down", "down", "enter")
        how = "check it by python -I regression-0.py"
        assert shown(app).status.advice == f"Saved regression-0.py: {how}."
        await press(pilot, "w", *["down"] * 4)
        type_name(app, "sine.h")
        await press(pilot, "enter", "w", *["down"] * 4)
        type_name(app, "sine.h")
        await press(pilot, "enter")
        assert message(app) == "sine.h exists: enter replaces it."
        await press(pilot, "enter")
    assert runpy.run_path(str(tmp_path / "regression-0.py"))["check"]() == 0
    assert "int model_predict(" in (tmp_path / "sine.h").read_text()


async def test_a_typed_name_stays_when_another_kind_is_chosen() -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "w")
        type_name(app, "mine.bptui")
        await press(pilot, "down", "up")
        assert app.screen.query_one(Input).value == "mine.bptui"
        await press(pilot, "escape")


async def test_saving_asks_before_it_replaces_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.bptui"
    path.write_text("old")
    app = make_app()
    async with app.run_test() as pilot:
        await press(pilot, "w")
        type_name(app, "old.bptui")
        await press(pilot, "enter")
        assert message(app) == "old.bptui exists: enter replaces it."
        assert path.read_text() == "old"
        await press(pilot, "enter")
        assert path.read_text() == "old", "a key held down is no answer"
        monkeypatch.setattr("bptui.screen.overlays.questions.QUESTION_SECONDS", 0.0)
        type_name(app, "another.bptui")
        await rest(pilot)
        type_name(app, "old.bptui")
        await rest(pilot)
        await press(pilot, "enter")
        assert path.read_text() == "old", "the question is asked again after the name has changed"
        await press(pilot, "enter")
        assert not isinstance(app.screen, AskScreen)
    load(path)


async def test_a_name_is_proposed_that_is_free(tmp_path: Path) -> None:
    (tmp_path / "run.bptui").touch()
    (tmp_path / "run-2.bptui").symlink_to("nowhere")
    assert free_name("run", ".bptui") == "run-3.bptui"


async def test_a_file_that_cannot_be_saved_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    app = make_app()
    async with app.run_test() as pilot:
        for name, reason in (
            ("  ", "must be the name of a file"),
            ("pipe", "pipe: is not a regular file"),
            ("a\x1b[31mb", "a\\x1b[31mb: must be a name without control characters"),
            ("[/x]/y", "[/x]/y: can't be written: no such file or directory"),
            ("~nobody-of-this-name/x", "~nobody-of-this-name/x: is not a possible file name"),
        ):
            await press(pilot, "w")
            assert not message(app).endswith(reason)
            type_name(app, name)
            await press(pilot, "enter")
            assert isinstance(app.screen, AskScreen)
            assert message(app).endswith(reason)
            await press(pilot, "escape")
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


async def open_file(app: BptuiApp, pilot: Any, name: str) -> str:
    """Open a file by the palette's command, with the last column of a CSV file as the target.

    Returns:
        What the dialog says if it stays open.
    """
    app.files.open()
    await rest(pilot)
    dialog = app.screen
    type_name(app, name)
    await until(pilot, lambda: app.screen.query_one(FileTree).is_listed)
    await press(pilot, "enter")
    await until(pilot, lambda: not isinstance(app.screen, OpenScreen) or bool(message(app)))
    if isinstance(app.screen, TableScreen):
        await press(pilot, "enter")
        await until(pilot, lambda: not isinstance(app.screen, TableScreen))
    await until(pilot, lambda: isinstance(app.screen, OpenScreen) or not dialog.is_running)
    return message(app) if isinstance(app.screen, OpenScreen) else ""


async def test_a_checkpoint_opens_on_its_tab_and_u_returns() -> None:
    trainer = trained(TrainingConfig.defaults("classification", seed=5), 3)
    save(trainer, "run.bptui")
    app = make_app()
    async with app.run_test() as pilot:
        before = app.tabs.views["classification"].session.config
        assert await open_file(app, pilot, "run.bptui") == ""
        await until(pilot, lambda: app.view.id == app.tabs.bar.active == "classification")
        assert (shown(app).run.epoch, shown(app).run.config.seed) == (2, 5)
        assert shown(app).status.stage is Stage.PAUSED
        assert "Opened run.bptui." in shown(app).status.advice
        await press(pilot, "u")
        assert shown(app).run.config == before


async def test_a_csv_file_opens_on_the_tab_that_it_is_for() -> None:
    Path("numbers.csv").write_text("x,y\n" + "".join(f"{n},{n * n}.5\n" for n in range(20)))
    Path("names.csv").write_text("x,y\n" + "".join(f"{n},{'ab'[n % 2]}\n" for n in range(20)))
    app = make_app()
    async with app.run_test() as pilot:
        assert await open_file(app, pilot, "numbers.csv") == ""
        assert app.view.id == "regression"
        assert shown(app).run.dataset.name.startswith("numbers")
        assert shown(app).status.stage is Stage.RUNNING, "as at the start"
        await press(pilot, "w", "down", "down", "enter")
        [command] = Path().glob("regression-*.sh")
        assert f"--data={Path('numbers.csv').absolute()}" in command.read_text()
        assert await open_file(app, pilot, "names.csv") == ""
        await until(pilot, lambda: app.view.id == "classification")
        assert shown(app).run.dataset.classes == ("a", "b")
        assert (
            "names.csv with settings that suit it (8 tanh, adam 0.01); u undoes it."
            in shown(app).status.advice
        )
        Path("kinds.csv").write_text("x,y\n" + "".join(f"{n},{n % 3}\n" for n in range(20)))
        await press(pilot, "1")
        assert await open_file(app, pilot, "kinds.csv") == ""
        await until(pilot, lambda: app.view.id == "classification")
        assert shown(app).run.dataset.classes == ("0", "1", "2")
        for keys, task in ((("down", "enter"), "regression"), (("enter",), "classification")):
            await press(pilot, "1")
            before = shown(app).run.dataset
            assert await open_file(app, pilot, "kinds.csv --target y") == ""
            await until(pilot, lambda: isinstance(app.screen, ListScreen))
            assert shown(app).run.dataset is before, "nothing is opened before the answer"
            await press(pilot, *keys)
            await rest(pilot)
            assert app.view.id == task
            assert shown(app).status.stage is Stage.RUNNING


async def test_a_file_is_found_in_a_folder_and_a_form_proposes_what_to_learn_from_it() -> None:
    people = "".join(f"{n},{'mf'[n % 2]},{n or ''},N{n}\n" for n in range(20))
    Path("some data").mkdir()
    Path("some data", "people.csv").write_text("row,sex,age,name\n" + people)
    Path("some data", "people.png").touch()
    app = make_app(notes=("told at the start",))
    async with app.run_test(notifications=True) as pilot:
        app.files.open()
        await rest(pilot)
        await until(pilot, lambda: app.screen.query_one(FileTree).is_listed)
        await press(pilot, "down", "up", "enter", *"PEO")
        dialog, tree = app.screen, app.screen.query_one(FileTree)
        await until(pilot, lambda: tree.is_listed)
        assert [str(node.label) for node in tree.root.children] == ["people.csv"]
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        assert str(app.screen.query_one(Static).render()).startswith(
            "sex is the only column of texts and has 2 different values."
        )
        options = app.screen.query_one(DialogOptions)
        assert [str(option.prompt).split() for option in options.options] == [
            ["learn", "classes", "sex"],
            ["empty", "cells", "fill", "in", "the", "mean"],
            ["names", "in", "the", "first", "row", "yes"],
            ["test", "rows", "none", "all", "rows", "train"],
            ["a", "picture", "no", "rows", "x", "columns", "of", "pixels"],
            ["dates", "such", "as", "1/2/24", "as", "it", "is", "found"],
            ["row", "left", "out", "identifies", "the", "rows"],
            ["sex", "target", "m,", "f"],
            ["age", "input", "1,", "2,", "3,", "4"],
            ["name", "left", "out", "has", "20", "different", "texts"],
        ]
        await press(pilot, "escape", "enter")  # the name is still there
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        await press(
            pilot,
            *["down"] * 3,
            "right",
            *["down"] * 3,
            "right",
            "home",
            "down",
            "left",
            "left",
            "end",
            "right",
            "enter",
        )
        await until(pilot, lambda: bool(message(app)))
        assert message(app).endswith(
            "people.csv: name has 20 different texts, age has an empty cell: "
            '"left out" leaves the column out, "empty cells: fill in the mean" fills it, '
            '"empty cells: leave out their rows" leaves its row out'
        )
        await press(pilot, "left", "home", "down", "right", "enter")
        await until(pilot, lambda: app.view.id == "classification" and not dialog.is_running)
        run = shown(app).run
        assert (run.dataset.target, run.dataset.features, run.dataset.classes) == (
            "sex",
            ("row", "age"),
            ("f", "m"),
        )
        assert shown(app).status.advice.startswith(
            "people.csv with settings that suit it (8 tanh, adam 0.01); "
        )
        at_start, opened = notes(app)
        assert at_start.endswith("told at the start")
        assert "1 row of 20 with empty cells left out" in opened
        await press(pilot, "escape")
        assert not notes(app)
        await press(pilot, "w", "down", "down", "enter")
        command = next(Path().glob("classification-*.sh")).read_text()
    assert "--target=2 --header=yes --ignore=4 --missing=drop" in command and "--test-share=0.1" in command


async def test_the_form_names_the_pixels_of_pictures() -> None:
    rows = "".join(
        ",".join(str((n * place) % 9) for place in range(12)) + f",{'ab'[n % 2]}\n" for n in range(9)
    )
    Path("pixels.csv").write_text(rows)
    app = make_app()
    async with app.run_test(size=(80, 30)) as pilot:
        app.push_screen(TableScreen("pixels.csv", outline_of(rows, "pixels.csv"), app.files._take_file))
        await rest(pilot)
        options, sizes = app.screen.query_one(DialogOptions), list[str]()
        await press(pilot, *["down"] * 4)
        for _ in range(5):
            sizes.append(str(options.options[4].prompt).split()[2])
            assert ("left" in str(options.options[6].prompt)) == (len(sizes) == 1), "its margin is always 0"
            await press(pilot, "right")
        assert sizes == ["no", "3x4", "4x3", "2x6", "6x2"]
        await press(pilot, "left", "left", "left", "left", "enter")
        await until(pilot, lambda: app.view.id == "classification" and len(app.screen_stack) == 1)
        dataset = app.view.session.dataset
        assert dataset.picture is not None and dataset.picture[:2] == (3, 4)
        assert dataset.features[-1] == "p2_3"


async def test_the_form_asks_for_the_order_of_dates() -> None:
    rows = "".join(f"0{n % 9 + 1}/0{n % 5 + 1}/2024,{n % 5}.5\n" for n in range(20))
    Path("days.csv").write_text(f"day,price\n{rows}")
    app = make_app()
    async with app.run_test(size=(80, 30)) as pilot:
        app.files.open()
        await rest(pilot)
        await until(pilot, lambda: app.screen.query_one(FileTree).is_listed)
        await press(pilot, *"days.csv", "enter")
        await until(pilot, lambda: isinstance(app.screen, TableScreen))
        options = app.screen.query_one(DialogOptions)
        assert "left out  has dates that may be day/month" in str(options.options[6].prompt)
        await press(pilot, *["down"] * 5, "right")
        assert "day first" in str(options.options[5].prompt)
        assert str(options.options[6].prompt).split()[:2] == ["day", "input"]
        await press(pilot, "enter")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        (column,) = app.view.session.dataset.raw_columns
        assert (column.kind, column.dates) == ("date", "dmy")


async def test_samples_of_a_checkpoint_have_no_command_line() -> None:
    Path("numbers.csv").write_text("x,y\n" + "".join(f"{n},{n * n}.5\n" for n in range(20)))
    app = make_app()
    async with app.run_test() as pilot:
        await open_file(app, pilot, "numbers.csv")
        app.view.session.save(Path("own.bptui"))
        await open_file(app, pilot, "own.bptui")
        await press(pilot, "w", "down", "down", "enter")
        await until(pilot, lambda: "save a checkpoint" in message(app))
        await press(pilot, "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_file_that_cannot_be_opened_is_told_in_one_line() -> None:
    Path("damaged.bptui").write_text("{}")
    Path("wrong.toml").write_text("seed = 'x'\n")
    app = make_app()
    async with app.run_test() as pilot:
        for name, reason in (
            ("missing.bptui", "missing.bptui: there is no such file"),
            ("damaged.bptui", "damaged.bptui: is not a checkpoint"),
            ("wrong.toml", "wrong.toml: seed: must be"),
            ("a\x1b[31m\0.csv", "not a possible file name"),
            ("[/x].csv", "there is no such file"),
        ):
            said = await open_file(app, pilot, name)
            assert reason in said, name
            assert "\n" not in said
            assert "\x1b" not in said
            await press(pilot, "escape")
            assert shown(app).run.config == TrainingConfig.defaults("regression")


def test_a_picture_of_the_command_line_saves_nothing() -> None:
    assert snapshot_parser().prog == "bptui snapshot"
    done = call("snapshot", "regression", "--at", "0", "--press", "w,enter", "--output", "x.txt")
    assert done.status == 2
    assert "got 'w'" in done.complaint

"""Choosing a data set sets the settings that learn it; naming one in a settings file or a sweep does not."""

from __future__ import annotations

import csv
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bpengine import DATASETS, FIELD, TASKS, Task, TrainingConfig
from bpengine.data.csv import load_csv
from bptui.cli.screen import parser, start_settings
from bptui.process.restrictions import RESTRICTED
from bptui.screen.app import BptuiApp
from bptui.session import commands
from bptui.session.saving.kinds import command_text
from bptui.session.session import sessions_of
from bptui.session.snapshot import Stage
from bptui.settings.start_settings import StartSettings
from tests.tui.cli.test_results import from_text
from tests.tui.support.apps import lines, shown
from tests.tui.support.driving import press, until
from tests.tui.support.running import call
from tests.tui.support.sessions import make_session

DATASET, HIDDEN = FIELD["dataset"], FIELD["hidden_units"]
SPIRAL = TrainingConfig.defaults("classification", dataset="spiral", **TrainingConfig.recipe("spiral"))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", DATASETS)
def test_a_choice_sets_all_but_the_data_and_the_seed_and_one_undo_restores_it(name: str) -> None:
    named = DATASETS[name]
    kept: dict[str, Any] = {"seed": 3, "test_share": 0.2, "noise": 0.1, "data_seed": 2}
    other = "sinc" if named.task == "regression" else "circle"
    session = make_session(named.task, dataset=other, hidden_units=5, l2=0.1, momentum=0.5, **kept)
    before = session.config
    session.do(commands.change, DATASET, name)
    after = TrainingConfig.defaults(named.task, dataset=name, **kept | dict(named.recipe))
    if named.recipe:
        after = after.replace(l2=named.recipe.get("l2", 0.003))
    assert session.config == after
    assert session.notice.startswith(f"{name} with {'settings that suit it' if named.recipe else 'default'}")
    assert len(session.notice) <= 78
    assert RESTRICTED.allows(after)
    session.do(commands.change, DATASET, name)
    assert "current value" in session.notice
    session.do(commands.change, HIDDEN, (4,))
    session.do(commands.change, DATASET, name)  # which sets them again
    assert session.config == after
    for _ in range(3):
        session.do(commands.undo)
    assert session.config == before


def test_a_data_set_chosen_with_noise_holds_out_a_share_and_takes_a_penalty() -> None:
    def taken(config: TrainingConfig) -> tuple[float, float]:
        return config.test_share, config.l2

    for words, expected in (
        ("circle --noise=0.2", (0.25, 0.003)),
        ("hills --noise=0.1 --l2=0.01", (0.25, 0.01)),
        ("circle --noise=0.2 --l2=0 --test-share=none", (0, 0)),
        ("circle", (0, 0)),
        ("sine --noise=0.2", (0, 0)),
        ("regression --noise=0.2", (0, 0)),
    ):
        configs = start_settings(parser().parse([*words.split(), "--no-state"])).configs
        assert expected in map(taken, configs.values()), words
    session = make_session("classification", noise=0.2)
    session.do(commands.change, DATASET, "circle")
    assert taken(session.config) == (0.25, 0.003)
    session.do(commands.change, FIELD["noise"], 0.0)
    assert taken(session.config) == (0.25, 0.003)
    session.do(commands.change, DATASET, "xor")
    assert taken(session.config) == (0.25, 0)
    session.do(commands.change, FIELD["noise"], 0.1)
    assert taken(session.config) == (0.25, 0)


def test_a_table_begins_with_what_suits_its_size_and_a_settings_file_does_not(tmp_path: Path) -> None:
    few, many = ("".join(f"{row % 7},{row * row % 11 + 0.5}\n" for row in range(rows)) for rows in (60, 1300))
    Path("few.csv").write_text(f"x,y\n{few}")
    Path("many.csv").write_text(f"x,y\n{many}")
    Path("run.toml").write_text('task = "regression"\ndata = "few.csv"\n')

    def opened(*words: str) -> StartSettings:
        return start_settings(parser().parse([*words, "--no-state"]))

    suits = {"hidden_units": (8,), "initializer": "xavier", "batch_size": 0, "l2": 0.02, "epochs": 301}
    larger = {"hidden_units": (20,), "initializer": "he", "activation": ("relu",)}
    suits_many = larger | {"batch_size": 32, "l2": 0.0005, "epochs": 98}
    for words, expected in ((("few.csv",), suits), (("--data", "many.csv"), suits_many)):
        config = opened(*words).configs["regression"]
        assert {name: getattr(config, name) for name in expected} == expected
    held_out = [opened("many.csv", *words) for words in ((), ("--test-share=none",), ("--test-share=0.5",))]
    assert [start.configs["regression"].test_share for start in held_out] == [0.25, 0.0, 0.5]
    assert [start.configs["regression"].l2 for start in held_out] == [0.0005, 0.0004, 0.0008]
    assert [len(start.notes) for start in held_out] == [1, 0, 0]
    assert (
        held_out[0].notes[0].startswith("25 % of the 1300 rows are held out for the test: --test-share none")
    )
    assert opened("few.csv").configs["regression"].test_share == 0
    Path("other.toml").write_text('task = "regression"\ntest_share = 0.1\n')
    assert opened("many.csv", "--config=other.toml").configs["regression"].test_share == 0.1
    Path("named.toml").write_text('task = "regression"\ndata = "many.csv"\n')
    assert opened("named.toml").configs["regression"].test_share == 0
    assert opened("few.csv", "--hidden", "3").configs["regression"].hidden_units == (3,)
    assert opened("run.toml").configs["regression"] == TrainingConfig()
    start = opened("few.csv")
    session = sessions_of(start)["regression"]
    assert session.notice == "few.csv with settings that suit it (8 tanh, adam 0.01)."
    assert sessions_of(opened("spiral", "--hidden", "3"))["classification"].notice == (
        "spiral with your settings, and others that suit it (3 tanh, adam 0.01)."
    )
    flags = shlex.split(command_text(session, {"data": "few.csv"}).splitlines()[-1])[1:]
    assert {"--optimizer=adam", "--l2=0.02", "--batch-size=all"} <= {*flags}
    session.open(opened("many.csv").trainer("numpy"), "many.csv", suited=True)
    session.do(commands.undo)
    assert session.config == start.configs["regression"]


def test_few_whole_numbers_may_be_classes() -> None:
    rows = "".join(f"{row},{row % 3}\n" for row in range(30))
    Path("kinds.csv").write_text(f"x,kind\n{rows}")
    Path("wide.csv").write_text(f"x,size\n{rows.replace(',', ',7')}9,0\n")
    told = "kinds.csv: kind has 3 different whole numbers, predicted as a number: for classes, "
    assert (
        f"{told}bptui train classification --data kinds.csv" in call("train", "kinds.csv", "--epochs=1").err
    )
    assert call("train", "regression", "--data=kinds.csv", "--epochs=1").err == "", "the user has said it"
    start = start_settings(parser().parse(["kinds.csv", "--no-state"]))
    assert start.as_classes is not None
    classes = start.as_classes()
    assert isinstance(classes, StartSettings)
    assert (classes.start, classes.as_classes) == ("classification", None)
    assert not load_csv("kinds.csv", "classification").whole_numbers
    assert load_csv("wide.csv", "regression").whole_numbers == 4


@pytest.mark.parametrize(("keys", "task"), [("enter", "classification"), ("escape", "regression")])
async def test_nothing_trains_before_few_whole_numbers_are_said_to_be_classes(keys: str, task: Task) -> None:
    rows = "".join(f"{row},{row % 3}\n" for row in range(30))
    Path("kinds.csv").write_text(f"x,kind\n{rows}")
    app = BptuiApp(start_settings(parser().parse(["kinds.csv", "--no-state"])))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+p")
        assert any("3 different whole numbers: classes, or a number?" in row for row in lines(app)), "still"
        assert shown(app).status.stage is Stage.READY
        await press(pilot, keys)
        await until(pilot, lambda: app.tabs.opened == task and shown(app).status.stage is Stage.RUNNING)
        await press(pilot, "space", "i", "escape", "escape", "escape")
        assert not app.view.session.document.what_if, "esc has ended it"
        assert "No lesson" not in lines(app)[-2]


def test_the_engine_s_defaults_have_no_recipe() -> None:
    assert not DATASETS["sine"].recipe
    assert not DATASETS["sine-border"].recipe
    defaults = {task: TrainingConfig.defaults(task) for task in TASKS}
    for name, named in DATASETS.items():
        with_name = TrainingConfig.defaults(named.task, dataset=name)
        assert with_name == defaults[named.task].replace(dataset=name)


@pytest.mark.parametrize("word", [("spiral",), ("--dataset", "spiral")])
def test_a_flag_applies_it_and_what_the_user_wrote_wins(word: tuple[str, ...]) -> None:
    def opened(*flags: str) -> TrainingConfig:
        return start_settings(parser().parse([*word, *flags, "--no-state"])).configs["classification"]

    assert opened() == SPIRAL
    assert opened("--hidden", "4", "--optimizer", "sgd") == SPIRAL.replace(hidden_units=(4,), optimizer="sgd")
    Path("run.toml").write_text('hidden_units = 3\n[classification]\ndataset = "moons"\nepochs = 9\n')
    assert opened("--config", "run.toml") == SPIRAL.replace(hidden_units=(3,), epochs=9)


def test_a_settings_file_and_an_axis_mean_the_samples_only() -> None:
    Path("run.toml").write_text('dataset = "spiral"\n')
    start = start_settings(parser().parse(["--config", "run.toml", "--no-state"]))
    assert start.configs["classification"] == TrainingConfig.defaults("classification", dataset="spiral")
    flags = ("--epochs", "2", "--starts", "1", "--format", "csv")
    axis = call("sweep", "classification", "--vary", "dataset=spiral", *flags)
    of_file = call("sweep", "--config", "run.toml", "--vary", "seed=0", *flags)
    of_flag = call("sweep", "--dataset", "spiral", "--vary", "seed=0", *flags)
    on_axis, from_file, by_flag = (
        next(csv.DictReader(done.out.splitlines()))["error"] for done in (axis, of_file, of_flag)
    )
    assert on_axis == from_file != by_flag


def test_the_command_line_of_a_run_does_not_depend_on_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session("classification", seed=4, hidden_units=5)
    session.do(commands.change, DATASET, "spiral")
    session.do(commands.change, FIELD["optimizer"], "sgd")  # a default that the recipe changes
    session.do(commands.change, FIELD["epochs"], 3)
    session.do(commands.change, FIELD["report_interval"], 1)
    words = shlex.split(command_text(session, {}).splitlines()[-1])[1:]
    shown, trained = call("config", "show", *words), call("train", *words)
    monkeypatch.setitem(DATASETS, "spiral", replace(DATASETS["spiral"], recipe={}))
    assert (call("config", "show", *words), call("train", *words)) == (shown, trained)
    Path("shown.toml").write_text(shown.out)
    assert call("train", "--config", "shown.toml") == trained
    session.advance_to(3)
    assert [each.error for each in from_text(trained)] == [
        each.error for each in session.snapshot().run.reports
    ]


def test_the_command_line_of_a_function_names_no_data_set() -> None:
    session = make_session("classification")
    session.do(commands.change, DATASET, "spiral")
    session.do(commands.learn, "x*y > 0.1")
    words = shlex.split(command_text(session, {}).splitlines()[-1])[1:]
    assert "--dataset" not in " ".join(words)
    assert call("config", "show", *words).status == 0

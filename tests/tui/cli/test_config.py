"""Settings files on the command line: runs use them, flags override them, and `bptui config` writes them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bpengine import FIELDS, TASKS, Task, TrainingConfig
from bptui.commands import change_keys
from bptui.settings.writing import template
from tests.tui.cli.test_results import SETTINGS, from_text
from tests.tui.support.running import Done, call, flags_of, names, run

SHORT = ("--epochs", "3", "--interval", "1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown(*arguments: str) -> dict[str, Any]:
    """What `bptui config show` prints."""
    done = call("config", "show", *arguments)
    assert (done.status, done.err) == (0, "")
    return tomllib.loads(done.out)


def plain(value: object) -> object:
    """The value as TOML reads it."""
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_each_flag_sets_its_own_hyperparameter(field: Any) -> None:
    changes = {"hidden_units": (4, 3), field.name: (SETTINGS | {"dataset": "hills"})[field.name]}
    table = shown("regression", *flags_of(changes))["regression"]
    config = TrainingConfig(**(TrainingConfig.recipe("hills") if field.name == "dataset" else {}) | changes)
    assert table == {each.name: plain(getattr(config, each.name)) for each in FIELDS}


@pytest.mark.parametrize("task", TASKS)
def test_settings_that_are_shown_give_the_same_settings_again(task: Task) -> None:
    dataset = {"regression": "noisy-sine", "classification": "circle"}[task]
    flags = (*flags_of(SETTINGS | {"dataset": dataset}), "--theme", "dracula")
    first = call("config", "show", task, *flags)
    Path("run.toml").write_text(first.out)
    assert call("config", "show", task, "--config", "run.toml") == first
    assert call("config", "show", "--config", "run.toml").out.startswith(first.out.partition("[")[0])
    assert call("train", "--config", "run.toml") == call("train", task, *flags[:-2])


def test_keys_are_shown_written_and_pressed() -> None:
    Path("run.toml").write_text('[keys]\nmore = ";"\ntoggle_log = ["f5", "F"]\nless = "L"')
    keys = {"more": ";", "toggle_log": ["f5", "F"], "less": "L"}
    assert shown("--config", "run.toml")["keys"] == keys
    picture = ("snapshot", "regression", "--config", "run.toml", "--at", "0", "--output", "x.txt", "--press")
    try:
        assert call(*picture, ";,;,f5,L") == Done(0, "", "")
        text = Path("x.txt").read_text(encoding="utf-8")
        assert "linear (f5)" in text
        assert "settings ↑↓ L/;" in text
        assert "‹0.2›" in text
        assert "must be keys among " in call(*picture, "right").complaint
    finally:
        change_keys({})


def test_config_show_without_a_task_shows_both() -> None:
    content = shown()
    assert content.keys() == {"task", *TASKS}
    assert content["task"] == "regression"
    for task in TASKS:
        defaults = TrainingConfig.defaults(task)
        assert content[task] == {field.name: plain(getattr(defaults, field.name)) for field in FIELDS}


def test_flags_override_the_file_and_the_file_overrides_the_defaults() -> None:
    Path("run.toml").write_text("seed = 7\n[classification]\nseed = 8\nepochs = 40\n")
    content = shown("--config", "run.toml", "--seed", "9")
    assert (content["regression"]["seed"], content["regression"]["epochs"]) == (9, 2001)
    assert (content["classification"]["seed"], content["classification"]["epochs"]) == (8, 40)
    assert shown("classification", "--config", "run.toml", "--seed=9")["classification"]["seed"] == 9
    Path("screen.toml").write_text('theme = "light"\nascii = true\nfps = 3\n')
    content = shown("regression", "--config", "screen.toml", "--fps", "5")
    assert (content["theme"], content["ascii"], content["fps"]) == ("light", True, 5)


@pytest.mark.parametrize(
    ("text", "flags", "task"),
    [
        ('task = "classification"', (), "classification"),
        ('dataset = "moons"', (), "classification"),
        ('task = "classification"', ("--dataset", "hills"), "regression"),
        ('task = "classification"\ndataset = "hills"', (), "classification"),
        ('task = "regression"', ("classification",), "classification"),
        ("", ("--dataset", "xor"), "classification"),
        ("", (), None),
    ],
)
def test_the_task_comes_from_the_command_line_then_from_the_file(
    text: str, flags: tuple[str, ...], task: Task | None
) -> None:
    Path("run.toml").write_text(text)
    assert shown("--config", "run.toml", *flags)["task"] == task or "regression"
    done = call("train", "--config", "run.toml", *flags, *SHORT)
    assert done.status == (0 if task else 2)
    if task:
        Path("shown.toml").write_text(call("config", "show", task, "--config", "run.toml", *flags).out)
        assert from_text(done) == from_text(call("train", task, "--config", "shown.toml", *SHORT))
    else:
        assert "required: TASK|DATASET|FILE" in done.complaint


def shown_dataset(*flags: str) -> list[str]:
    content = shown("--config", *flags)
    return ["--dataset", content[content["task"]]["dataset"]]


def test_the_screen_and_the_snapshot_take_the_settings_file() -> None:
    Path("run.toml").write_text('task = "classification"\nseed = 77\ntheme = "nope"\n')
    done = call("snapshot", "--config", "run.toml", "--at", "0", "--output", "x.txt")
    assert done.status == 2
    assert "run.toml: theme: must be dark, " in done.complaint
    assert done.complaint.endswith(", got 'nope'")
    Path("run.toml").write_text('task = "classification"\nseed = 77\ntheme = "dracula"\n')
    assert call("snapshot", "--config", "run.toml", "--at", "0", "--output", "x.txt") == Done(0, "", "")
    assert "seed 77" in Path("x.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "flags", "told"),
    [
        (
            'activation = ["tanh", "relu"]',
            (),
            "run.toml: activation: must be 1 name for 1 hidden layer",
        ),
        ("", ("--dataset", "xor"), "plane or hills for regression, got 'xor'"),
    ],
)
def test_bad_settings_files_are_refused_in_one_line(text: str, flags: tuple[str, ...], told: str) -> None:
    Path("run.toml").write_text(text)
    for command in ("train", "config show"):
        done = call(*command.split(), "regression", "--config", "run.toml", *flags)
        assert (done.status, done.out) == (2, "")
        assert told in done.complaint
        assert len(done.complaint) < 300


def test_init_writes_the_template_and_overwrites_nothing(folder: Path) -> None:
    assert call("config", "init") == Done(0, "", "")
    assert Path("bptui.toml").read_text(encoding="utf-8") == template()
    assert call("config", "init", "other.toml") == Done(0, "", "")
    Path("other.toml").write_text("mine")
    done = call("config", "init", "other.toml")
    assert (done.status, done.out) == (2, "")
    assert "argument FILE: other.toml: already exists" in done.complaint
    assert Path("other.toml").read_text() == "mine"
    assert names(folder) == ["bptui.toml", "other.toml"]
    assert shown("--config", "bptui.toml") == shown()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("config", "required: show|init"),
        ("config nope", "invalid choice: 'nope'"),
        ("config init missing/x.toml", "there is no folder 'missing'"),
        ("config init .", "is a folder"),
        ("config init a.toml b.toml", "b.toml"),
        ("config show --seed x", "bptui config show: error: argument --seed: must be a whole number"),
        ("config show --theme nope", "argument --theme: must be dark, "),
        ("config show --paused", "--paused"),
    ],
)
def test_bad_use_of_config_is_refused_in_one_line(arguments: str, told: str) -> None:
    done = call(*arguments.split())
    assert (done.status, done.out) == (2, "")
    assert told in done.complaint


def test_config_show_is_the_same_in_other_encodings() -> None:
    done = run("config", "show", variables={"PYTHONIOENCODING": "ascii"})
    assert (done.status, done.err) == (0, "")
    assert tomllib.loads(done.out) == shown()


@pytest.mark.parametrize("action", ["show", "init"])
def test_each_action_of_config_has_a_usage_of_its_own(action: str) -> None:
    assert call("config", action, "--help").lines[0].startswith(f"usage: bptui config {action} [")
    assert call("config", action, "--help").lines[0].count("init") == (action == "init")

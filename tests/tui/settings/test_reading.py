"""Settings files: every key is read, written and refused as `FIELDS` and `OPTIONS` describe it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpengine import FIELD, FIELDS, TASKS, ConfigError, Task, TrainingConfig
from bpengine.files import MAX_TOML
from bptui.settings.options import FIELDS_BY_SUBJECT, OPTIONS
from bptui.settings.reading import SettingsFile, read_settings
from bptui.settings.writing import template, toml_of, written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run.toml"


def read(file: Path, text: str) -> SettingsFile:
    file.write_text(text, encoding="utf-8")
    return read_settings(file)


def refusal(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_settings(file)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 600
    assert line.startswith(f"{file}: ")
    return line.removeprefix(f"{file}: ")


def test_every_hyperparameter_is_listed_once() -> None:
    listed = [field.name for fields in FIELDS_BY_SUBJECT.values() for field in fields]
    assert sorted(listed) == sorted(field.name for field in FIELDS)
    assert list(FIELDS_BY_SUBJECT) == ["data set", "network", "training", "length and reports"]
    assert FIELDS[0].name == "dataset"


def test_the_template_sets_nothing(file: Path) -> None:
    settings = read(file, template())
    assert settings.top == {}
    assert settings.tables == {"regression": {}, "classification": {}}


def test_the_template_without_its_marks_sets_the_defaults(file: Path) -> None:
    text = re.sub(r"^#(?=\w)", "", template(), flags=re.MULTILINE)
    settings = read(file, text)
    for task in TASKS:
        values = settings.of(task, opened=False)
        assert values.keys() == {field.name for field in FIELDS} - {"features"}, (
            "the names in one task's data"
        )
        assert TrainingConfig.defaults(task, **values) == TrainingConfig.defaults(task)
    assert {option.name for option in OPTIONS} <= settings.top.keys()


CONFIGS: dict[Task, dict[str, Any]] = {
    "regression": {"hidden_units": (8, 4), "activation": ("tanh", "leaky-relu"), "features": ("a,b", "é**2")},
    "classification": {
        "dataset": "moons",
        "hidden_units": (),
        "batch_size": 0,
        "clip": 0.1 + 0.2,
        "seed": 2**32 - 1,
    },
}


def test_written_settings_are_read_back(file: Path) -> None:
    configs = {task: TrainingConfig.defaults(task, **CONFIGS[task]) for task in TASKS}
    data = {"data": '/far/"a\\b"\n\x7f.csv', "target": "2", "ignore": ("a,b", "é"), "header": False}
    tables: dict[Task, Any] = {
        "regression": (configs["regression"], data),
        "classification": (configs["classification"], {}),
    }
    settings = read(file, written({"task": "classification", "theme": "x"}, tables, {}))
    assert settings.top == {"task": "classification", "theme": "x"}
    for task in TASKS:
        values = settings.of(task, opened=True)
        own = {name: values.pop(name) for name in data if name in values}
        assert TrainingConfig.defaults(task, **values) == configs[task]
        assert own == (data if task == "regression" else {})


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans() | st.floats(0, 1e9))
def test_literals_are_what_toml_reads(value: object) -> None:
    assert tomllib.loads(f"value = {toml_of(value)}") == {"value": value}


def test_settings_apply_to_the_tasks_of_their_tables(file: Path) -> None:
    settings = read(
        file,
        'epochs = 7\ndataset = "xor"\ndata = "d.csv"\nbatch_size = "all"\nhidden_units = 5\n'
        '[regression]\nepochs = 9\n[classification]\nfeatures = [1, "b"]\ntarget = 3\n',
    )
    common = {"batch_size": 0, "hidden_units": (5,)}
    assert settings.of("regression", opened=False) == common | {"epochs": 9}
    assert settings.of("classification", opened=True) == common | {
        "epochs": 7,
        "dataset": "xor",
        "data": str(file.parent / "d.csv"),
        "features": ("1", "b"),
        "target": "3",
    }


@pytest.mark.parametrize(
    "line",
    [
        *('learning_rate = "0.1"', "learning_rate = true", "learning_rate = nan", "learning_rate = -1"),
        *("learning_rate = [0.1]", "learning_rate = 2026-11-25", "epochs = 1.0", f"seed = {9**30}"),
        *("hidden_units = [3, 0]", "hidden_units = {a = 1}", 'activation = ["tanh", 1]', "optimizer = 3"),
    ],
)
@pytest.mark.parametrize("table", ["", "classification"])
def test_a_bad_value_of_a_hyperparameter_in_a_file_is_refused(file: Path, line: str, table: str) -> None:
    name = line.partition(" ")[0]
    file.write_text(f"[{table}]\n{line}" if table else line)
    where = f"{table}.{name}" if table else name
    assert refusal(file).startswith(f"{where}: must be {FIELD[name].allowed}, got ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('task = "sine"', "task: must be regression or classification, got 'sine'"),
        ("task = 1", "task: must be regression or classification, got '1'"),
        ('kernel = "numpy"', "there is no setting 'kernel'"),
        ("fps = 31", "fps: must be a whole number from 1 to 30, got '31'"),
        ('fps = "3"', "fps: must be a whole number from 1 to 30, got '3'"),
        ("ascii = 1", "ascii: must be true or false, got '1'"),
        ("theme = 1", "theme: must be dark, light, high-contrast, projector, ansi or "),
        ("data = 1", "data: must be the name of a CSV file, got '1'"),
        ('data = ""', "data: must be the name of a CSV file, got ''"),
        ("ignore = []", "ignore: must be columns, by name or by position from 1, got ''"),
        ("features = [1.5]", "features: must be names of inputs and formulas such as"),
        ("target = 0", "target: must be a column, by name or by position from 1, got '0'"),
        ('header = "maybe"', "header: must be yes or no (in a settings file true or false), got 'maybe'"),
        ("header = 1", "header: must be yes or no (in a settings file true or false), got '1'"),
        ("regression = 1", "regression: must be a table, [regression], got '1'"),
        ('[regression]\ntask = "regression"', "regression.task: must stand above the tables"),
        ("learning-rate = 1", "there is no setting 'learning-rate'; did you mean learning_rate?"),
        ("hidden = 1", "there is no setting 'hidden'; did you mean hidden_units?"),
        ("interval = 1", "there is no setting 'interval'; did you mean report_interval?"),
        ("Epoch = 1", "there is no setting 'Epoch'; did you mean epochs?"),
        ("[regresion]\nepochs = 1", "there is no setting 'regresion'; did you mean regression?"),
        ("[regression]\nepoch = 1", "regression: there is no setting 'epoch'; did you mean epochs?"),
        ("xyzzy = 1", "there is no setting 'xyzzy'"),
        ('"a\\nb" = 1', "there is no setting 'a\\nb'"),
        (f"{'x' * 5000} = 1", "there is no setting 'xxx"),
        ("epochs = 1\nepochs = 2", "is not TOML: "),
        ("seed = 1\nepochs =", "is not TOML: Invalid value (at line 2)"),
        ("seed = 1\n\nepochs 5", "is not TOML: Expected '=' after a key in a key/value pair (at line 3"),
        (f"seed = {'9' * 5000}", "has a huge number"),
        (f"seed = {'[' * 50_000}", "is nested too deeply"),
    ],
)  # fmt: skip
def test_a_bad_settings_file_is_refused_with_its_place(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    assert refusal(file).startswith(told)


def test_files_that_are_no_text_are_refused(file: Path) -> None:
    assert refusal(file) == "there is no such file"
    file.write_bytes(b"seed = 1\n# \xff\n")
    assert refusal(file) == "is not UTF-8 text (at line 2)"
    file.write_bytes(b"#" * (MAX_TOML + 1))
    assert refusal(file) == "is too large: the limit is 250 kB"
    file.unlink()
    file.mkdir()
    assert refusal(file) == "is a folder, not a file"


@pytest.mark.parametrize("text", ["", "\ufeffseed = 1", "seed = 1\r\n# é\r\n"])
def test_settings_files_of_other_editors_are_read(file: Path, text: str) -> None:
    assert read(file, text).top in ({}, {"seed": 1})

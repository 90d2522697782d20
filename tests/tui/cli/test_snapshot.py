"""`bptui snapshot`: the screen of an epoch, with the same bytes every time and everywhere."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pytest

from bpengine import FIELD, TASKS, Task, TrainingConfig
from bpwords.numbers import error_text
from tests.engine.processors import optional_features
from tests.tui.support.running import Done, call, flags_of, reports, run

SPIRAL = (
    *("classification", "--dataset", "spiral", "--hidden", "8,8", "--activation", "tanh"),
    *("--init-scale", "0.5", "--initializer", "normal", "--optimizer", "sgd", "--learning-rate", "0.1"),
    *("--batch-size", "1", "--at", "12"),
)
"""A run that would show another last bit of any sum."""
CLOUD = ("regression", "--samples", "12", "--at", "8", "--press", "n")
ENVIRONMENTS: list[tuple[tuple[str, ...], dict[str, str]]] = [
    (
        SPIRAL,
        {
            "PYTHONHASHSEED": "1",
            "TZ": "Asia/Tokyo",
            "LC_ALL": "C",
            "TERM": "dumb",
            "COLUMNS": "200",
            "LINES": "60",
            "FORCE_COLOR": "1",
            "COLORTERM": "truecolor",
            "TEXTUAL_THEME": "dracula",
            "OPENBLAS_CORETYPE": "Haswell",
            "OPENBLAS_NUM_THREADS": "2",
            "NPY_DISABLE_CPU_FEATURES": optional_features(),
            "NUMBA_DISABLE_JIT": "1",
        },
    ),
    (
        CLOUD,
        {
            "PYTHONHASHSEED": "2",
            "NO_COLOR": "1",
            "TEXTUAL_ANIMATIONS": "none",
            "OPENBLAS_CORETYPE": "Nehalem",
            "NPY_DISABLE_CPU_FEATURES": optional_features(),
        },
    ),
]
"""Pictures, and what may differ where they are written."""


def snapshot(path: Path, task: Task, *flags: str) -> Done:
    """Write a snapshot in this process."""
    return call("snapshot", task, *flags, "--output", str(path))


@cache
def expected(suffix: str) -> bytes:
    """The bytes that should be written: those of this process, which has another hash seed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"picture{suffix}"
        assert snapshot(path, "regression", "--at", "20") == Done(0, "", "")
        return path.read_bytes()


@pytest.mark.parametrize(("flags", "variables"), ENVIRONMENTS)
def test_a_process_in_another_environment_writes_the_same_bytes(
    flags: tuple[str, ...], variables: dict[str, str], tmp_path: Path
) -> None:
    here, there = tmp_path / "here.svg", tmp_path / "there.svg"
    assert call("snapshot", *flags, "--output", str(here)) == Done(0, "", "")
    assert run("snapshot", *flags, "--output", str(there), variables=variables) == Done(0, "", "")
    assert there.read_bytes() == here.read_bytes()


@pytest.mark.parametrize(("task", "at"), [("regression", 0), ("regression", None), ("classification", 7)])
def test_a_snapshot_shows_the_epoch_and_the_reports_until_then(
    task: Task, at: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "picture.txt"
    flags = ("--epochs", "21", "--interval", "10", "--press", "m", *(() if at is None else ("--at", str(at))))
    assert snapshot(path, task, *flags) == Done(0, "", "")
    text = path.read_text(encoding="utf-8")
    epoch = 20 if at is None else at
    state = "finished" if epoch == 20 else "paused"
    config = TrainingConfig.defaults(task, epochs=epoch + 1, report_interval=1)
    last = reports(config)[-1]
    status = re.search(rf"{state} +epoch +(\d+)/21 +epoch error (\S+)", text)
    assert status
    assert status.groups() == (str(epoch), error_text(last.error))
    table = re.findall(r" (\d+) +(\d\.[\d.]*(?:e-?\d+)?)(?: +[+-][\d.]+%)?$", text, re.MULTILINE)
    records = reports(config.replace(report_interval=10))
    assert table == [(str(record.epoch), error_text(record.error)) for record in records]


@pytest.mark.parametrize("task", TASKS)
def test_a_snapshot_shows_the_settings_of_its_flags(task: Task, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    values: dict[str, Any] = {"hidden_units": (4,), "learning_rate": 0.03, "init_scale": 0.7}
    values |= {"epochs": 33, "report_interval": 8, "seed": 123}
    flags = flags_of(values)
    assert snapshot(path, task, *flags, "--at", "8").status == 0
    text = path.read_text(encoding="utf-8")
    for name, value in values.items():
        field = FIELD[name]
        assert re.search(rf"{field.label} +{field.symbol} +‹?{field.format(value)}\b", text)
    config = TrainingConfig.defaults(task, **values | {"epochs": 9})
    assert error_text(reports(config)[-1].error) in text


@pytest.mark.parametrize("size", ["60x18", "", "400x200"])
def test_the_file_has_the_size_that_was_asked_for(size: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    flags = ("--size", size) if size else ()
    assert snapshot(path, "regression", "--at", "0", *flags).status == 0
    lines = path.read_text(encoding="utf-8").split("\n")
    columns, rows = map(int, (size or "100x30").split("x"))
    assert lines.pop() == ""
    assert len(lines) == rows
    assert columns - 10 < max(map(len, lines)) <= columns
    assert "needs" not in "".join(lines)


def test_a_snapshot_shows_divergence(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    done = snapshot(path, "regression", "--learning-rate", "10")
    assert (done.status, done.out) == (1, "")
    assert "diverged in epoch 2 at sample" in done.complaint
    assert done.complaint.endswith("the numbers grew without bound"), "without keys"
    text = path.read_text(encoding="utf-8")
    assert re.search(r"diverged +epoch +2/2001", text)
    assert "Diverged in epoch 2" in text


def test_an_epoch_before_the_divergence_is_shown_without_an_error(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    assert snapshot(path, "regression", "--learning-rate", "10", "--at", "1") == Done(0, "", "")
    assert re.search(r"paused +epoch +1/2001", path.read_text(encoding="utf-8"))


def test_the_picture_is_an_image_of_the_text() -> None:
    root = ElementTree.fromstring(expected(".svg"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    shown = "".join("".join(root.itertext()).split())
    text = expected(".txt").decode()
    for line in text.splitlines()[1:-2]:
        letters = re.sub("[\\s\u2500-\u257f\u2580-\u259f\u2800-\u28ff]", "", line)  # the rest are shapes
        assert letters in re.sub("[\u2500-\u257f]", "", shown)
    assert "bptui" in shown


def test_themes_change_the_colors_of_a_snapshot(tmp_path: Path) -> None:
    pictures = {expected(".svg")}
    for theme in ("light", "dracula"):
        path = tmp_path / f"{theme}.svg"
        assert snapshot(path, "regression", "--at", "20", "--theme", theme) == Done(0, "", "")
        pictures.add(path.read_bytes())
    assert len(pictures) == 3


def test_a_snapshot_presses_keys_before_the_screen_is_written(tmp_path: Path) -> None:
    path = tmp_path / "parts.txt"
    done = call("snapshot", "regression", "--at", "50", "--press", "v,L", "--output", str(path))
    assert done.status == 0, done.err
    text = path.read_text()
    assert "parts (v): ━ network = 1+2+3 + b bias" in text
    assert "linear (L)" in text


@pytest.mark.parametrize("keys", ["y", "v,,v", "space", "q", "v;L"])
def test_unknown_keys_and_keys_that_let_time_pass_are_errors(keys: str, tmp_path: Path) -> None:
    done = call("snapshot", "regression", "--press", keys, "--output", str(tmp_path / "x.svg"))
    assert done.status == 2
    assert "argument --press: " in done.complaint
    assert not (tmp_path / "x.svg").exists()


def test_the_palette_can_be_drawn_and_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "palette.txt"
    for keys, shown in (("ctrl+p", "Run or pause the training"), ("ctrl+p,l,o,s,s", "error panel")):
        assert snapshot(path, "regression", "--at", "5", "--size", "80x24", "--press", keys) == Done(
            0, "", ""
        )
        assert shown in path.read_text(encoding="utf-8")
    done = snapshot(path, "regression", "--at", "5", "--press", "ctrl+p,s,a,v,e,down,enter")
    assert (done.status, done.out) == (2, "")
    assert done.complaint.endswith("enter is not possible after the palette was opened")

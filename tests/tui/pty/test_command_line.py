"""The command line on a terminal."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bpengine import FIELDS
from bpengine.fields import ChoiceField, NamesField
from bptui.lessons.library import SHIPPED
from bpwords import columns
from tests.tui.support.running import ENDLESS, call
from tests.tui.support.terminal import BPTUI, CTRL_C, Terminal, bptui

KINDS = (ChoiceField, NamesField)
LESSONS = {path.stem for path in SHIPPED.glob("*.toml")}
CHOICES = {name for field in FIELDS if isinstance(field, KINDS) for name in field.helps}
NAMES = LESSONS | CHOICES | {"NumPy", "numba", "pip", "install", "bptui", "lessons"}
NAMES |= {"RMSE", "RUN", "ROWS", "END", "dropout", "off"}
"""What is the same in every language."""


@pytest.mark.parametrize("plumbing", ["</dev/null", "| cat", "2>&1 | cat"])
def test_the_screen_needs_all_three_streams_on_a_terminal(plumbing: str) -> None:
    script = f'{{ "$@"; echo "status $?" >/dev/tty; }} {plumbing}'
    with Terminal("/bin/sh", "-c", script, "sh", *BPTUI, columns=140) as terminal:
        terminal.wait_for_text("status")
        terminal.wait_for_exit()
        terminal.wait_for_text("bptui: error: the screen needs a terminal;", "status 2")
        assert len(list(filter(None, terminal.lines))) == 2
        assert not terminal.left_on()


def test_train_prints_a_table() -> None:
    with bptui("train", "regression", "--epochs", "401") as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for(lambda: table(terminal)[-1:] == [400], "the table")
        assert table(terminal) == [0, 200, 400]
        terminal.wait_for_text(
            "outcome       all epochs completed", "epochs        401 of 401", "RMSE", "(63 samples)"
        )
        assert not terminal.left_on()


def test_train_interrupted_prints_what_was_trained() -> None:
    with bptui("train", "regression", *ENDLESS, "--interval", "1000000") as terminal:
        terminal.wait_for(lambda: re.search(r"epoch +[1-9]\d*/100000000", terminal.text), "progress")
        terminal.send(CTRL_C)
        assert terminal.wait_for_exit() == 130
        terminal.wait_for_text("bptui train: interrupted after")
        done = re.search(r"interrupted after (\d+) of 100000000 epochs", terminal.text)
        assert done
        reported = sorted({0, int(done[1]) - 1})  # one row if the first epoch was the last
        terminal.wait_for(lambda: table(terminal) == reported, f"the table with epochs {reported}")
        assert not terminal.left_on()
        assert terminal.modes() == terminal.modes_before


def test_the_commands_say_everything_at_a_terminal_in_the_language_of_the_user(tmp_path: Path) -> None:
    train = "train regression --epochs 9 --test-share 0.2 --save run.bptui --describe"
    commands = (
        train,
        "predict run.bptui 0.3 --starts 2",
        "predict run.bptui a.csv",
        "importance run.bptui",
        "advise regression --epochs 2 --starts 8",
        "lessons",
        "learn first-steps --hand-in a",
    )
    script = "; ".join(f"{shlex.join(BPTUI)} {command} --lang zh" for command in commands)
    script = f"cd {tmp_path}; {script}; echo END"
    with Terminal("/bin/sh", "-c", script, columns=200, rows=200, compiles=False) as terminal:
        terminal.wait_for_text("END")
        said = terminal.text.replace("not for this test", "")  # what the numba of the tests says
        rows = [line for line in terminal.lines if line.startswith(tuple(LESSONS))]
    said = re.sub(r"^bptui \w+:|--\S+ \S+|\S+\.(?:csv|bptui)", "", said, flags=re.MULTILINE)
    assert {*re.findall("[A-Za-z][A-Za-z-]{2,}", said)} <= NAMES
    assert len(rows) == len(LESSONS)
    assert len({columns(row) for row in rows}) == 1, "the columns of a table are aligned"


def table(terminal: Terminal) -> list[int]:
    """The epochs in the printed table."""
    assert re.search(r"^ *epoch +epoch error +change$", terminal.text, re.MULTILINE) or not terminal.text
    return [int(row[1]) for row in re.finditer(r"^ *(\d+)  +\d[.\de+-]+", terminal.text, re.MULTILINE)]


def test_control_characters_in_files_never_reach_a_terminal_and_stay_in_a_pipe(tmp_path: Path) -> None:
    header, cell = "\x1b[2J\x9b", "\x1b]52;c;cm0gLXJm\x07\u202eé"
    run, rows = tmp_path / "run.bptui", tmp_path / "rows.csv"
    assert call("train", "regression", "--epochs", "5", "--save", str(run)).status == 0
    rows.write_text(f"x,{header},more\n0.3,{cell},\n", encoding="utf-8")
    arguments = ("predict", str(run), str(rows))
    with bptui(*arguments) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text(r"x,\x1b[2J\x9b,more,predicted", r"0.3,\x1b]52;c;cm0gLXJm\x07\u202eé,,")
        assert not re.search("[\x1b\x07\x9b\u202e]", terminal.output.decode())
    assert call(*arguments).out.startswith(f"x,{header},more,predicted sin x\n0.3,{cell},,")
    (tmp_path / "bad\x1b[2J.toml").write_text("")
    with bptui("lessons", "check", "--lessons", str(tmp_path)) as terminal:
        assert terminal.wait_for_exit() == 1
        terminal.wait_for_text(r"bad\x1b[2J.toml: ")

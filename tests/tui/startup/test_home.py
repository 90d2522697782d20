"""A user without a home folder: a folder under the temporary one takes its place, or nothing is kept."""

from __future__ import annotations

import os
import pwd
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from bptui.startup.process import prepare_home
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import Terminal, wait_for_training

UNLISTED = """
import pwd, sys
def unlisted(number): raise KeyError(number)
pwd.getpwuid = unlisted
from bptui.__main__ import main
sys.exit(main())
"""
"""Runs bptui as a user who is not in the list of users."""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this process, whose user is not in the list of users."""

    def unlisted(number: int) -> NoReturn:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unlisted)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("HOME")
    return tmp_path


def own_name() -> str:
    return f"bptui-{os.getuid()}"


def test_a_home_folder_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert prepare_home() == ""
    assert os.environ["HOME"] == "/somewhere"
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda _number: pwd.struct_passwd(("", "", 0, 0, "", "/listed", "")))
    assert prepare_home() == ""


def test_a_temporary_folder_takes_the_place_of_a_missing_home_and_is_used_again(temporary: Path) -> None:
    for _ in range(2):
        assert prepare_home() == f"there is no home folder; {temporary / own_name()} takes its place"
        assert Path.home() == temporary / own_name()
        assert Path.home().stat().st_mode & 0o777 == 0o700
        del os.environ["HOME"]


@pytest.mark.parametrize(
    ("squat", "problem"),
    [
        (lambda path: path.touch(0o600), "file exists"),
        (lambda path: path.symlink_to(path.parent), "other users have access to it"),
        (lambda path: path.mkdir() or path.chmod(0o777), "other users have access to it"),
    ],
    ids=["file", "link", "open to all"],
)
def test_a_temporary_home_that_others_may_have_made_is_not_used(
    squat: Callable[[Path], object], problem: str, temporary: Path
) -> None:
    squat(temporary / own_name())
    assert prepare_home().endswith(f"nothing is kept: {temporary / own_name()}: {problem}")
    assert os.environ["HOME"] == os.devnull


def test_the_screen_keeps_its_run_in_the_temporary_home(tmp_path: Path) -> None:
    variables = {"HOME": None, "XDG_STATE_HOME": None, "TMPDIR": str(tmp_path)}
    with Terminal(sys.executable, "-c", UNLISTED, *ENDLESS, variables=variables) as terminal:
        wait_for_training(terminal)
        terminal.send("q")
        assert terminal.wait_for_exit() == 0
    with Terminal(sys.executable, "-c", UNLISTED, "runs", columns=120, variables=variables) as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text("there is no home folder", "regression", "/100000000")


def test_the_dialogue_says_that_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / own_name()).touch()
    variables = {"HOME": None, "XDG_STATE_HOME": None, "TMPDIR": str(tmp_path)}
    with Terminal(sys.executable, "-c", UNLISTED, "--plain", *ENDLESS, variables=variables) as terminal:
        terminal.wait_for_text("bptui>")
        terminal.send("step\rquit\rquit\r")
        assert terminal.wait_for_exit() == 1
        terminal.wait_for_text("there is no home folder", "bptui: nothing was kept: not a directory")

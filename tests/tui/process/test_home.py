"""A user without a home folder: nothing is kept, and a line says so."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

from bptui.process.preparation import prepare_home
from tests.tui.support.running import ENDLESS
from tests.tui.support.terminal import Terminal

UNLISTED = """
import pwd, sys
def unlisted(number): raise KeyError(number)
pwd.getpwuid = unlisted
from bptui.__main__ import main
sys.exit(main())
"""
"""Runs bptui as a user who is not in the list of users."""


def test_a_home_folder_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    assert prepare_home() == ""
    assert os.environ["HOME"] == "/somewhere"
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", lambda _number: pwd.struct_passwd(("", "", 0, 0, "", "/listed", "")))
    assert prepare_home() == ""


@pytest.mark.parametrize("kept", [False, True], ids=["nothing is kept", "a folder for the state"])
def test_without_a_home_folder_the_dialogue_keeps_its_run_where_state_says(
    kept: bool, tmp_path: Path
) -> None:
    variables = {"HOME": None, "XDG_STATE_HOME": None}
    words = ("--plain", *ENDLESS, *(("--state", str(tmp_path)) if kept else ()))
    with Terminal(sys.executable, "-c", UNLISTED, *words, variables=variables) as terminal:
        terminal.wait_for_text("there is no home folder", "bptui>")
        terminal.send("step\rquit\rquit\r")
        assert terminal.wait_for_exit() == (not kept)
    assert (tmp_path / "runs").exists() == kept

"""`bptui` without a subcommand: its flags reach the screen."""

from __future__ import annotations

import re

import pytest

from bptui.cli.screen import parser, start_settings
from tests.tui.support.running import call_on_a_terminal
from tests.tui.support.terminal import bptui


def test_the_flags_reach_the_screen() -> None:
    flags = ("--hidden=4", "--learning-rate=0.03", "--init-scale=0.7", "--epochs=33", "--interval=8")
    others = ("--seed=123", "--theme=dracula", "--paused", "--kernel=numpy")
    with bptui("classification", *flags, *others) as terminal:
        terminal.wait_for_text("ready", "q quit")
        for value in (r"H +4", r"η +‹0\.03›", r"σ +0\.7", r"N +33", r"k +8", r"s +123", r"–/33", r"\+ above"):
            assert re.search(value, terminal.text), value
        terminal.send("q")
        assert terminal.wait_for_exit() == 0


def test_a_kept_run_is_offered_unless_flags_say_otherwise() -> None:
    for flags, offers in (
        ((), True),
        (("--paused", "--theme=dracula"), True),
        (("--no-state",), False),
        (("--fresh",), False),
        (("--seed=3",), False),
    ):
        assert start_settings(parser().parse([*flags])).offers is offers, flags


def test_the_other_tab_has_its_defaults() -> None:
    with bptui("classification", "--hidden=4", "--paused", "--kernel=numpy") as terminal:
        terminal.wait_for(lambda: re.search(r"H +4", terminal.text), "four hidden units")
        terminal.send("1")
        terminal.wait_for(lambda: re.search(r"H +3", terminal.text), "three hidden units")
        terminal.wait_for_text("–/2001")


def test_a_task_given_twice_does_not_open_the_screen() -> None:
    done = call_on_a_terminal("regression", "regression")
    assert (done.status, done.out) == (2, "")
    assert "unrecognized arguments: 'regression'" in done.complaint


@pytest.mark.parametrize("theme", ["nope", "[bold]"])
def test_an_unknown_theme_does_not_open_the_screen(theme: str) -> None:
    done = call_on_a_terminal("--theme", theme)
    assert (done.status, done.out) == (2, "")
    assert "argument --theme: must be bptui, bptui-light, bptui-ansi, " in done.complaint
    assert f", got {theme!r}" in done.complaint
    assert "textual-dark" in done.complaint

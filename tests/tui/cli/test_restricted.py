"""`bptui --restricted` and `--state` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptui.cli.screen import parser, start_settings
from bptui.process.restrictions import count_sessions
from tests.tui.support.running import call, call_on_a_terminal
from tests.tui.support.terminal import bptui


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("train", "--restricted"), "'train' is a subcommand"),
        (("--restricted", "--save", "x"), "unrecognized arguments: '--save'"),
        (("--restricted", "--max-minutes", "0"), "must be a number above 0"),
    ],
)
def test_a_restricted_command_that_does_more_is_refused_in_one_line(
    arguments: tuple[str, ...], line: str
) -> None:
    done = call(*arguments)
    assert (done.status, done.out) == (2, "")
    assert line in done.complaint


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--restricted", "--data", "/etc/passwd"), "argument --data: not allowed with --restricted"),
        (("--restricted", "--config", "/etc/passwd"), "argument --config: not allowed with --restricted"),
        (("--restricted", "--resume", "/etc/passwd"), "argument --resume: not allowed with --restricted"),
        (("--restricted", "--hidden", "100,100"), "at most 128 units"),
        (("--restricted", "--samples", "2001"), "at most 2000"),
        (("--idle-minutes", "3"), "argument --idle-minutes: needs --restricted"),
        (("--no-state", "--state", "x"), "argument --state: not allowed with argument --no-state"),
        (("--state", "/dev/null/x"), "argument --state: /dev/null/x: not a directory"),
        (("--state", "broken"), "argument --state: broken: is a link to nothing"),
    ],
)
def test_a_restricted_screen_refuses_its_flags_in_one_line_on_a_terminal(
    arguments: tuple[str, ...], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken").symlink_to("nowhere")
    done = call_on_a_terminal(*arguments)
    assert (done.status, done.out) == (2, "")
    assert line in done.complaint


def test_a_session_too_many_is_told_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.cli.screen.most_sessions", lambda: 0)
    monkeypatch.setattr("bptui.cli.screen.count_sessions", lambda: 1)
    done = call_on_a_terminal("--restricted")
    assert done.complaint == "bptui: error: this machine serves at most 0 sessions; try again later"


def test_a_refusal_is_all_that_a_terminal_gets() -> None:
    with bptui("--restricted", "--samples", "2001", columns=200) as terminal:
        assert terminal.wait_for_exit() == 2
        terminal.wait_for_text("at most 2000")
        assert len([row for row in terminal.lines if row]) == 1
        assert b"\x1b" not in terminal.output


def test_a_restricted_screen_makes_and_uses_its_state_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with bptui("--restricted", "--paused", "--state", str(folder)) as terminal:
        terminal.wait_for_text("ready")
        assert count_sessions() > 0
        terminal.send("x")
        terminal.wait_for(lambda: b"settings" in (folder / "screen.json").read_bytes(), "the layout")


def test_a_restricted_screen_ends_in_time_and_says_why() -> None:
    with bptui("--restricted", "--idle-minutes=0.02") as terminal:
        assert terminal.wait_for_exit() == 0
        terminal.wait_for_text("bptui: the session ended after 0.02 minutes without a key")
        assert not terminal.left_on()


def test_only_a_restricted_screen_does_without_machine_code() -> None:
    for flags, kernel in (((), "auto"), (("--restricted",), "numpy"), (("--restricted", "--plain"), "numpy")):
        assert start_settings(parser().parse([*flags, "--no-state"])).kernel == kernel

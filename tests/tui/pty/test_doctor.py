"""What `bptui doctor` prints, in a file and on a terminal that says where its cursor is."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version

from bptui.cli.doctor import DRAWN
from tests.tui.support.running import call
from tests.tui.support.terminal import BPTUI, Terminal


def test_doctor_names_versions_and_not_the_user() -> None:
    done = call("doctor")
    lines = dict(line.split(":", 1) for line in done.lines)
    assert (done.status, done.err) == (0, "")
    assert f"textual {version('textual')}" in lines["packages"]
    assert lines["terminal"].strip() == "none: the output is a file or a pipe"
    assert "not measured" in lines["widths"]
    assert "does not exist yet" in lines["state folder"]


def has_asked(terminal: Terminal, number: int) -> bool:
    return terminal.output.count(b"\x1b[6n") >= number


def test_doctor_measures_the_widths_of_what_the_terminal_draws() -> None:
    with Terminal(*BPTUI, "doctor") as terminal:
        for number in range(1, len(DRAWN) + 1):
            terminal.wait_for(partial(has_asked, terminal, number), f"question {number}")
            terminal.send("\x1b[1;2R")
        terminal.wait_for_text("学 takes 1 columns, not 2")
        terminal.wait_for_text("state folder:")

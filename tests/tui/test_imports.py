"""What needs no screen doesn't load one: the command line answers at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.tui.support.terminal import DEADLINE

WITHOUT_A_SCREEN = (
    "--version",
    "--help",
    "train --help",
    "snapshot --help",
    "--seed 3",  # without a terminal
    "--seed x",
    "snapshot regression --output x.gif",
    "train regression --seed x",
    "train regression --epochs 3",
    "train classification --epochs 3 --format jsonl",
)
SCRIPT = """
import io, sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from bptui.__main__ import main
for command in sys.argv[1:]:
    sys.argv = ["bptui", *command.split()]
    printed = io.StringIO()
    with suppress(SystemExit), redirect_stdout(printed), redirect_stderr(printed):
        main()
    assert printed.getvalue() or "--output" in command
    print(command, *sorted({name.partition(".")[0] for name in sys.modules} & {"textual", "plotext", "rich"}))
"""
"""Prints each command with the packages of the screen that are loaded after it."""


def test_no_screen_is_loaded_where_none_is_asked_for(tmp_path: Path) -> None:
    """One process for all, since nothing is ever unloaded."""
    picture = f"snapshot regression --at 0 --output {tmp_path}/x.txt"
    done = subprocess.run(
        (sys.executable, "-c", SCRIPT, *WITHOUT_A_SCREEN, picture),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [*WITHOUT_A_SCREEN, f"{picture} plotext rich textual"]

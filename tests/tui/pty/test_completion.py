"""What real shells complete after `bptui` and a tab."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tui.support.running import call
from tests.tui.support.terminal import Terminal

SHELLS = {
    "bash": (("bash", "--norc", "--noprofile"), "source ./_bptui; PS1='> '"),
    "zsh": (("zsh", "-f"), "fpath=($PWD $fpath); autoload -U compinit; compinit -D -u; PS1='> '"),
    "tcsh": (("tcsh", "-f"), "source ./_bptui; set prompt = '> '"),
}
"""How to start each shell without anybody's settings, and what to tell it first, as the help says."""
COMPLETED = {
    "bptui ver": "bptui verify ",
    "bptui spi": "bptui spiral ",
    "bptui config sh": "bptui config show ",
    "bptui train regr": "bptui train regression ",
    "bptui train --optimi": "bptui train --optimizer ",
    "bptui spiral --activation soft": "bptui spiral --activation softplus ",
    "bptui train --data hou": "bptui train --data houses.csv ",
    "bptui --theme dracu": "bptui --theme dracula ",
    "bptui completion tc": "bptui completion tcsh ",
    "bptui learn hidden": "bptui learn hidden-units ",
    "bptui export --to py": "bptui export --to pytorch ",
}
IN_SHELLS_WITH_FUNCTIONS = {"bptui hou": "bptui houses.csv ", "bptui verify hou": "bptui verify houses.csv "}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_subcommands_flags_values_and_files(shell: str, tmp_path: Path) -> None:
    command, settings = SHELLS[shell]
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    made = call("completion", shell)
    assert (made.status, made.err) == (0, "")
    (tmp_path / "_bptui").write_text(made.out)
    (tmp_path / "houses.csv").touch()
    there = ("sh", "-c", 'cd "$1"; shift; exec "$@"', "sh", str(tmp_path))
    with Terminal(*there, *command, rows=40) as terminal:
        terminal.send(f"{settings}\r")
        for typed, completed in (COMPLETED | (IN_SHELLS_WITH_FUNCTIONS if shell != "tcsh" else {})).items():
            terminal.wait_for(lambda: terminal.lines[terminal.screen.cursor.y] == ">", "a prompt")
            terminal.send(f"{typed}\t_")  # the line shows where the cursor was
            terminal.wait_for_text(f"> {completed}_")
            terminal.send("\x01: \r")  # ctrl+a, and the command that does nothing: for a new prompt


def test_fish_completes_subcommands_flags_values_and_files(tmp_path: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    (tmp_path / "bptui.fish").write_text(call("completion", "fish").out)
    (tmp_path / "houses.csv").touch()
    asked = [f"complete -C '{typed}'" for typed in COMPLETED]
    done = subprocess.run(
        ("fish", "--no-config", "-c", "; ".join(("source ./bptui.fish", *asked))),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    offered = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert {completed.split()[-1] for completed in COMPLETED.values()} <= set(offered)

"""What needs no screen doesn't load one: the command line answers at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.support.terminal import DEADLINE

SCREEN = {"textual", "plotext", "rich"}


def loaded(*arguments: str, said: str = "") -> set[str]:
    """The packages that `bptui` with these arguments and this input imports."""
    command = (sys.executable, "-X", "importtime", "-m", "bptui", *arguments)
    done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=DEADLINE, check=False)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    packages = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert {"bptui", "argparse"} <= packages
    return packages


@pytest.mark.parametrize(
    "arguments",
    [
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
    ],
)
def test_no_screen_where_none_is_asked_for(arguments: str) -> None:
    assert not loaded(*arguments.split()) & SCREEN


def test_a_snapshot_imports_the_screen(tmp_path: Path) -> None:
    assert loaded("snapshot", "regression", "--at", "0", "--output", str(tmp_path / "x.txt")) >= SCREEN

"""What needs no screen doesn't load one: the command line answers at once."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.imports import packages_after

SCREEN = {"textual", "plotext", "rich"}
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
    "attach",
    "attach digits status",
)
OF_SESSIONS = {
    "bptui.session.session",
    "bptui.experiments.runner",
    "bptui.session.description",
    "bptui.screen.drawing",
}


def test_no_screen_is_loaded_where_none_is_asked_for(tmp_path: Path) -> None:
    picture = f"snapshot regression --at 0 --output {tmp_path}/x.txt"
    found = packages_after(*WITHOUT_A_SCREEN, picture)
    assert {command for command, packages in found.items() if packages & SCREEN} == {picture}
    assert found[picture] >= SCREEN


def test_training_without_a_screen_loads_no_session_until_it_is_to_be_described() -> None:
    plain, described = "train regression --epochs 3", "train regression --epochs 3 --describe"
    found = packages_after(plain, described)
    assert found[plain].isdisjoint(OF_SESSIONS)
    assert found[described] >= OF_SESSIONS - {"bptui.screen.drawing"}

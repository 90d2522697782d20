"""A picture shows the screen at rest, however slowly the machine gets there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.support.running import Done, call

WHAT_IF = ("regression", "--batch-size", "9", "--at", "6", "--press", "i,up,right", "--output")
"""The hidden units are changed, and the run is trained again to where it is."""
AGAIN = ("classification", "--epochs", "4", "--press", "R", "--output")
"""The run has ended, and another one begins."""


def text_of(path: Path, *arguments: str) -> str:
    assert call("snapshot", *arguments, str(path)) == Done(0, "", "")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (WHAT_IF, ("paused    epoch    6/2001", "H 3 → 4: epoch error ")),
        (AGAIN, ("finished  epoch 3/4", "seed 1")),
    ],
    ids=["what if", "restart"],
)
def test_a_snapshot_trains_to_the_end_what_a_pressed_key_begins(
    arguments: tuple[str, ...], shown: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = text_of(tmp_path / "fast.txt", *arguments)
    monkeypatch.setattr("bptui.session.activity.SLICE_MILLISECONDS", 0.0)  # each tick trains one batch
    assert text_of(tmp_path / "slow.txt", *arguments) == fast
    assert all(part in fast for part in shown)
    assert "running" not in fast


def test_keys_pressed_after_a_change_find_its_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bptui.session.activity.SLICE_MILLISECONDS", 0.0)
    text = text_of(
        tmp_path / "picture.txt",
        "regression",
        "--batch-size",
        "9",
        "--at",
        "6",
        "--press",
        "i,up,right,s",
        "--output",
    )
    assert "paused    epoch    7/2001" in text

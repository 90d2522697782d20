"""What dialogs ask for, asked without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpengine import FIELD, ConfigError, Edit
from bptui.commands.grammar import RefusedError
from bptui.screen.overlays.questions import Asked, file_of, value_of, weight_of
from bptui.session.saving.saving import Saving
from tests.tui.support.snapshots import snapshot_of


def other(asked: Asked, text: str, direction: int) -> Asked:
    assert asked.others is not None
    return asked.others(text, direction)


def test_a_value_is_used_if_the_setting_allows_it() -> None:
    used: list[object] = []
    asked = value_of(FIELD["epochs"], 100, used.append)
    assert (asked.title, asked.text) == ("epochs N", "100")
    asked.use(" 1e3 ")
    with pytest.raises(ConfigError, match="epochs: must be"):
        asked.use("-1")
    assert used == [1000]


def test_the_weights_of_a_unit_follow_one_another_and_the_bias_comes_after_the_last() -> None:
    edits: list[Edit] = []
    asked = weight_of(snapshot_of(hidden_units=(2, 2)), (1, 0), edits.append)
    names = []
    for _ in range(4):
        names.append(asked.about)
        asked = other(asked, "", 1)
    assert names == [
        "b2[1], the bias",
        "W2[1,1], the weight from unit 1 of layer 1",
        "W2[2,1], the weight from unit 2 of layer 1",
        "b2[1], the bias",
    ]
    other(asked, "", -1).use("0,5")
    assert [edit.words for edit in edits] == ["b2[1] set to 0.5"]


def test_another_kind_of_file_has_another_name_unless_one_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    savings = [Saving(kind, kind, f".{kind}", Path.touch) for kind in ("one", "two")]
    said: list[str] = []
    asked = file_of(savings, "run", said.append)
    assert (asked.about, asked.text) == ("▸ one\n  two", "run.one")
    assert other(asked, "run.one", 1).text == "run.two"
    assert other(asked, "mine", -1).text == "mine"
    assert asked.question is not None
    assert asked.question("mine") == ""
    asked.use("mine")
    assert asked.question("mine") == "mine exists: enter replaces it."
    assert asked.question("") == "", "which is refused"
    with pytest.raises(RefusedError, match="must be the name of a file"):
        asked.use("")
    assert said == ["Saved mine."]

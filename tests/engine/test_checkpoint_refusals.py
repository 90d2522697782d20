"""A file that is not a checkpoint, or is damaged, is refused in one line with the file and the reason."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bpengine import CheckpointError, checkpoint
from bpengine.checkpoint import saving
from tests.engine.checkpoints import content, refusal, refused, sealed, texts


@pytest.mark.parametrize("kind", texts())
def test_good_ones_are_taken(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run"
    path.write_text(sealed(content(kind)), encoding="ascii")
    checkpoint.load(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing") == "there is no such file"
    assert refusal(tmp_path) == "is a folder, not a file"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "is not a regular file"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refusal(tmp_path / "loop").startswith("can't be read: ")
    assert refusal(tmp_path / "nothing" / "here") == "there is no such file"
    assert refusal(tmp_path / ("x" * 300)).startswith("can't be read: ")
    with pytest.raises(CheckpointError, match="is not a valid file name"):
        checkpoint.load("a\0b")


def test_what_may_not_be_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "run"
    path.write_text(texts()["fresh"], encoding="ascii")
    path.chmod(0)
    assert refusal(path) == "can't be read: permission denied"


def test_what_is_too_large_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run"
    with path.open("wb") as file:
        file.truncate(saving.MAX_BYTES + 1)  # a sparse file, which takes no space on the disk
    monkeypatch.setattr(Path, "open", None)
    assert refusal(path) == "is too large: the limit is 1000 MB"


def test_control_characters_in_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a\x1b[31m\nb\u202e")
    path.write_text("", encoding="ascii")
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    assert str(caught.value) == r"a\x1b[31m\nb\u202e: is empty"


@pytest.mark.parametrize(
    "data",
    ["x", "{}", "[]", "null", "1", '{"format": "other", "version": 1}', "[" * 100_000, b"\x00\xff", "[NaN]"],
    ids=lambda data: repr(data)[:20],
)
def test_what_is_something_else(tmp_path: Path, data: str | bytes) -> None:
    assert refused(tmp_path, data) == "is not a checkpoint"


@pytest.mark.parametrize("part", ["[]", '"bpengine checkpoint"', '{"name": "bpengine checkpoint"}'])
def test_what_only_mentions_it(tmp_path: Path, part: str) -> None:
    assert refused(tmp_path, part) == "is not a checkpoint"


def test_other_versions(tmp_path: Path) -> None:
    good = content("fresh")
    for version, age in ((0, "older"), (-1, "older"), (2, "newer"), (10**30, "newer")):
        reason = refused(tmp_path, sealed(good | {"version": version}))
        assert reason == f"has the {age} format {str(version)[:20]}; this version reads format 1"
    for odd in (None, True, "1", 1.0, [1]):
        assert refused(tmp_path, sealed(good | {"version": odd})).startswith("is damaged: ")


@pytest.mark.parametrize("kind", ["fresh", "own labels"])
def test_any_truncation(tmp_path: Path, kind: str) -> None:
    text = texts()[kind].rstrip()
    for length in range(200, len(text), 61):
        assert refused(tmp_path, text[:length]).startswith("is damaged: the file ")
    assert refused(tmp_path, text[:-1]) == "is damaged: the file is cut off"
    assert refused(tmp_path, text[:1000]) == "is damaged: the file is cut off"


def test_any_other_number_breaks_the_checksum(tmp_path: Path) -> None:
    changed = texts()["fresh"].replace('"learning_rate": 0.1', '"learning_rate": 0.2')
    reason = "is damaged: the checksum does not fit: the content has changed"
    assert refused(tmp_path, changed) == reason
    assert refused(tmp_path, json.dumps(content("fresh") | {"sha256": "0" * 64})) == reason
    others: tuple[Any, ...] = (None, 1, [], {}, "", "0")
    for odd in others:
        assert refused(tmp_path, json.dumps(content("fresh") | {"sha256": odd})) == reason


@pytest.mark.parametrize(
    ("found", "written", "reason"),
    [
        ('"run": {', '"run": 1, "run": {', "has a duplicate key"),
        ('"seed": 0', '"seed": 0, "seed": 0', "has a duplicate key"),
        ('"seed": 0', '"seed": NaN', "has NaN, which is not a finite number"),
        ('"seed": 0', '"seed": -Infinity', "has -Infinity, which is not a finite number"),
        ('"seed": 0', '"seed": ' + "9" * 5000, "has a number of more than 40 characters"),
        ('"seed": 0', '"seed": 0.' + "9" * 5000, "has a number of more than 40 characters"),
        ('"seed": 0', '"seed": ' + "[" * 100_000, "is nested too deep"),
        ('"seed": 0', '"seed": ' + "[" * 900 + "]" * 900, ""),
        ('"seed": 0', '"seed": ' + '{"a":' * 100_000, "is nested too deep"),
        ('"seed": 0', '"seed": 00', "is not valid JSON at line"),
        ('"seed": 0', '"seed": "\udcff"', "is not UTF-8"),
    ],
    ids=range(11),
)
def test_tricks_of_json(tmp_path: Path, found: str, written: str, reason: str) -> None:
    text = texts()["fresh"]
    assert found in text
    data = text.replace(found, written, 1).encode("utf-8", "surrogateescape")
    answer = refused(tmp_path, data)
    assert answer.startswith("is damaged: ")
    assert reason in answer

"""What is no checkpoint, or no longer one, is refused in one line that names file and reason."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import CheckpointError, checkpoint
from bpengine.checkpoint import saving
from tests.engine.checkpoints import content, packed, sealed, texts, unpacked


def refusal(path: Path) -> str:
    """The reason, without the file's name."""
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    message = str(caught.value)
    assert message.isprintable()
    name, colon, reason = message.partition(": ")
    assert colon
    assert path.name[-20:].encode("unicode_escape").decode("ascii") in name
    return reason


def refused(tmp_path: Path, data: str | bytes) -> str:
    path = tmp_path / "my run"
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return refusal(path)


@pytest.mark.parametrize("kind", texts())
def test_good_ones_are_taken(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "run"
    path.write_text(sealed(content(kind)), encoding="ascii")
    checkpoint.load(path)


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing") == "there is no such file"
    assert refusal(tmp_path) == "is a directory, not a file"
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "is not a regular file"
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refusal(tmp_path / "loop").startswith("can't be read: ")
    assert refusal(tmp_path / "nothing" / "here") == "there is no such file"
    assert refusal(tmp_path / ("x" * 300)).startswith("can't be read: ")
    with pytest.raises(CheckpointError, match="is not a possible file name"):
        checkpoint.load("a\0b")


def test_what_may_not_be_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "run"
    path.write_text(texts()["fresh"], encoding="ascii")
    path.chmod(0)
    assert refusal(path) == "there is no permission to read it"


def test_what_is_too_large_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run"
    with path.open("wb") as file:
        file.truncate(saving.MOST_BYTES + 1)  # a hole: it takes no room
    monkeypatch.setattr(Path, "open", None)
    assert refusal(path) == "is too large: it takes at most 1000 MB"


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
    for version, which in ((0, "an older"), (-1, "an older"), (2, "a newer"), (10**30, "a newer")):
        reason = refused(tmp_path, sealed(good | {"version": version}))
        assert reason.startswith(f"is from {which} version: this one reads format 1, not ")
    for odd in (None, True, "1", 1.0, [1]):
        assert refused(tmp_path, sealed(good | {"version": odd})).startswith("is damaged: ")


@pytest.mark.parametrize("kind", ["fresh", "own labels"])
def test_any_truncation(tmp_path: Path, kind: str) -> None:
    text = texts()[kind].rstrip()
    for length in range(200, len(text), 61):
        assert refused(tmp_path, text[:length]).startswith("is damaged: the file ")
    assert refused(tmp_path, text[:-1]) == "is damaged: the file ends too early"
    assert refused(tmp_path, text[:1000]) == "is damaged: the file ends too early"


def test_any_other_number_breaks_the_checksum(tmp_path: Path) -> None:
    changed = texts()["fresh"].replace('"learning_rate": 0.1', '"learning_rate": 0.2')
    reason = "is damaged: its checksum doesn't fit: something in it has changed"
    assert refused(tmp_path, changed) == reason
    assert refused(tmp_path, json.dumps(content("fresh") | {"sha256": "0" * 64})) == reason
    others: tuple[Any, ...] = (None, 1, [], {}, "", "0")
    for odd in others:
        assert refused(tmp_path, json.dumps(content("fresh") | {"sha256": odd})) == reason


@pytest.mark.parametrize(
    ("found", "written", "reason"),
    [
        ('"run": {', '"run": 1, "run": {', "has a name twice"),
        ('"seed": 0', '"seed": 0, "seed": 0', "has a name twice"),
        ('"seed": 0', '"seed": NaN', "has NaN, which is no number"),
        ('"seed": 0', '"seed": -Infinity', "has -Infinity, which is no number"),
        ('"seed": 0', '"seed": ' + "9" * 5000, "has a number of too many digits"),
        ('"seed": 0', '"seed": 0.' + "9" * 5000, "has a number of too many digits"),
        ('"seed": 0', '"seed": ' + "[" * 100_000, "is nested too deep"),
        ('"seed": 0', '"seed": ' + "[" * 900 + "]" * 900, ""),
        ('"seed": 0', '"seed": ' + '{"a":' * 100_000, "is nested too deep"),
        ('"seed": 0', '"seed": 00', "is not JSON in line"),
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


def put(value: Any, path: str, new: Any) -> None:
    """Change one thing: the path's parts are parted by dots."""
    *way, last = path.split(".")
    for part in way:
        value = value[part]
    value[last] = new(value[last]) if callable(new) else new


def changed(position: int, number: float) -> Callable[[Any], Any]:
    """The array with one other number."""

    def change(array: Any) -> Any:
        numbers = unpacked(array)
        numbers.flat[position] = number
        return packed(numbers)

    return change


def longer(array: Any) -> Any:
    numbers = unpacked(array)
    return packed(np.concatenate([numbers, numbers[-1:]]))


CHANGES: list[tuple[str, str, Any]] = [
    ("fresh", "kernel", "auto"),
    ("fresh", "kernel", "cuda"),
    ("fresh", "kernel", ["numpy"]),
    ("fresh", "config.learning_rate", 1001),
    ("fresh", "config.learning_rate", "0.1"),
    ("fresh", "config.learning_rate", 10**39),
    ("fresh", "config.hidden_units", [4]),
    ("fresh", "config.hidden_units", [1000] * 8),
    ("fresh", "config.hidden_units", [[3]]),
    ("fresh", "config.hidden_units", []),
    ("fresh", "config.hidden_units", [3.0]),
    ("fresh", "config.dataset", "plane"),
    ("fresh", "config.dataset", "xor"),
    ("fresh", "config.task", "classification"),
    ("fresh", "config.task", {}),
    ("fresh", "config.epochs", 10**8 + 1),
    ("tested", "config.epochs", 100),
    ("within an epoch", "config.samples", 6),
    ("within an epoch", "config.samples", 100_000),
    ("within an epoch", "config.batch_size", 3),
    ("tested", "config.test_share", 0.2),
    ("tested", "config.test_share", 0),
    ("fresh", "data", []),
    ("fresh", "data", {}),
    ("own numbers", "data", None),
    ("own numbers", "data.task", "classification"),
    ("own numbers", "data.name", "\x1b[31m"),
    ("own numbers", "data.name", "x" * 1001),
    ("own numbers", "data.features", ["a"]),
    ("own numbers", "data.features", ["a", 1]),
    ("own numbers", "data.coordinates", longer),
    ("own numbers", "data.coordinates", changed(0, np.nan)),
    ("own numbers", "data.coordinates", changed(0, 1e101)),
    ("own numbers", "data.coordinates", packed(np.zeros((0, 2)))),
    ("own numbers", "data.coordinates", packed(np.zeros((5, 0)))),
    ("own numbers", "data.coordinates", packed(np.zeros((5, 2), dtype=np.float32))),
    ("own numbers", "data.targets", changed(0, np.inf)),
    ("own numbers", "data.domain", changed(0, 1e9)),
    ("own numbers", "data.classes", ["a"]),
    ("own labels", "data.classes", ["a", "b"]),
    ("own labels", "data.targets", changed(0, 0.5)),
    ("own labels", "data.targets", changed(1, 1.0)),
    ("fresh", "moment", None),
    ("fresh", "moment.parameters", changed(0, np.nan)),
    ("fresh", "moment.parameters", longer),
    ("fresh", "moment.parameters.type", "<f4"),
    ("fresh", "moment.parameters.type", "<i8"),
    ("fresh", "moment.parameters.type", "object"),
    ("fresh", "moment.parameters.shape", [-1]),
    ("fresh", "moment.parameters.shape", [5, 2]),
    ("fresh", "moment.parameters.shape", [2**40]),
    ("fresh", "moment.parameters.shape", [True]),
    ("fresh", "moment.parameters.shape", [10.0]),
    ("fresh", "moment.parameters.data", lambda data: data[:-4]),
    ("fresh", "moment.parameters.data", lambda data: data[:-3] + "ä=="),
    ("fresh", "moment.parameters.data", lambda data: data[:8] + "\n" + data[8:]),
    ("fresh", "moment.first", changed(3, np.inf)),
    ("fresh", "moment.second", changed(3, -1e-300)),
    ("fresh", "moment.updates", 1),
    ("fresh", "moment.updates", False),
    ("within an epoch", "moment.updates", 10**19),
    ("within an epoch", "moment.updates", 15),
    ("within an epoch", "moment.epochs_done", 4),
    ("within an epoch", "moment.epochs_done", -1),
    ("within an epoch", "moment.epochs_done", 10**9),
    ("within an epoch", "moment.samples_done", 1),
    ("within an epoch", "moment.samples_done", 0),
    ("within an epoch", "moment.samples_done", 5),
    ("within an epoch", "moment.order", None),
    ("within an epoch", "moment.order", changed(0, 5)),
    ("within an epoch", "moment.order", changed(0, -1)),
    ("within an epoch", "moment.order", lambda _: packed(np.array([0, 0, 1, 2, 3]))),
    ("within an epoch", "moment.losses", changed(0, np.nan)),
    ("within an epoch", "moment.losses", longer),
    ("fresh", "moment.order", packed(np.arange(5))),
    ("fresh", "moment.losses", packed(np.zeros(0))),
    ("fresh", "moment.generator.key", changed(0, 2**32)),
    ("fresh", "moment.generator.key", changed(0, -1)),
    ("fresh", "moment.generator.key", longer),
    ("fresh", "moment.generator.key", packed(np.zeros(624, dtype=np.int64))),
    ("fresh", "moment.generator.position", 625),
    ("fresh", "moment.generator.position", -1),
    ("fresh", "moment.generator.has_gauss", 2),
    ("fresh", "moment.generator.gauss", "0"),
    ("fresh", "moment.generator.gauss", None),
    ("fresh", "moment.diverged", 0),
    ("fresh", "moment.diverged", [1, 2]),
    ("tested", "moment.history.last", lambda last: last | {"extra": 1}),
    ("tested", "moment.history.last.epoch", changed(0, 7)),
    ("tested", "moment.history.last.epochs", changed(0, 51)),
    ("tested", "moment.history.last.error", changed(0, 1e-9)),
    ("tested", "moment.history.last.error", changed(0, np.nan)),
    ("tested", "moment.history.last.test_error", changed(0, np.nan)),
    ("tested", "moment.history.last.test_error", changed(0, 1.0)),
    ("tested", "moment.history.last.test_error", None),
    ("tested", "moment.history.best.epoch", changed(0, 9)),
    ("tested", "moment.history.best.epoch", changed(0, 0)),
    ("tested", "moment.history.best.error", changed(0, 10.0)),
    ("tested", "moment.history.kept.epoch", changed(3, 4)),
    ("tested", "moment.history.kept.epoch", changed(0, -1)),
    ("tested", "moment.history.kept.error", changed(3, np.inf)),
    ("tested", "moment.history.kept.error", changed(3, 1e-9)),
    ("tested", "moment.history.reports.epoch", changed(1, 0)),
    ("tested", "moment.history.reports.epoch", changed(4, 9)),
    ("tested", "moment.history.reports.error", changed(1, 5.0)),
    ("tested", "moment.history.reports.epochs", changed(1, 0)),
    ("within an epoch", "moment.history.last.test_error", packed(np.zeros(1))),
]


@pytest.mark.parametrize(
    ("kind", "path", "new"), CHANGES, ids=[f"{number}-{path}" for number, (_, path, _) in enumerate(CHANGES)]
)
def test_changes_with_a_checksum_that_fits(tmp_path: Path, kind: str, path: str, new: Any) -> None:
    value = content(kind)
    put(value["run"], path, new)
    assert refused(tmp_path, sealed(value)).startswith("is damaged: ")


def test_half_a_batch(tmp_path: Path) -> None:
    value = content("within an epoch")
    moment = value["run"]["moment"]
    assert (moment["samples_done"], value["run"]["config"]["batch_size"]) == (2, 2)
    moment |= {"samples_done": 3, "losses": longer(moment["losses"])}
    assert refused(tmp_path, sealed(value)) == "is damaged: samples_done is within a batch"


@pytest.mark.parametrize("kind", texts())
def test_nothing_may_be_missing_or_added(tmp_path: Path, kind: str) -> None:
    def objects(value: Any) -> list[dict[str, Any]]:
        inner = [part for child in value.values() if isinstance(child, dict) for part in objects(child)]
        return [value, *inner]

    count = len(objects(content(kind)))
    for number in range(count):
        for name in objects(content(kind))[number]:
            value = content(kind)
            del objects(value)[number][name]
            if name == "format":
                assert refused(tmp_path, sealed(value)) == "is not a checkpoint"
            elif name != "sha256":
                assert refused(tmp_path, sealed(value)).startswith("is damaged: ")
        value = content(kind)
        objects(value)[number]["more"] = 0
        assert refused(tmp_path, sealed(value)).startswith("is damaged: ")

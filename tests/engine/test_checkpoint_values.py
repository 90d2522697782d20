"""Every value of a checkpoint is checked: each test changes one and makes the checksum fit."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine.checkpoint.values import LongText, encode, reals
from tests.engine.checkpoints import content, packed, refused, sealed, texts, unpacked


def put(value: Any, path: str, new: Any) -> None:
    """Change one value; the path has dots between the keys."""
    *way, last = path.split(".")
    for part in way:
        value = value[int(part) if isinstance(value, list) else part]
    value[last] = new(value[last]) if callable(new) else new


def changed(position: int, number: float) -> Callable[[Any], Any]:
    """A function that changes one number of an array."""

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
    ("own texts", "data.columns", []),
    ("own texts", "data.columns.0.kind", "color"),
    ("own texts", "data.columns.0.name", 5),
    ("own texts", "data.columns.0.categories", ["a"]),
    ("own texts", "data.columns.0.origin", 1e300),
    ("own texts", "data.columns.0.fill", [1.0, 2.0]),
    ("own texts", "data.columns.1.categories", []),
    ("own texts", "data.columns.1.categories", ["a", "b"]),
    ("own texts", "data.columns.1.categories", ["a", "b", "b"]),
    ("own texts", "data.columns.1.fill", [0.0, None, 1.0]),
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
    ("within an epoch", "moment.first", changed(3, np.inf)),
    ("own labels", "moment.second", changed(3, -1e-300)),
    ("own labels", "moment.second", None),
    ("fresh", "moment.first", packed(np.full(10, 0.5))),  # sgd keeps no buffers
    ("fresh", "moment.second", packed(np.full(10, 0.5))),
    ("within an epoch", "moment.second", packed(np.full(10, 0.5))),  # momentum keeps only the first one
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
    assert refused(tmp_path, sealed(value)) == "is damaged: samples_done is not at the end of a batch"


UNEVEN = "history.kept does not have evenly spaced epochs"
UNORDERED = "history.reports has too many epochs, or not in order"


def rearranged(part: str, change: Callable[[Any], Any]) -> str:
    """A checkpoint with the same records in another selection or order."""
    value = content("tested")
    history = value["run"]["moment"]["history"]
    history[part] = {name: packed(change(unpacked(column))) for name, column in history[part].items()}
    return sealed(value)


@pytest.mark.parametrize(
    ("part", "change", "reason"),
    [
        ("reports", lambda column: column[::-1].copy(), UNORDERED),
        ("reports", lambda column: np.repeat(column, 2), UNORDERED),
        ("kept", lambda column: column[1:], UNEVEN),
        ("kept", lambda column: column[:-1], UNEVEN),
        ("kept", lambda column: column[::2].copy(), UNEVEN),
        ("kept", lambda column: column[[0, *range(2, 9)]], UNEVEN),
        ("last", lambda column: np.repeat(column, 2), "history does not have as many epochs as the run"),
        ("best", lambda column: np.repeat(column, 2), "history does not have as many epochs as the run"),
        (
            "best",
            lambda column: column[:0],
            "history.best has test errors without test samples, or no test errors with them",
        ),
    ],
    ids=range(9),
)
def test_records_in_another_order(
    tmp_path: Path, part: str, change: Callable[[Any], Any], reason: str
) -> None:
    assert refused(tmp_path, rearranged(part, change)) == f"is damaged: {reason}"


def test_a_best_epoch_to_come(tmp_path: Path) -> None:
    value = content("tested")
    best = value["run"]["moment"]["history"]["best"]
    best |= {"epoch": packed(np.array([9])), "error": packed(np.array([1e-9]))}
    assert refused(tmp_path, sealed(value)) == "is damaged: history.best is an epoch that is not done"


@pytest.mark.parametrize("kind", texts())
def test_nothing_may_be_missing_or_added(tmp_path: Path, kind: str) -> None:
    """Except for settings, whose keys change over time; see `test_checkpoint_versions`."""

    def objects(value: Any) -> list[dict[str, Any]]:
        inner = [
            part
            for key, child in value.items()
            if isinstance(child, dict) and key not in ("config", "settings")
            for part in objects(child)
        ]
        return [value, *inner]

    for number in range(len(objects(content(kind)))):
        for name in objects(content(kind))[number]:
            value = content(kind)
            del objects(value)[number][name]
            if name == "format":
                assert refused(tmp_path, sealed(value)) == "is not a checkpoint"
            elif name not in ("sha256", "columns", "origin"):  # what a run may lack
                reason = refused(tmp_path, sealed(value))
                assert reason.startswith("is damaged: ")
                assert name in ("version", "edits") or reason.endswith(
                    f" has missing or unknown keys: {name}"
                )
        value = content(kind)
        objects(value)[number]["more"] = 0
        assert refused(tmp_path, sealed(value)).endswith(" has missing or unknown keys: more")


def test_what_is_no_object_has_no_keys(tmp_path: Path) -> None:
    value = content("fresh")
    value["run"]["moment"]["generator"] = [1]
    assert refused(tmp_path, sealed(value)) == "is damaged: generator is not an object"


@pytest.mark.parametrize("count", [1, 3072, 3073, 100_000])
def test_a_large_array_is_written_in_parts(count: int) -> None:
    array = np.random.RandomState(count).normal(size=(count, 2))
    encoded = encode(array)
    text = encoded["data"]
    assert isinstance(text, LongText if count > 3072 else str)
    assert str(text) == base64.b64encode(array.tobytes()).decode()
    if isinstance(text, LongText):
        assert b"".join(text.parts()).decode() == str(text)
        assert max(map(len, text.parts())) <= 2**16
    np.testing.assert_array_equal(reals(encoded | {"data": str(text)}, array.shape, "array"), array)

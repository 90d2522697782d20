"""Every value of a checkpoint is checked: each test changes one and makes the checksum fit.

The fuzz test puts values of other types and shapes in each place. The values here do not fit together.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from typing_extensions import TypeAliasType

from bpengine import FIELDS, TrainingConfig, checkpoint
from bpengine.checkpoint.codec import decode
from bpengine.checkpoint.container import DamagedError
from tests.engine.checkpoints import content, files, refused, run_in, sealed


def put(value: Any, path: str, new: Any) -> None:
    """Change one value; the path has dots between the keys."""
    *way, last = path.split(".")
    for part in way:
        value = value[int(part) if isinstance(value, list) else part]
    key: Any = int(last) if isinstance(value, list) else last
    value[key] = new(value[key]) if callable(new) else new


def changed(position: int, number: float) -> Callable[[Any], Any]:
    """A function that changes one number of an array."""

    def change(array: Any) -> Any:
        numbers = array.copy()
        numbers.flat[position] = number
        return numbers

    return change


def longer(array: Any) -> Any:
    return np.concatenate([array, array[-1:]])


BEST, LAST = 14, 15
"""The places of these records in the history of "tested", after 9 that are kept and 5 reports."""

CHANGES: list[tuple[str, str, Any]] = [
    ("fresh", "config.learning_rate", 1001),
    ("fresh", "config.hidden_units", [4]),
    ("fresh", "config.hidden_units", [1000] * 8),
    ("fresh", "config.dataset", "xor"),
    ("fresh", "config.task", "classification"),
    ("tested", "config.epochs", 100),
    ("within an epoch", "config.samples", 6),
    ("within an epoch", "config.batch_size", 3),
    ("tested", "config.test_share", 0.2),
    ("fresh", "data", "0"),
    ("own numbers", "data", "1"),
    ("fresh", "parameters", changed(0, np.nan)),
    ("fresh", "parameters", longer),
    ("within an epoch", "buffers.first_moment", changed(3, np.inf)),
    ("own labels", "buffers.second_moment", changed(3, -1e-300)),
    ("fresh", "buffers.first_moment", np.full(10, 0.5)),  # sgd keeps no buffers
    ("within an epoch", "buffers.second_moment", np.full(10, 0.5)),  # momentum keeps only the first one
    ("fresh", "updates", 1),
    ("within an epoch", "updates", 10**19),
    ("within an epoch", "epochs_done", 4),
    ("within an epoch", "epochs_done", 10**9),
    ("within an epoch", "samples_done", 0),
    ("within an epoch", "samples_done", 6),
    ("within an epoch", "order", changed(0, 5)),
    ("within an epoch", "order", np.array([0, 0, 1, 2, 3])),
    ("within an epoch", "losses", changed(0, np.nan)),
    ("within an epoch", "losses", longer),
    ("fresh", "losses", np.zeros(1)),
    ("fresh", "generator.key", changed(0, 2**32)),
    ("fresh", "generator.key", longer),
    ("fresh", "generator.pos", 625),
    ("fresh", "generator.has_gauss", 2),
    ("fresh", "diverged", 0),
    ("tested", "history.counts", [9, 5, 0, 2]),
    ("tested", "history.counts", [8, 6, 1, 1]),
    ("tested", "history.epoch", changed(LAST, 7)),
    ("tested", "history.epoch", changed(BEST, 9)),
    ("tested", "history.epoch", changed(3, 4)),
    ("tested", "history.epoch", changed(13, 9)),
    ("tested", "history.epochs", changed(LAST, 51)),
    ("tested", "history.error", changed(LAST, 1e-9)),
    ("tested", "history.error", changed(BEST, 10.0)),
    ("tested", "history.error", changed(3, 1e-9)),
    ("tested", "history.error", changed(10, 5.0)),
    ("tested", "history.test_error", changed(LAST, 1.0)),
    ("tested", "history.test_error", np.zeros(0)),
    ("within an epoch", "history.test_error", np.zeros(16)),
    ("fresh", "history.counts", [0, 0, 0, 1]),
    ("fresh", "began_with", {"seed": 3}),
    ("fresh", "began_with", {"epochs": 0}),
    ("fresh", "began_with", {"epochs": 7}),
    ("fresh", "changes", [[60, 0, {}]]),
    ("fresh", "changes", [[0, 9, {}]]),
    ("edited", "changes", lambda changes: changes[::-1]),
]

DATA_CHANGES: list[tuple[str, str, Any]] = [
    ("own numbers", "task", "classification"),
    ("own numbers", "name", "\x1b[31m"),
    ("own numbers", "features", ["a"]),
    ("own numbers", "coordinates", longer),
    ("own numbers", "coordinates", changed(0, np.nan)),
    ("own numbers", "coordinates", changed(0, 1e101)),
    ("own numbers", "coordinates", np.zeros(10)),
    ("own numbers", "targets", changed(0, np.inf)),
    ("own numbers", "test", [np.zeros((2, 3)), np.zeros((2, 1))]),
    ("own numbers", "domain.0.0", 1e9),
    ("own numbers", "domain", [[0.0, 1.0]]),
    ("own numbers", "classes", ["a"]),
    ("own numbers", "border", np.zeros((3, 1))),
    ("own texts", "columns", []),
    ("own texts", "columns.0.kind", "color"),
    ("own texts", "columns.0.categories", ["a"]),
    ("own texts", "columns.0.origin", 1e300),
    ("own texts", "columns.0.fill", [1.0, 2.0]),
    ("own texts", "columns.1.categories", []),
    ("own texts", "columns.1.categories", ["a", "b", "b"]),
    ("own texts", "columns.1.fill", [0.0, None, 1.0]),
    ("own labels", "classes", ["a", "b"]),
    ("own labels", "targets", changed(0, 0.5)),
    ("own labels", "targets", changed(1, 1.0)),
]
ALL = [
    *((kind, f"runs.run.{path}", new) for kind, path, new in CHANGES),
    *((kind, f"data.0.{path}", new) for kind, path, new in DATA_CHANGES if path != "columns"),
    ("fresh", "runs", {}),
    ("fresh", "runs.other", {}),
    ("fresh", "more", {}),
]


@pytest.mark.parametrize(
    ("kind", "path", "new"), ALL, ids=[f"{number}-{path}" for number, (_, path, _) in enumerate(ALL)]
)
def test_impossible_values_are_refused_even_if_the_checksum_fits(
    tmp_path: Path, kind: str, path: str, new: Any
) -> None:
    value = content(kind)
    if path in ("runs.other", "more"):
        value[path] = new
    else:
        put(value, path, new)
    assert refused(tmp_path, sealed(value)).startswith("is damaged: ")


def test_a_refusal_of_a_checkpoint_names_the_place(tmp_path: Path) -> None:
    value, run = run_in("within an epoch")
    assert (run["samples_done"], run["config"]["batch_size"]) == (2, 2)
    run |= {"samples_done": 3, "losses": longer(run["losses"])}
    reason = "is damaged: runs.run.samples_done does not go together with the settings and the data"
    assert refused(tmp_path, sealed(value)) == reason
    value, run = run_in("own texts")
    value["data"]["0"]["columns"][1]["kind"] = None
    assert refused(tmp_path, sealed(value)) == "is damaged: data.0.columns.kind is not a known name"


@pytest.mark.parametrize("kind", files())
def test_a_checkpoint_with_a_missing_or_an_added_entry_is_refused(tmp_path: Path, kind: str) -> None:
    """Except for settings; see below."""

    def objects(value: Any) -> list[dict[str, Any]]:
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = [value] if isinstance(value, dict) and "task" not in value.keys() - {"columns"} else []
        return own + [each for part in parts for each in objects(part)]

    for number, each in enumerate(objects(content(kind))):
        if "coordinates" in each or not each or "learning_rate" in each:
            continue
        for name in each:
            value = content(kind)
            del objects(value)[number][name]
            assert refused(tmp_path, sealed(value)).startswith("is damaged: ")
        value = content(kind)
        objects(value)[number]["more"] = 0
        assert refused(tmp_path, sealed(value)).startswith("is damaged: ")


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
def test_a_missing_setting_takes_the_default_of_its_task(tmp_path: Path, name: str) -> None:
    value, run = run_in("own labels")
    default = getattr(TrainingConfig.defaults("classification"), name)
    is_default = run["config"].pop(name) in (default, list(default) if isinstance(default, tuple) else ())
    if is_default:
        (tmp_path / "run").write_bytes(sealed(value))
        assert getattr(checkpoint.load(tmp_path / "run").config, name) == default
    else:
        assert refused(tmp_path, sealed(value)).startswith("is damaged: ")


@pytest.mark.parametrize(
    ("name", "shown"), [("warmup", "'warmup'"), ("", "''"), ("x" * 999, f"'{'x' * 40}'")]
)
def test_an_unknown_setting_is_refused_by_its_name(tmp_path: Path, name: str, shown: str) -> None:
    value, run = run_in("fresh")
    run["config"][name] = 5
    assert refused(tmp_path, sealed(value)) == f"has an unknown setting: {shown}"


def test_an_array_is_read_where_its_type_is_an_alias() -> None:
    """As NDArray is from NumPy 2.5 on, which needs Python 3.12."""
    number = TypeVar("number", bound=np.generic)
    parameters: Any = (number,)
    alias: Any = TypeAliasType("alias", np.ndarray[Any, np.dtype[number]], type_params=parameters)
    array = np.arange(3, dtype=np.uint32)
    assert decode(alias[np.uint32], array, "array") is array
    with pytest.raises(DamagedError, match="array has the wrong type"):
        decode(alias[np.float64], array, "array")

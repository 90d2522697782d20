"""Checkpoints of several kinds, and helpers to change one so that its checksum still fits."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from bpengine import CheckpointError, DivergedError, Trainer, TrainingConfig, checkpoint
from bpengine.csv_data import parse_csv

NUMBERS = "1,2,3\n4,5,7\n7,8,8\n1,0,2\n3,3,3\n"
TEXTS = "when,sex,fun,y\n2024-01,f,yes,3\n,m,no,4\n2024-03,f,,5\n2024-04,d,no,2\n2024-05,m,no,2.5\n"
LABELS = "1,2,a\n4,5,b\n7,8,a\n1,0,c\n3,3,b\n2,2,c\n"


def _runs() -> dict[str, Trainer]:
    small = TrainingConfig(samples=5, epochs=50, report_interval=2)
    classes = TrainingConfig.defaults("classification", hidden_units=(2, 2), optimizer="adam", batch_size=2)
    runs = {
        "fresh": (Trainer(small), 0, 0),
        "within an epoch": (Trainer(small.replace(optimizer="momentum", batch_size=2)), 5, 1),
        "tested": (Trainer(small.replace(test_share=0.4)), 9, 0),
        "diverged": (Trainer(small.replace(learning_rate=300, samples=9)), 50, 0),
        "edited": (Trainer(small.replace(batch_size=2, optimizer="momentum")), 3, 1),
        "own numbers": (Trainer(small, parse_csv(NUMBERS, "a.csv", "regression")), 3, 2),
        "own texts": (Trainer(small, parse_csv(TEXTS, "c.csv", "regression", missing="mean")), 1, 0),
        "own labels": (Trainer(classes, parse_csv(LABELS, "b.csv", "classification")), 4, 2),
    }
    for trainer, epochs, steps in runs.values():
        with contextlib.suppress(DivergedError):
            for _ in range(epochs):
                trainer.run_epoch()
            for _ in range(steps):
                trainer.step()
    edited = runs["edited"][0]
    edited.set_weight(0, 1, 0, 0.5)
    edited.freeze(1, 0, "bias")
    edited.knock_out(0, 1)
    edited.reconfigure(edited.config.replace(learning_rate=0.2))
    edited.run_epoch()
    edited.knock_out(0, 0)
    edited.bring_back(0, 1)
    return {name: trainer for name, (trainer, _, _) in runs.items()}


@cache
def texts() -> dict[str, str]:
    """The texts of valid checkpoints, by kind."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        found = {}
        for name, trainer in _runs().items():
            checkpoint.save(trainer, path)
            found[name] = path.read_text(encoding="ascii")
    assert '"diverged": true' in found["diverged"]
    return found


def content(kind: str) -> Any:
    """The JSON value of a valid checkpoint, to be changed."""
    return json.loads(texts()[kind])


def sealed(value: Any) -> str:
    """The text of a JSON value, with the right checksum."""
    canonical = json.dumps(
        {"version": value.get("version"), "run": value.get("run")}, sort_keys=True, separators=(",", ":")
    )
    return json.dumps(value | {"sha256": hashlib.sha256(canonical.encode("ascii")).hexdigest()})


def unpacked(array: dict[str, Any]) -> Any:
    """The numbers of an array in a checkpoint."""
    data = base64.b64decode(array["data"])
    return np.frombuffer(data, dtype=array["type"]).reshape(array["shape"]).copy()


def packed(array: Any) -> dict[str, Any]:
    """An array as a checkpoint stores it."""
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return {"type": array.dtype.str, "shape": list(array.shape), "data": data}


def refusal(path: Path) -> str:
    """The reason for which the file is refused, without the file's name."""
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load(path)
    message = str(caught.value)
    assert message.isprintable()
    name, colon, reason = message.partition(": ")
    assert colon
    assert path.name[-20:].encode("unicode_escape").decode("ascii") in name
    return reason


def refused(tmp_path: Path, data: str | bytes) -> str:
    """The reason for which a file with this content is refused."""
    path = tmp_path / "my run"
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return refusal(path)

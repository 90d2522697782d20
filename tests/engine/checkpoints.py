"""Checkpoints of several kinds, and helpers to change one so that its checksum still fits."""

from __future__ import annotations

import contextlib
import hashlib
import warnings
import zipfile
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bpengine import CheckpointError, DivergedError, Trainer, TrainingConfig, checkpoint
from bpengine.checkpoint import container
from bpengine.checkpoint.saving import KIND
from bpengine.data.csv import parse_csv

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
def files() -> dict[str, bytes]:
    """Valid checkpoints, by kind."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run"
        found = {}
        for name, trainer in _runs().items():
            checkpoint.save(trainer, path)
            found[name] = path.read_bytes()
    assert b'"diverged": true' in found["diverged"]
    return found


def content(kind: str) -> Any:
    """The content of a valid checkpoint, to be changed."""
    return container.unpacked(files()[kind], KIND)


def run_in(kind: str) -> tuple[Any, Any]:
    """The content of a valid checkpoint, and the run in it, to be changed."""
    value = content(kind)
    return value, value["runs"]["run"]


def sealed(value: Any) -> bytes:
    """A file with this content, and the right checksum."""
    return container.packed(KIND, value)


def forged(members: Iterable[tuple[str, bytes]], **options: Any) -> bytes:
    """A file with these members, valid or not, and the right checksum."""
    file = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(file, "w", **options) as archive:
        warnings.simplefilter("ignore")  # about duplicate names
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=options.get("compression"))
        archive.comment = b"0" * 64
    return resealed(file.getvalue())


def members_of(data: bytes) -> dict[str, bytes]:
    """The members of a file, by name."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def resealed(data: bytes) -> bytes:
    """The same file with the right checksum at its end."""
    return data[:-64] + hashlib.sha256(data[:-64]).hexdigest().encode()


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


def refused(tmp_path: Path, data: bytes) -> str:
    """The reason for which a file with this content is refused."""
    path = tmp_path / "my run"
    path.write_bytes(data)
    return refusal(path)

"""A thousand damaged checkpoints: each loads as a run that can continue, or is refused in one line."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpengine import CheckpointError, DivergedError, checkpoint
from tests.engine.checkpoints import content, files, forged, members_of, resealed, sealed

FILES = 1000

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 2**31, 2**63, -(2**63), 10**39, 0.0, -0.0, 0.5, 1e308, 5e-324),
    *("", "x", "0", "sgd", "\x1b", "regression", [], [0], [1, 2], {}, [[[[]]]], {"a": 1}),
    *(np.zeros(0), np.zeros((2, 2)), np.arange(3), np.full(10, np.nan)),
)
NUMBERS = (0.0, -0.0, 1.0, -1.0, 1e-320, 1e100, -1e300, 1.7e308, np.nan, np.inf, -np.inf)
WHOLE = (0, 1, -1, 3, 624, 2**31, 2**32, 2**53, 2**62, -(2**63), 2**63 - 1)


def bytes_changed(rng: random.Random, data: bytes) -> bytes:
    """A few bytes flipped, removed, inserted or copied."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        # Most of a file is numbers; its beginning and its end have what holds it together.
        nearby = rng.choice([len(changed), 400, 1500])
        place = rng.choice([rng.randrange(nearby), len(changed) - 1 - rng.randrange(nearby)])
        place, length = min(max(place, 0), len(changed) - 1), rng.choice([1, 1, 4, 100, 3000])
        match rng.randrange(5):
            case 0:
                changed[place] ^= 1 << rng.randrange(8)
            case 1:
                del changed[place : place + length]
            case 2:
                changed[place:place] = rng.choice([b'"', b"{", b"9", b"\0", b"\xff", b"PK\x03\x04", b"1e999"])
            case 3:
                changed[place:place] = changed[place : place + length]
            case 4:
                del changed[place:]
        if not changed:
            break
    return bytes(changed)


def members_changed(rng: random.Random, data: bytes) -> bytes:
    """Two members swapped, one missing, twice, under another name, or with changed bytes."""
    members = list(members_of(data).items())
    one, other = rng.sample(range(len(members)), 2)
    (name, own), (other_name, other_own) = members[one], members[other]
    match rng.randrange(5):
        case 0:
            members[one], members[other] = (name, other_own), (other_name, own)
        case 1:
            del members[one]
        case 2:
            members.append((name, other_own))
        case 3:
            members[one] = (rng.choice([f"{name}x", f"x/{name}", name.removesuffix(".npy")]), own)
        case 4:
            members[one] = (name, bytes_changed(rng, own))
    return forged(members)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in the value with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [place for key in keys for place in [(value, key), *places(value[key])]]


def array_changed(rng: random.Random, array: Any) -> Any:
    """The array with other numbers, one number more or less, or another shape."""
    numbers = array.copy()
    match rng.randrange(5):
        case 0 | 1 if numbers.size:
            for _ in range(rng.choice([1, 1, 3])):
                choice = NUMBERS if numbers.dtype == np.float64 else WHOLE
                numbers.flat[rng.randrange(numbers.size)] = rng.choice(choice)
        case 2 if numbers.size:
            raw = bytearray(numbers.tobytes())
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            numbers = np.frombuffer(bytes(raw), dtype=numbers.dtype).reshape(numbers.shape)
        case 3 if numbers.size:
            numbers = numbers[:-1] if rng.random() < 0.5 else np.concatenate([numbers, numbers[:1]])
        case _:
            numbers = numbers.reshape(numbers.shape[::-1])
            rng.shuffle(numbers)
    return numbers


def value_changed(rng: random.Random, kind: str) -> bytes:
    """The content with a change, and the right checksum."""
    value = content(kind)
    for _ in range(rng.choice([1, 1, 2])):
        everything = places(value)
        owner, key = rng.choice(everything)
        arrays = [(owner, key) for owner, key in everything if isinstance(owner[key], np.ndarray)]
        if arrays and rng.random() < 0.5:
            owner, key = rng.choice(arrays)
            owner[key] = array_changed(rng, owner[key])
            continue
        match rng.randrange(4):
            case 0 | 1:
                owner[key] = copy.deepcopy(rng.choice(JUNK))
            case 2:
                other, other_key = rng.choice(everything)
                owner[key] = copy.deepcopy(other[other_key])
            case 3 if isinstance(owner[key], (int, float)):
                owner[key] += rng.choice([-1, 1, 0.5, 1e6])
            case _:
                del owner[key]
    return sealed(value)


def loads(path: Path, data: bytes) -> bool:
    """Whether the file loads; if it does, check that the run continues."""
    path.write_bytes(data)
    try:
        trainer = checkpoint.load(path, kernel="numpy")
    except CheckpointError as error:
        message = str(error)
        assert message.isprintable()
        assert len(message) < 400
        assert "my run: " in message
        return False
    before = trainer.epochs_done
    try:
        assert trainer.step() is not None or trainer.finished
        trainer.run_epoch()
        trainer.history.curve()
        trainer.rewind(trainer.epochs_done)
    except DivergedError:
        assert trainer.divergence is not None
    assert trainer.epochs_done - before in (0, 1, 2)
    assert np.isfinite(trainer.network.parameters).all()
    return True


@pytest.mark.parametrize("seed", range(1))
def test_any_damage_is_found_or_harmless(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    path, kinds = tmp_path / "my run", list(files())
    taken = {"bytes": 0, "bytes with a checksum": 0, "members": 0, "values": 0}
    for number in range(FILES):
        kind = rng.choice(kinds)
        match number % 5:
            case 0:
                data = bytes_changed(rng, files()[kind])
                taken["bytes"] += data != files()[kind] and loads(path, data)
            case 1:
                data = resealed(bytes_changed(rng, files()[kind]))
                taken["bytes with a checksum"] += loads(path, data)
            case 2:
                taken["members"] += loads(path, members_changed(rng, files()[kind]))
            case _:
                taken["values"] += loads(path, value_changed(rng, kind))
    assert taken["bytes"] == 0
    # A changed weight is harmless if the checksum fits, and so is a time in the zip.
    assert FILES / 100 < taken["values"] < FILES / 4, taken
    assert taken["bytes with a checksum"] < FILES / 5 / 4, taken
    assert taken["members"] < FILES / 5 / 4, taken

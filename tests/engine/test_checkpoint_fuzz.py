"""A thousand damaged checkpoints: each loads as a run that can continue, or is refused in one line."""

from __future__ import annotations

import json
import random
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from bpengine import CheckpointError, DivergedError, checkpoint
from bpengine.checkpoint import saving
from tests.engine.checkpoints import content, packed, sealed, texts, unpacked

ROUNDS = 1
FILES = 1000

JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 7, 2**31, 2**63, -(2**63), 10**39, 0.0, -0.0, 0.5, 1e308, 5e-324),
    *("", "x", "0", "numpy", "sgd", "\x1b", "\ud800", "AAAA", "<f8", [], [0], [1, 2], {}, [[[[]]]], {"a": 1}),
)
NUMBERS = (0.0, -0.0, 1.0, -1.0, 1e-320, 1e100, -1e300, 1.7e308, np.nan, np.inf, -np.inf)
WHOLE = (0, 1, -1, 3, 624, 2**31, 2**32, 2**53, 2**62, -(2**63), 2**63 - 1)


def bytes_changed(rng: random.Random, data: bytes) -> bytes:
    """A few bytes flipped, removed, inserted or copied."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        place, length = rng.randrange(len(changed)), rng.choice([1, 1, 4, 100, 3000])
        match rng.randrange(5):
            case 0:
                changed[place] ^= 1 << rng.randrange(8)
            case 1:
                del changed[place : place + length]
            case 2:
                changed[place:place] = rng.choice(
                    [b'"', b"{", b"]", b",", b"9", b"\0", b"\xff", b"NaN", b"1e999"]
                )
            case 3:
                changed[place:place] = changed[place : place + length]
            case 4:
                del changed[place:]
        if not changed:
            break
    return bytes(changed)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in the value with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [place for key in keys for place in [(value, key), *places(value[key])]]


def array_changed(rng: random.Random, array: dict[str, Any]) -> dict[str, Any]:
    """The array with other numbers, one number more or less, or another shape."""
    numbers = unpacked(array)
    match rng.randrange(5):
        case 0 | 1 if numbers.size:
            for _ in range(rng.choice([1, 1, 3])):
                choice = NUMBERS if array["type"] == "<f8" else WHOLE
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
    return packed(numbers)


def value_changed(rng: random.Random, kind: str) -> str:
    """The JSON value with a change, and the right checksum."""
    value = content(kind)
    for _ in range(rng.choice([1, 1, 2])):
        everything = places(value)
        owner, key = rng.choice(everything)
        arrays = [place for place in everything if place[1] == "data"]
        if arrays and rng.random() < 0.5:
            array = rng.choice(arrays)[0]
            if is_array(array):
                array.update(array_changed(rng, array))
                continue
        match rng.randrange(4):
            case 0 | 1:
                owner[key] = rng.choice(JUNK)
            case 2:
                other, other_key = rng.choice(everything)
                owner[key] = json.loads(json.dumps(other[other_key]))
            case 3 if isinstance(owner[key], (int, float)):
                owner[key] += rng.choice([-1, 1, 0.5, 1e6])
            case _:
                del owner[key]
    return sealed(value)


def is_array(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"type", "shape", "data"}:
        return False
    try:
        return unpacked(value) is not None
    except (TypeError, ValueError):  # changed before
        return False


def loads(data: bytes) -> bool:
    """Whether the file loads; if it does, check that the run continues."""
    try:
        # From memory, since writing files would take most of the time.
        with patch.object(saving, "read_whole", lambda path, most_bytes: data):
            trainer = checkpoint.load("my run")
    except CheckpointError as error:
        message = str(error)
        assert message.isprintable()
        assert len(message) < 400
        assert message.startswith("my run: ")
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


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_any_damage_is_found_or_harmless(seed: int) -> None:
    rng = random.Random(seed)
    kinds = list(texts())
    taken = {False: 0, True: 0}
    for number in range(FILES):
        kind, seal = rng.choice(kinds), number % 5 > 0
        if seal:
            data = value_changed(rng, kind).encode("ascii")
        else:
            data = bytes_changed(rng, texts()[kind].encode("ascii"))
        taken[seal] += loads(data)
    # A changed layout is harmless, and so is a changed weight if the checksum fits.
    assert taken[False] < FILES / 5 / 10
    assert FILES / 50 < taken[True] < FILES / 2

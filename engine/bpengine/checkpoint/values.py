"""From what JSON can say to checked values, and back. Whatever isn't as it must be is a `DamagedError`."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np

from bpengine.arrays import Array, IntArray

REAL = "<f8"
WHOLE = "<i8"
MAX_TEXT = 1000
"""Characters of a name."""


class DamagedError(ValueError):
    """A checkpoint holds what `save` would not have written; the message says where and what."""


def damaged(where: str, what: str) -> DamagedError:
    """The error to raise."""
    return DamagedError(f"{where} {what}")


def members(value: Any, names: tuple[str, ...], where: str) -> list[Any]:
    """The members of an object that has these and no others, in this order."""
    if not isinstance(value, dict) or value.keys() != set(names):
        raise damaged(where, "has not the parts that it should have")
    return [value[name] for name in names]


def whole(value: Any, least: int, most: int, where: str) -> int:
    """A whole number in a range."""
    if type(value) is not int or not least <= value <= most:
        raise damaged(where, f"is no whole number from {least} to {most}")
    return value


def real(value: Any, where: str) -> float:
    """A finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise damaged(where, "is no finite number")
    return float(value)


def text(value: Any, where: str) -> str:
    """A name that can be shown, of a sensible length."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise damaged(where, "is no printable text, or too long")
    return value


def items(value: Any, count: int, where: str) -> list[Any]:
    """A list of so many items."""
    if not isinstance(value, list) or len(value) != count:
        raise damaged(where, f"is no list of {count}")
    return value


def encode(array: Array | IntArray) -> dict[str, Any]:
    """An array as JSON takes it: its bytes in base64, lowest first."""
    kind = WHOLE if array.dtype.kind in "iu" else REAL
    data = base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode("ascii")
    return {"type": kind, "shape": list(array.shape), "data": data}


def reals(value: Any, shape: tuple[int | None, ...], where: str) -> Array:
    """An array of finite numbers; None in the shape stands for any length."""
    array = any_reals(value, shape, where)
    if not np.isfinite(array).all():
        raise damaged(where, "has numbers that are not finite")
    return array


def any_reals(value: Any, shape: tuple[int | None, ...], where: str) -> Array:
    """The same, with infinity and NaN allowed."""
    array: Array = _decode(value, REAL, shape, where).astype(np.float64)
    return array


def wholes(value: Any, shape: tuple[int | None, ...], least: int, most: int, where: str) -> IntArray:
    """An array of whole numbers in a range; None in the shape stands for any length."""
    array: IntArray = _decode(value, WHOLE, shape, where).astype(np.int64)
    if ((array < least) | (array > most)).any():
        raise damaged(where, f"has numbers that are not from {least} to {most}")
    return array


def _decode(value: Any, kind: str, shape: tuple[int | None, ...], where: str) -> Any:
    said, lengths, data = members(value, ("type", "shape", "data"), where)
    lengths = [whole(length, 0, 2**40, where) for length in items(lengths, len(shape), where)]
    fits = all(wanted in (None, length) for wanted, length in zip(shape, lengths, strict=True))
    if said != kind or not fits or not isinstance(data, str):
        raise damaged(where, "has another shape or type than it should have")
    try:
        decoded = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):  # the latter for letters beyond ASCII
        raise damaged(where, "is not base64") from None
    if len(decoded) != 8 * math.prod(lengths):
        raise damaged(where, "has more or fewer numbers than its shape says")
    return np.frombuffer(decoded, dtype=kind).reshape(lengths)

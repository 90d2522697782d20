"""Converting JSON values to checked values and back. Any invalid value raises a `DamagedError`."""

from __future__ import annotations

import base64
import binascii
import math
from typing import Any

import numpy as np

from bpengine.arrays import Array, IntArray
from bpengine.wording import printable

REAL = "<f8"
WHOLE = "<i8"
MAX_TEXT = 1000
"""The most characters of a name."""


class DamagedError(ValueError):
    """A checkpoint has content that `save` would not have written; the message says where and what."""


def damaged(where: str, what: str) -> DamagedError:
    """The error for an invalid value."""
    return DamagedError(f"{where} {what}")


def members(value: Any, names: tuple[str, ...], where: str) -> list[Any]:
    """The values of an object that has exactly these keys, in this order."""
    if not isinstance(value, dict):
        raise damaged(where, "is not an object")
    wrong = [*(name for name in names if name not in value), *(name for name in value if name not in names)]
    if wrong:
        raise damaged(where, f"has missing or unknown keys: {printable(', '.join(wrong), 100)}")
    return [value[name] for name in names]


def whole(value: Any, minimum: int, maximum: int, where: str) -> int:
    """A whole number in a range."""
    if type(value) is not int or not minimum <= value <= maximum:
        raise damaged(where, f"is not a whole number from {minimum} to {maximum}")
    return value


def real(value: Any, where: str) -> float:
    """A finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise damaged(where, "is not a finite number")
    return float(value)


def text(value: Any, where: str) -> str:
    """A printable name of at most `MAX_TEXT` characters."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.isprintable():
        raise damaged(where, f"is not a printable text of at most {MAX_TEXT} characters")
    return value


def items(value: Any, count: int, where: str) -> list[Any]:
    """A list of `count` items."""
    if not isinstance(value, list) or len(value) != count:
        raise damaged(where, f"is not a list of {count} items")
    return value


def encode(array: Array | IntArray) -> dict[str, Any]:
    """An array as a JSON object, with its little-endian bytes in base64."""
    kind = WHOLE if array.dtype.kind in "iu" else REAL
    data = base64.b64encode(np.ascontiguousarray(array, dtype=kind).data)
    return {"type": kind, "shape": list(array.shape), "data": data.decode("ascii")}


def reals(value: Any, shape: tuple[int | None, ...], where: str) -> Array:
    """An array of finite numbers; None in the shape allows any length."""
    array = any_reals(value, shape, where)
    if not np.isfinite(array).all():
        raise damaged(where, "has numbers that are not finite")
    return array


def any_reals(value: Any, shape: tuple[int | None, ...], where: str) -> Array:
    """An array of any numbers, infinity and NaN included; None in the shape allows any length."""
    array: Array = _decode(value, REAL, shape, where).astype(np.float64)
    return array


def wholes(value: Any, shape: tuple[int | None, ...], minimum: int, maximum: int, where: str) -> IntArray:
    """An array of whole numbers in a range; None in the shape allows any length."""
    array: IntArray = _decode(value, WHOLE, shape, where).astype(np.int64)
    if ((array < minimum) | (array > maximum)).any():
        raise damaged(where, f"has numbers outside {minimum} to {maximum}")
    return array


def _decode(value: Any, kind: str, shape: tuple[int | None, ...], where: str) -> Any:
    said, lengths, data = members(value, ("type", "shape", "data"), where)
    lengths = [whole(length, 0, 2**40, where) for length in items(lengths, len(shape), where)]
    fits = all(wanted in (None, length) for wanted, length in zip(shape, lengths, strict=True))
    if said != kind or not fits or not isinstance(data, str):
        raise damaged(where, "has the wrong shape or type")
    try:
        decoded = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):  # ValueError for characters beyond ASCII
        raise damaged(where, "is not valid base64") from None
    if len(decoded) != 8 * math.prod(lengths):
        raise damaged(where, "has more or fewer numbers than its shape")
    return np.frombuffer(decoded, dtype=kind).reshape(lengths)

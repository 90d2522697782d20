"""Dataclasses as content of a file: encoded field by field, and decoded by the types of their fields."""

from __future__ import annotations

import contextlib
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np

from bpengine.arithmetic.arrays import Array
from bpengine.checkpoint.container import DamagedError, damaged
from bpengine.numbers import is_finite
from bpwords import printable

MAX_TEXT = 1000
"""The most characters of a text."""


def encode(value: Any) -> Any:
    """A value as content: a dataclass is an object, a tuple is a list, and bytes are an array of
    floats, or None. A field with metadata was added later, and is left out where it has its default."""
    if is_dataclass(value):
        parts = ((field, getattr(value, field.name)) for field in fields(value))
        return {f.name: encode(part) for f, part in parts if not f.metadata or part != f.default}
    if isinstance(value, dict):
        return {name: encode(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(part) for part in value]
    if isinstance(value, bytes):
        return np.frombuffer(value) if value else None
    return value


def decode(kind: Any, value: Any, where: str) -> Any:
    """The value of a type that `encode` encoded.

    Numbers are finite, except for those in arrays, and texts are printable. `Any` is a value without arrays,
    which is not checked.

    Args:
        kind: a type as in an annotation.
        value: the content.
        where: the place of the value in messages; empty for the whole content.

    Raises:
        DamagedError: the content is not that of such a value.
    """
    base, parts = _base_and_parts(kind)
    if base in (Union, UnionType):
        return _one_of(parts, value, where)
    if base is bytes:
        return b"" if value is None else decode(Array, value, where).tobytes()
    if base is tuple:
        return _sequence(parts, value, where)
    if base is dict:
        _require(isinstance(value, dict), where, "is not an object")
        return {
            decode(parts[0], name, where): decode(parts[1], part, _within(where, name))
            for name, part in value.items()
        }
    if is_dataclass(base):
        return _dataclass(base, value, where)
    if base is Literal:
        _require(isinstance(value, str) and value in parts, where, "is not a known name")
    elif base is np.ndarray:
        is_array = isinstance(value, np.ndarray) and value.dtype == get_args(parts[1])[0]
        _require(is_array, where, "has the wrong type")
    elif base is float:
        _require(is_finite(value), where, "is not a finite number")
        value = float(value)
    elif base is str:
        is_text = isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable()
        _require(is_text, where, f"is not a printable text of at most {MAX_TEXT} characters")
    elif base is Any:
        _require(_is_json(value), where, "has an array in a wrong place")
    else:
        _require(type(value) is base, where, f"is not of type {base.__name__}")
    return value


def _base_and_parts(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """The generic type and its arguments, also where an alias stands for them, as NDArray is in NumPy 2.5."""
    base, parts = get_origin(kind) or kind, get_args(kind)
    return _base_and_parts(base.__value__[parts]) if hasattr(base, "__value__") else (base, parts)


def fits(array: Any, *shape: int | None) -> bool:
    """Whether an array has this shape, where None stands for any length, and all its numbers are finite."""
    same = [wanted in (None, length) for wanted, length in zip(shape, array.shape, strict=False)]
    return array.ndim == len(shape) and all(same) and bool(np.isfinite(array).all())


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """The value as the first of these types that it fits; otherwise the error of the last one but None."""
    others = [kind for kind in kinds if kind is not type(None)]
    if value is None and len(others) < len(kinds):
        return None
    for kind in others[:-1]:
        with contextlib.suppress(DamagedError):
            return decode(kind, value, where)
    return decode(others[-1], value, where)


def _sequence(parts: tuple[Any, ...], value: Any, where: str) -> Any:
    _require(isinstance(value, list), where, "is not a list")
    if parts[-1] is ...:
        return tuple(decode(parts[0], part, where) for part in value)
    _require(len(value) == len(parts), where, f"is not a list of {len(parts)} values")
    return tuple(decode(kind, part, where) for kind, part in zip(parts, value, strict=True))


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    _require(isinstance(value, dict), where, "is not an object")
    kinds = _kinds(kind)
    later = {field.name for field in fields(kind) if field.metadata}
    wrong = ", ".join(sorted((value.keys() ^ kinds.keys()) - (later - value.keys())))
    _require(not wrong, where, f"has missing or unknown keys: {printable(wrong, 100)}")
    return kind(**{name: decode(kinds[name], part, _within(where, name)) for name, part in value.items()})


def _within(where: str, name: str) -> str:
    return f"{where}.{printable(name)}" if where else name


@lru_cache
def _kinds(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _is_json(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return all(map(_is_json, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, np.ndarray)


def _require(holds: bool, where: str, problem: str) -> None:
    if not holds:
        raise damaged(where or "the content", problem)

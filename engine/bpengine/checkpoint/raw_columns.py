"""How the columns of the user's rows become inputs, in a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bpengine.checkpoint.values import damaged, items, members, real, text
from bpengine.datasets.checks import LARGEST
from bpengine.datasets.raw_columns import KINDS, RawColumn

_PARTS = ("name", "kind", "categories", "origin", "fill")


def encode_raw_columns(columns: Sequence[RawColumn]) -> list[dict[str, Any]]:
    """The columns as a JSON list."""
    return [
        {
            "name": column.name,
            "kind": column.kind,
            "categories": list(column.categories),
            "origin": column.origin,
            "fill": list(column.fill),
        }
        for column in columns
    ]


def decode_raw_columns(value: Any, inputs: int, where: str) -> tuple[RawColumn, ...]:
    """The columns that `encode_raw_columns` encoded.

    Args:
        value: the encoded columns.
        inputs: the number of inputs that they must make together.
        where: what messages call them.

    Raises:
        DamagedError: no columns have these values.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= inputs:
        raise damaged(where, "is not a list of columns")
    columns = tuple(_decoded(each, where) for each in value)
    if sum(column.width for column in columns) != inputs:
        raise damaged(where, "does not make as many inputs as there are")
    return columns


def _decoded(value: Any, where: str) -> RawColumn:
    name, kind, categories, origin, fill = members(value, _PARTS, where)
    if kind not in KINDS:
        raise damaged(where, "has an unknown kind")
    if not isinstance(categories, list) or (kind == "text") != bool(categories):
        raise damaged(where, "has categories for no texts, or texts without them")
    texts = tuple(text(category, where) for category in categories)
    if len(set(texts)) != len(texts):
        raise damaged(where, "has a category twice")
    column = RawColumn(text(name, where), kind, texts, _real(origin, where))
    if fill == []:
        return column
    filled = tuple(_real(part, where) for part in items(fill, column.width, where))
    return RawColumn(column.name, kind, texts, column.origin, filled)


def _real(value: Any, where: str) -> float:
    number = real(value, where)
    if abs(number) > LARGEST:
        raise damaged(where, f"has numbers outside {-LARGEST:g} to {LARGEST:g}")
    return number

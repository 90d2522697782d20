"""Parsing JSON from an untrusted file."""

from __future__ import annotations

import json
from typing import Any

from bpengine.checkpoint.values import damaged

_MAX_NUMBER_LENGTH = 40
"""The most characters of a number; the engine writes at most 25."""


def parse_json(data: bytes) -> Any:
    """The JSON value, if it has no duplicate keys, no overlong numbers and no non-finite numbers.

    Raises:
        DamagedError: it has one of these, or it is not JSON.
    """
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refused_constant,
            parse_int=_short(int),
            parse_float=_short(float),
        )
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        reason = "is cut off" if cut else f"is not valid JSON at line {error.lineno}"
        raise damaged("the file", reason) from None
    except UnicodeDecodeError:
        raise damaged("the file", "is not UTF-8") from None
    except RecursionError:
        raise damaged("the file", "is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise damaged("the file", "has a duplicate key")
    return made


def _refused_constant(name: str) -> Any:
    raise damaged("the file", f"has {name}, which is not a finite number")


def _short(kind: type[int] | type[float]) -> Any:
    def parse(digits: str) -> int | float:
        if len(digits) > _MAX_NUMBER_LENGTH:
            raise damaged("the file", f"has a number of more than {_MAX_NUMBER_LENGTH} characters")
        return kind(digits)

    return parse

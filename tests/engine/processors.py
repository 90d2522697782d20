"""The instructions of this processor, as NumPy sees them: only in private names."""

from __future__ import annotations

from typing import Any

import numpy as np

_UMATH: Any = np._core._multiarray_umath  # type: ignore[attr-defined]


def has(feature: str) -> bool:
    """Whether NumPy finds that the processor has these instructions."""
    return bool(_UMATH.__cpu_features__.get(feature))


def optional_features() -> str:
    """The instructions that NumPy can be told not to use."""
    return " ".join(name for name in _UMATH.__cpu_dispatch__ if has(name))

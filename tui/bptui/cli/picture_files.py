"""Checks whether a picture can be made, and what pictures must not depend on."""

from __future__ import annotations

import os
from pathlib import Path

from bpengine.wording import either, shown
from bptui.cli.parsing import BadUseError
from bptui.pictures.formats import SUFFIXES, PngError, check_png


def check_picture(path: Path, flag: str) -> None:
    """Check, before any work is done, that a picture in the format of this file can be made.

    Raises:
        BadUseError: no format has this ending, or something that the format needs is missing.
    """
    if path.suffix not in SUFFIXES:
        allowed = f"a name ending in {either(SUFFIXES)}"
        raise BadUseError(f"argument {flag}: must be {allowed}, got {shown(path, 200)}")
    if path.suffix == ".png":
        try:
            check_png()
        except PngError as error:
            raise BadUseError(f"argument {flag}: {error}") from None


def forget_variables() -> None:
    """Let no picture depend on variables such as NO_COLOR and TEXTUAL_THEME, which Textual and rich read."""
    for name in [*os.environ]:
        # PNG files use the fonts in the home folder. What numba reads makes no difference to the numbers.
        if name != "HOME" and not name.startswith("NUMBA_"):
            del os.environ[name]

"""Checks whether a picture can be made, and what pictures must not depend on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bptui.cli.file_checks import errors_naming
from bptui.cli.parsing import BadUseError
from bptui.session.saving.pictures.formats import SUFFIXES, PngError, check_png
from bpwords import either, shown


def check_picture(path: Path, flag: str, suffixes: Sequence[str] = SUFFIXES) -> None:
    """Check, before any work is done, that a picture in the format of this file can be made.

    Args:
        path: the file.
        flag: the flag that named it.
        suffixes: the endings that are possible.

    Raises:
        BadUseError: no format has this ending, or something that the format needs is missing.
    """
    if path.suffix not in suffixes:
        allowed = f"a name ending in {either(suffixes)}"
        raise BadUseError(f"argument {flag}: must be {allowed}, got {shown(path, 200)}")
    if path.suffix == ".png":
        with errors_naming(f"argument {flag}", PngError):
            check_png()


def forget_variables() -> None:
    """Let no picture depend on variables such as NO_COLOR and TEXTUAL_THEME, which Textual and rich read."""
    for name in [*os.environ]:
        # PNG files use the fonts in the home folder. What numba reads makes no difference to the numbers.
        if name != "HOME" and not name.startswith("NUMBA_"):
            del os.environ[name]

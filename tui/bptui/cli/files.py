"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bptui.cli.parsing import BadUseError


def check_target(path: Path) -> None:
    """See early, before any work, whether the file can be written.

    Raises:
        BadUseError: it can't; the message says why.
    """
    target = path.resolve()
    if target.is_dir():
        raise BadUseError(f"argument --output: '{path}' is a folder: it takes a file's name")
    if not target.parent.is_dir():
        raise BadUseError(f"argument --output: '{path}': there is no folder '{path.parent}'")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise BadUseError(f"argument --output: '{path}' can't be written: permission denied")


def write_whole(path: Path, text: str) -> None:
    """Write to a temporary file beside the target, flush it to the disk, and rename it into place.

    A link's target is replaced and not the link; a device or pipe is written to directly.

    Raises:
        OSError: it could not be written; what was there before is still there.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_text(text, encoding="utf-8")
        return
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

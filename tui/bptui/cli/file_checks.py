"""Checks of the files that flags name: writable, distinct, a picture that can be made; and error messages."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from bpengine import CheckpointError, DataError
from bpengine.files import (
    descriptor_of,
    is_replaceable,
    mode_of,
    reason_of,
    unwritten,
    write_whole,
    write_with,
)
from bptui.cli.parsing import BadUseError
from bptui.process.signals import STOP_SIGNALS, handled_signals, raise_exit
from bptui.session.saving.pictures.formats import SUFFIXES, PngError, check_png
from bptui.settings.reading import SettingsFileError
from bpwords import Sentence, either, printable_path, shown, word


@contextlib.contextmanager
def errors_naming(origin: str, *kinds: type[Exception]) -> Iterator[None]:
    """Make error messages say where what can't be used was named.

    Args:
        origin: `argument --flag`, or a settings file and its key.
        kinds: what is raised; by default, the errors about a file.

    Raises:
        BadUseError: what was named can't be used.
    """
    caught = kinds or (CheckpointError, DataError, SettingsFileError)
    try:
        yield
    except caught as error:
        raise BadUseError(f"{origin}: {error}") from None


@contextlib.contextmanager
def ended_by_signals(path: Path) -> Iterator[None]:
    """Let a signal end the process while it writes to a pipe, even in a command that records signals.

    Whoever opens a pipe waits until another process reads it, which may be never.
    """
    with handled_signals(raise_exit, () if is_replaceable(path) else STOP_SIGNALS):
        yield


@contextlib.contextmanager
def errors_of_writing(path: Path, flag: str = "--output") -> Iterator[None]:
    """Make the error of a file that can't be written name the file, and the flag that named it.

    Raises:
        BadUseError: the file can't be written.
        BrokenPipeError: the file is a pipe that is no longer read, which is not an error.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        problem = unwritten(printable_path(path), reason_of(error))
        raise BadUseError(f"argument {flag}: {problem}") from None


def write_output(
    path: Path, content: str | bytes | IO[bytes] | Callable[[IO[bytes]], None], flag: str = "--output"
) -> None:
    """Write a file completely or not at all.

    Args:
        path: the file.
        content: its content, or what writes to the open file. If that raises an error, the file stays as it
            was.
        flag: the flag that named it.

    Raises:
        BadUseError, BrokenPipeError: see `errors_of_writing`.
    """
    with errors_of_writing(path, flag), ended_by_signals(path):
        if callable(content):
            write_with(path, content)
        else:
            write_whole(path, content)


def append(file: IO[bytes], output: Path, line: str) -> None:
    """Write a line to the end of a file for --output, which is open and unbuffered.

    Raises:
        BadUseError, BrokenPipeError: see `errors_of_writing`. The line may be cut off.
    """
    data = f"{line}\n".encode()
    with errors_of_writing(output):
        while data:  # a disk that is almost full takes a part
            data = data[file.write(data) :]


def write_new(path: Path, content: str) -> None:
    """Write a file that does not exist yet, named by the argument FILE.

    Raises:
        BadUseError: the file exists, or can't be written.
    """
    check_target(path, "FILE")
    if path.exists() or path.is_symlink():
        raise BadUseError(
            f"argument FILE: {printable_path(path)}: {word('already exists, and is not replaced')}"
        )
    write_output(path, content, "FILE")


def bad_folder(path: Path, error: OSError | ValueError) -> BadUseError:
    """Return the error of a folder of --state that can't be used."""
    reason = reason_of(error) if isinstance(error, OSError) else word("is not a possible file name")
    reason = word("is a link to nothing") if path.is_symlink() and not path.exists() else reason
    return BadUseError(f"argument --state: {printable_path(path)}: {reason}")


def check_files(read: Mapping[str, str | Path | None], written: Mapping[str, Path | None]) -> None:
    """Check, before any work is done, that files can be written, and that none of them is another one.

    Args:
        read: the files to read, by the arguments that name them; None for one that was not given.
        written: the files to write. Only --save may name the file of another argument, --resume.

    Raises:
        BadUseError: two arguments name the same file, or a file can't be written.
    """
    arguments: dict[Path, str] = {}
    for argument, name in {**read, **written}.items():
        if name is None:
            continue
        path = Path(name)
        with contextlib.suppress(OSError, RuntimeError, ValueError):  # opening it will report what is wrong
            if is_replaceable(path):  # two arguments may name one stream
                other = arguments.setdefault(path.resolve(), argument)
                if argument != other and {argument, other} != {"--resume", "--save"}:
                    problem = Sentence("{name}: is also the file of {other}")
                    said = problem(name=printable_path(path), other=other)
                    raise BadUseError(f"argument {argument}: {said}")
        if argument in written:
            check_target(path, argument)


def check_target(path: Path, argument: str) -> None:
    """Check, before any work is done, that a file can be written; see `check_files`.

    Args:
        path: the file.
        argument: the argument that named it.

    Raises:
        BadUseError: the file can't be written; the message gives the reason.
    """
    with errors_of_writing(path, argument):  # a loop of links, a name too long, a closed file descriptor, ...
        problem = _problem(path)
    if problem:
        raise BadUseError(f"argument {argument}: {printable_path(path)}: {problem}")


def _problem(path: Path) -> str:
    """Why a file can't be written, as far as can be known in advance; empty if nothing is known."""
    number = descriptor_of(path)
    if number is not None:
        writable = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
        return "" if writable else word("can't be written: open for reading only")
    mode = mode_of(path)
    if stat.S_ISDIR(mode):
        return word("is a folder, not a file")
    if stat.S_ISSOCK(mode):
        return word("is a socket, not a file")
    replaced = not mode or stat.S_ISREG(mode)
    folder = path.resolve().parent if replaced else path.parent
    if not folder.is_dir():
        named = folder if path.is_symlink() else path.parent  # a link may point into another folder
        return Sentence("can't be written: there is no folder {name}")(name=shown(named, 200))
    if (replaced and not os.access(folder, os.W_OK | os.X_OK)) or (mode and not os.access(path, os.W_OK)):
        return word("can't be written: permission denied")
    return ""


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
